"""How sure a figure is: intervals by redrawing customers, and the noise a perfectly calibrated model shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from models.evaluation.interval import CONFIDENCE, Interval, Owners, interval, owners, weights
from models.evaluation.metrics import METRICS, expected_calibration_error
from models.evaluation.tally import Array, Grouping

BATCH = 25
"""Draws computed by one task: enough that starting it costs nothing."""


@dataclass(frozen=True)
class Draws:
    """Metrics of several scores on the same redrawn customers.

    `values[score][metric]` is (1 + draws,): first the figure on the rows as they are, then one a draw.
    `confidence` is the share of draws inside an interval.
    """

    values: Mapping[str, Mapping[str, Array]]
    confidence: float = CONFIDENCE

    def interval(self, score: str, metric: str) -> Interval:
        """The metric of one score."""
        return interval(self.values[score][metric], self.confidence)

    def difference(self, score: str, other: str, metric: str) -> Interval:
        """The metric of `score` minus that of `other`, paired: both on the same customers in every draw."""
        return interval(self.values[score][metric] - self.values[other][metric], self.confidence)


RANGELESS = frozenset({"calibration_error"})
"""Figures whose draws lie above them: a redraw adds noise, and the error counts noise as miscalibration. On 562 rows an
error of .014 had draws from .022 to .051. What noise alone explains says `calibration_band`."""


def shown(metric: str, found: Interval) -> str:
    """A figure for people: with its range, where the range is about the figure."""
    return f"{found.value:.3f}" if metric in RANGELESS else str(found)


def redraw(
    customer: npt.ArrayLike,
    label: npt.ArrayLike,
    scores: Mapping[str, npt.ArrayLike],
    *,
    draws: int = 500,
    seed: int = 0,
    workers: int = 1,
    confidence: float = CONFIDENCE,
) -> Draws:
    """Measure scores on customers drawn with replacement; all rows of a customer move together.

    Args:
        customer: who each row belongs to, (n,).
        label: 0 or 1, (n,).
        scores: by name, (n,) each, higher meaning more likely 1.
        draws: how many times customers are drawn.
        seed: the same seed gives the same draws, whatever the number of workers.
        workers: threads.
        confidence: share of the draws inside an interval.

    Raises:
        DataProblem: a label or score is null.

    Source: Efron & Tibshirani 1993, chapter 13 (percentile interval); drawing whole customers because the
        rows of one customer at several cutoffs are not independent.
    """
    owner = owners(customer)
    groupings = {name: Grouping.of(label, score) for name, score in scores.items()}
    batches = [range(first, min(first + BATCH, draws)) for first in range(0, draws, BATCH)]
    drawn = Parallel(n_jobs=workers, prefer="threads")(
        delayed(_batch)(batch, seed, owner, groupings) for batch in batches
    )
    actual = _figures(np.ones(owner.size), groupings)
    table = np.concatenate([actual[None], *drawn])
    return Draws(
        {
            name: {metric: table[:, row, column] for column, metric in enumerate(METRICS)}
            for row, name in enumerate(groupings)
        },
        confidence,
    )


def _batch(draws: Sequence[int], seed: int, owner: Owners, groupings: Mapping[str, Grouping]) -> Array:
    """Metrics (draws, scores, metrics); each draw has its own random stream, so batches do not matter."""
    found = np.empty((len(draws), len(groupings), len(METRICS)))
    for place, draw in enumerate(draws):
        found[place] = _figures(weights(owner, seed, draw), groupings)
    return found


def _figures(weight: Array, groupings: Mapping[str, Grouping]) -> Array:
    tallies = [grouping.tally(weight) for grouping in groupings.values()]
    return np.array([[metric(rows) for metric in METRICS.values()] for rows in tallies])


def calibration_band(probability: npt.ArrayLike, *, draws: int = 1000, seed: int = 0) -> float:
    """The calibration error that a perfectly calibrated model with these probabilities stays below 95 times in 100.

    Labels are drawn from the probabilities (n,) themselves, independently; at 650 rows the noise alone is about
    0.035. NaN without rows.
    """
    scores = np.asarray(probability, dtype=np.float64)
    if not scores.size:
        return float("nan")
    grouping = Grouping.of(np.zeros(scores.size), scores)
    ranked = scores[grouping.order]
    random = np.random.default_rng(seed)
    labels = ((random.random(ranked.size) < ranked).astype(np.float64) for _ in range(draws))
    errors = [expected_calibration_error(grouping.tally(label=drawn)) for drawn in labels]
    return float(np.quantile(errors, CONFIDENCE))
