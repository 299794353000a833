"""Whether a history has what a model is learned from and tested on: stretches of time, rows, and both outcomes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from models.split import Split, split
from pipeline.config import Config
from pipeline.learning.learning import first_and_end, learnable_cutoffs
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.tasks import Task


def split_of(store: LineStore, task: Task, config: Config) -> Split:
    """Cutoffs to learn from and to test on.

    Raises:
        DataProblem: the history holds no two cutoffs whose outcome windows do not overlap.
    """
    parts = split(learnable_cutoffs(store, task, config), task.window, test=config.training.test_cutoffs)
    if parts.train and parts.test:
        return parts
    first, end = first_and_end(store)
    needed = 2 * task.window.days_to_maturity + config.training.test_cutoffs * config.time.cutoff_months * 31
    raise DataProblem(
        "The history is too short to learn from one stretch of it and to test on a later one.",
        where=f"target {task.target.name}, gap {task.window.gap_days} and horizon {task.window.horizon_days} days",
        got=f"{first} to {end - timedelta(days=1)}, {(end - first).days:,} days",
        expected=f"about {needed:,} days or more",
        todo="give a longer history, or lower [time] horizon_days or [training] test_cutoffs; see moorings profile",
    )


def check_rows(data: Dataset, kind: str, config: Config) -> None:
    """See that `data` has enough labelled rows, of both outcomes.

    Raises:
        DataProblem: there are fewer labelled rows than `[training] min_rows`.
        ModelProblem: all of them have the same outcome.
    """
    label = data.labelled().label
    rows, ones = label.size, int(label.sum())
    if rows >= config.training.min_rows:
        if not 0 < ones < rows:
            raise _one_outcome(data, kind, ones)
        return
    raise DataProblem(
        "There are too few eligible customers to learn from.",
        where=f"target {kind}, all cutoffs together",
        got=f"{rows:,} rows (customer and cutoff) with a label, of {len(set(data.customer_id)):,} customers",
        expected=f"at least {config.training.min_rows:,} ([training] min_rows)",
        todo="give more history; see moorings profile for who is eligible when",
    )


ALL_ALIKE = {
    ("churn", False): 'nobody leaves by this definition: [churn] target = "partial" counts customers who spend less '
    "and less, a shorter [time] horizon_days those who pause",
    ("churn", True): "a longer [time] horizon_days: nobody orders again within this one; see moorings profile",
}
"""What to do where every outcome is the same, by kind of target and whether it always came."""


def _one_outcome(data: Dataset, kind: str, ones: int) -> ModelProblem:
    rows, days = len(data.labelled()), np.unique(data.labelled().cutoff)
    return ModelProblem(
        "Every outcome is the same, and there is nothing to tell customers apart by.",
        where=f"target {kind}, {days.size} cutoffs from {days[0]} to {days[-1]}",
        got=f"{ones:,} of {rows:,} rows (customer and cutoff) are 1",
        expected="rows of both outcomes",
        todo=ALL_ALIKE.get((kind, ones > 0), "use a longer history, or another definition of the target"),
    )
