"""Whether a new cutoff looks like those a model was trained on: a distance, and the limit that chance and season set.

The distance of a feature is the largest shift of a share of the customers: of those at or below one of the quantiles
that the model's reference keeps (a Kolmogorov-Smirnov distance looked at in five places), or of those whose value is
null. .20 reads "of a hundred customers, twenty more than usual lie on one side". Where many customers share a value, a
quantile says only between which shares it lies, and nothing within is a shift.

No fixed number of it, or of PSI, is drift: 650 customers shift by .04 by chance, 150 features by .06 in the largest of
them, and every December differs from the year. So the limit comes from the training itself. Each draw
imagines a usual cutoff: a random mix of the deviations of the training's cutoffs from their mean, plus the noise of
drawing as many customers as there are now, all features of a customer together. Deviations are shrunk by the noise that
is in them already; and as few cutoffs measure a scale badly, every draw measures it again on cutoffs of its own. Every
feature is measured on the scale of its own draws, and the limit is the one that the *largest* feature of a draw passes
with the chance allowed: one chance for all features together, with the correlations they have.

Sources: Kolmogorov-Smirnov; Westfall & Young 1993 (maximum over a family, resampled jointly); the mixed deviations
are ours, measured in `benchmarks/drift.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.drift_usual import Array, Expected, usual_draws
from models.reference import LEVELS, Reference

Values = npt.NDArray[np.float32]
MOST_ROWS = 20_000
"""Customers of a cutoff that are looked at, evenly chosen: at more, what chance adds is below .01."""


@dataclass(frozen=True)
class Verdict:
    """Per feature (features,): its distance, the limit, and the chance that any feature of a usual cutoff goes so far.

    `direction` is 1 where the values rose, -1 where they fell, 0 where what changed is who has one.
    """

    distance: Array
    limit: Array
    chance: Array
    direction: npt.NDArray[np.int8]

    @property
    def drifted(self) -> npt.NDArray[np.bool_]:
        """Which features are beyond their limit."""
        return self.distance > self.limit


def marks(values: Values, reference: Reference) -> npt.NDArray[np.bool_]:
    """For each row (n, features) and stored quantile: at or below it; at or above it; null: (n, features, shares)."""
    quantiles = _quantiles(reference)
    column = values[:, :, None].astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.concatenate([column <= quantiles, column >= quantiles, np.isnan(column)], axis=2)


def expected(reference: Reference) -> Expected:
    """What a reference says of `marks`: at least its level on either side of a quantile, and the nulls."""
    null = np.array(reference.nulls)[:, None]
    levels = np.array(LEVELS)[None, :]
    known = ~np.isnan(_quantiles(reference))
    low = np.concatenate([levels * (1 - null), (1 - levels) * (1 - null), null], axis=1)
    high = np.concatenate([np.ones((len(null), 2 * len(LEVELS))), null], axis=1)
    low[:, :-1] = np.where(np.concatenate([known, known], axis=1), low[:, :-1], 0.0)
    return Expected(low, high)


def _quantiles(reference: Reference) -> Array:
    return np.array(reference.quantiles, dtype=np.float64).reshape(len(reference.quantiles), len(LEVELS))


def chosen(rows: int) -> npt.NDArray[np.int64]:
    """Which of the rows of a cutoff are looked at: all, or `MOST_ROWS` spread evenly."""
    return np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).round().astype(np.int64))


def judge(now: Array, expect: Expected, drawn: Array, *, chance: float, rows: int, smallest: float = 0.0) -> Verdict:
    """Compare the shares of a new cutoff with those of imagined usual ones.

    Args:
        now: (features, shares).
        expect: what the reference says of them.
        drawn: distances of imagined usual cutoffs, (draws, features).
        chance: of a false alarm in any feature of one check.
        rows: customers now.
        smallest: no limit is below it: shifts that nobody would act upon are no alarm, however certain they are.
    """
    distance = expect.distance(now)
    scale = np.maximum(np.sqrt((drawn**2).mean(axis=0)), 1 / rows)
    largest = (drawn / scale).max(axis=1)
    factor = float(np.quantile(largest, 1 - chance, method="higher"))
    over = (largest[:, None] >= distance / scale).mean(axis=0)
    return Verdict(distance, np.maximum(smallest, factor * scale), over, _direction(now, expect))


def _direction(now: Array, expect: Expected) -> npt.NDArray[np.int8]:
    levels = (now.shape[-1] - 1) // 2
    if not levels:
        return np.sign(now[:, 0] - expect.high[:, 0]).astype(np.int8)
    lacking = np.maximum(0.0, expect.low - now)
    fell, rose = lacking[:, levels:-1].max(axis=1), lacking[:, :levels].max(axis=1)
    null = np.abs(now[:, -1] - expect.low[:, -1])
    return np.where(np.maximum(fell, rose) <= null, 0, np.where(rose > fell, 1, -1)).astype(np.int8)


def drift(
    now: Values,
    cutoffs: list[Values],
    reference: Reference,
    *,
    chance: float,
    draws: int,
    smallest: float = 0.0,
    seed: int = 0,
) -> Verdict:
    """Judge the rows of a new cutoff (n, features) by a reference and the training cutoffs it is from.

    Raises nothing: without training cutoffs, or rows, the limit is infinite and nothing has drifted.
    """
    expect, columns = expected(reference), now.shape[1]
    if not cutoffs or not len(now) or not columns:
        nothing = np.zeros(columns)
        return Verdict(nothing, np.full(columns, np.inf), np.ones(columns), nothing.astype(np.int8))
    present = marks(now[chosen(len(now))], reference)
    parts = [marks(part[chosen(len(part))], reference) for part in cutoffs if len(part)]
    drawn = usual_draws(parts, len(present), expect, draws=draws, seed=seed)
    return judge(present.mean(axis=0), expect, drawn, chance=chance, rows=len(present), smallest=smallest)


def rate_drift(
    now: Array, cutoffs: list[Array], *, chance: float, draws: int, smallest: float = 0.0, seed: int = 0
) -> Verdict:
    """Judge the share of ones among labels now (n,) by the labels of training cutoffs, (m,) each, all 0 or 1.

    Raises nothing: without training cutoffs, or labels, the limit is infinite and nothing has drifted.
    """
    parts = [part.astype(bool)[:, None, None] for part in cutoffs if part.size]
    if not parts or not now.size:
        return Verdict(np.zeros(1), np.full(1, np.inf), np.ones(1), np.zeros(1, dtype=np.int8))
    rate = np.array([[np.concatenate(parts).mean()]])
    expect = Expected(rate, rate)
    drawn = usual_draws(parts, now.size, expect, draws=draws, seed=seed)
    return judge(np.array([[now.mean()]]), expect, drawn, chance=chance, rows=now.size, smallest=smallest)
