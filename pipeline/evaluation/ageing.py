"""How a model loses power with age: one trained a year before the test, measured at every cutoff since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

import numpy as np

from features.errors import ModelProblem
from models.baselines import scores
from models.evaluation.age import Age
from models.evaluation.bootstrap import calibration_band, redraw
from models.evaluation.interval import Interval
from models.evaluation.metrics import measure
from models.evaluation.tally import Array
from models.split import months_before
from pipeline.config import Config
from pipeline.learning.learning import Recipe
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.tasks import Task
from pipeline.process.progress import stage

AGE_MONTHS = 12
BAND_DRAWS = 300
OLD, FRESH = "old", "fresh"
COMPARED = ("roc_auc", "brier", "calibration_error")


@dataclass(frozen=True)
class Ageing:
    """The old model cutoff by cutoff, and how its figures on the test rows differ from the fresh model's, paired."""

    ages: tuple[Age, ...]
    behind: dict[str, Interval]

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        differences = {name: found.summary() for name, found in self.behind.items()}
        return {"cutoffs": [asdict(age) for age in self.ages], "old_minus_fresh": differences}


@stage("ageing")
def ageing(
    every: Dataset, later: Dataset, fresh: Array, task: Task, kind: str, config: Config, refit: Recipe
) -> Ageing | None:
    """Train on what had come true a year before the first test cutoff, and measure at every cutoff from then on.

    Args:
        every: rows of all cutoffs.
        later: labelled rows of the test cutoffs.
        fresh: the probabilities (rows of `later`,) of the model trained up to the test.
        task: what is predicted.
        kind: of target.
        config: the draws.
        refit: how the fresh model was fitted.

    Returns:
        None where the history is too short for it.
    """
    trained = _a_year_before(later)
    closed = every.cutoff + np.timedelta64(task.window.days_to_maturity, "D") <= trained
    try:
        model = refit(every.take(closed), every.take(every.cutoff == trained))
    except (ModelProblem, ValueError):
        return None
    known = every.take(every.cutoff >= trained).labelled()
    chance = model.probability(known.values, known.names)
    ages = tuple(_age(known, chance, day, trained, kind) for day in np.unique(known.cutoff))
    old = model.probability(later.values, later.names)
    drawn = redraw(
        later.customer,
        later.label,
        {OLD: old, FRESH: fresh},
        draws=config.training.bootstrap_repetitions,
        seed=config.training.seed,
        workers=usable_threads(config),
        confidence=config.training.interval,
    )
    return Ageing(ages, {metric: drawn.difference(OLD, FRESH, metric) for metric in COMPARED})


def _a_year_before(later: Dataset) -> np.datetime64:
    first = later.cutoff.min().astype("datetime64[D]").item()
    return np.datetime64(months_before(first, AGE_MONTHS))


def _age(known: Dataset, chance: Array, day: np.datetime64, trained: np.datetime64, kind: str) -> Age:
    rows = known.cutoff == day
    part, found = known.take(rows), measure(known.label[rows], chance[rows])[0]
    rivals = [measure(part.label, score)[0]["roc_auc"] for score in scores(kind, part.values, part.names).values()]
    days: timedelta = (day - trained).astype("timedelta64[D]").item()
    return Age(
        cutoff=str(day.astype("datetime64[D]")),
        months=round(days.days / 30.44),
        rows=len(part),
        auc=found["roc_auc"],
        rival=max(rivals, default=float("nan")),
        error=found["calibration_error"],
        band=calibration_band(chance[rows], draws=BAND_DRAWS),
    )
