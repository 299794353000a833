"""The rows that a challenger and the champion are compared on: the latest mature cutoffs, which neither learned from.

One dated example, gap 14 days, horizon 90 days. The champion was trained when the history ended with 2024-03-31: its
last cutoff was 2023-12-19, and the last label it learned closed on 2024-03-31. When the history ends with 2024-12-31,
the test cutoffs are 2024-07-19 to 2024-09-19, and the champion itself can be judged at all of them. Trained on a
history that ended with 2024-08-31, it knew what came after the first two: it is judged at 2024-09-19 alone, and if that
is too few rows, the model that was tested in its stead before it was registered is judged at all three. The challenger,
fitted up to the end, is judged through the model that was tested in its stead, unless the history has grown since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
import numpy.typing as npt

from features.engine.store import LineStore
from features.errors import ModelProblem
from models import baselines
from models.evaluation.gate import CHAMPION
from models.evaluation.segments import too_few
from models.evaluation.tested_rows import MODEL, TestRows
from models.linear import Linear
from models.observation import observe
from models.stored import Model
from pipeline.config import Config
from pipeline.learning.learning import learnable_cutoffs
from pipeline.matrices.dataset import Dataset, dataset_of, snapshot
from pipeline.matrices.feature_choice import scored_features
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.segment_kinds import segment_kinds
from pipeline.matrices.tasks import Task
from pipeline.registry.tracked import Registered

REGISTERED, STAND_IN = "as registered", "by the model tested in its stead"


@dataclass(frozen=True)
class Side:
    """A registered version: its model, and the one that was tested in its stead (None where none was kept)."""

    registered: Registered
    model: Model
    held_out: Model | None

    @property
    def judged_by(self) -> list[tuple[str, Model]]:
        """The models that may speak for it, the version itself first."""
        return [(REGISTERED, self.model), *([(STAND_IN, self.held_out)] if self.held_out else [])]


@dataclass(frozen=True)
class Judged:
    """Rows with both sides' probabilities, each row's value by kind of customer (n,), and which models spoke."""

    rows: TestRows
    kinds: dict[str, npt.NDArray[np.str_]]
    challenger_by: str
    champion_by: str

    @property
    def cutoffs(self) -> list[str]:
        """The cutoffs of the rows, ascending."""
        return [str(day) for day in np.unique(self.rows.cutoff).astype("datetime64[D]")]


def closes(model: Model, task: Task) -> date:
    """The day on which the last label a model learned from became known."""
    return date.fromisoformat(model.scope.cutoffs[-1]) + timedelta(days=task.window.days_to_maturity)


def judged(
    challenger: Side, champion: Side, store: LineStore, other_tables: OtherTables, task: Task, config: Config
) -> Judged:
    """The labelled rows of the latest mature cutoffs that open after everything either side learned from.

    Each side is judged as it is registered if that leaves enough rows, else by the model tested in its stead.

    Raises:
        ModelProblem: no choice of models leaves enough rows.
    """
    cutoffs = learnable_cutoffs(store, task, config)[-config.training.test_cutoffs :]
    data = _data(store, other_tables, cutoffs, task, config, (challenger, champion))
    for (champion_by, old), (challenger_by, new) in product(champion.judged_by, challenger.judged_by):
        opens = max(closes(old, task), closes(new, task))
        later = data.take(data.cutoff >= np.datetime64(opens))
        rows = _rows(later, new, old, task.target.kind)
        if not too_few(rows):
            return Judged(rows, segment_kinds(later, other_tables.regions), challenger_by, champion_by)
    raise _nothing_unseen(challenger, champion, cutoffs, task)


def _data(
    store: LineStore,
    other_tables: OtherTables,
    cutoffs: Sequence[date],
    task: Task,
    config: Config,
    sides: Sequence[Side],
) -> Dataset:
    """The labelled rows of the cutoffs, with every feature that one of the models needs."""
    needed = {name for side in sides for _, model in side.judged_by for name in model.names}
    features = scored_features(store, needed)
    matrix = snapshot(store, cutoffs, task, config, features)
    return dataset_of(store, matrix, observe(store, matrix, task.target, task.window, other_tables.tables)).labelled()


def _rows(data: Dataset, challenger: Model, champion: Model, kind: str) -> TestRows:
    """The rows with both sides' probabilities and the baselines' scores; a baseline that stands in has none to beat."""
    models = {MODEL: challenger, CHAMPION: champion}
    found = {name: model.probability(data.only(model.names).values) for name, model in models.items()}
    rivals = {} if isinstance(challenger, Linear) else baselines.scores(kind, data.values, data.names)
    label = data.label.astype(np.float64)
    return TestRows(data.customer, data.cutoff, label, {**found, **rivals}, tuple(rivals))


def _nothing_unseen(challenger: Side, champion: Side, cutoffs: Sequence[date], task: Task) -> ModelProblem:
    known = [
        f"{role} {side.registered.version}: known up to {min(closes(each, task) for _, each in side.judged_by)}"
        for role, side in (("champion", champion), ("challenger", challenger))
    ]
    return ModelProblem(
        "The two cannot be compared: there are too few rows that neither learned from.",
        where=f"target {task.target.name}, cutoffs {', '.join(map(str, cutoffs)) or 'none'}",
        got="; ".join(known),
        expected="test cutoffs that open after both",
        todo="wait until later outcomes are known, or decide without: moorings promote --force --reason <why>",
    )
