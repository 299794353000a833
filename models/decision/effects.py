"""What a randomised action did: differences between those treated and those held out, with intervals.

Every difference is of the treated less the held out, so a churn effect below 0 means that fewer left. Groups that were
randomised apart (campaigns) are compared within themselves and then averaged; customers are never compared across.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.decision.shares import UNKNOWN, newcombe
from models.evaluation.interval import CONFIDENCE, Interval
from models.evaluation.tally import Array

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arms:
    """One outcome of n customers: `outcome` (n,), whether each was `treated` (n,), and its `stratum` (n,)."""

    outcome: Array
    treated: Flags
    stratum: npt.NDArray[np.int64]

    @classmethod
    def of(cls, outcome: npt.ArrayLike, treated: npt.ArrayLike, stratum: npt.ArrayLike | None = None) -> Arms:
        """The arms of customers (n,); without strata they were all randomised together."""
        flags = np.asarray(treated, dtype=bool)
        groups = np.zeros(flags.size) if stratum is None else np.asarray(stratum)
        numbers = np.unique(groups, return_inverse=True)[1].astype(np.int64)
        return cls(np.asarray(outcome, dtype=np.float64), flags, numbers)

    def take(self, rows: Flags) -> Arms:
        """The customers where `rows` (n,) is true."""
        return Arms(self.outcome[rows], self.treated[rows], self.stratum[rows])


@dataclass(frozen=True)
class Moments:
    """Per stratum (S,): sizes of the arms, difference of their means, variances of the means; two in each at least."""

    treated: Array
    held: Array
    difference: Array
    treated_error: Array
    held_error: Array

    @classmethod
    def of(cls, arms: Arms) -> Moments:
        """The moments of the strata that can be compared."""
        found = [_within(arms.take(arms.stratum == number)) for number in np.unique(arms.stratum)]
        rows = np.array([row for row in found if row is not None]).reshape(-1, 5)
        return cls(*rows.T)

    @property
    def weight(self) -> Array:
        """What each stratum counts, summing to 1: by the size of its smaller information, n1 n0 / (n1 + n0)."""
        size = self.treated * self.held / (self.treated + self.held)
        return np.asarray(size / size.sum())

    @property
    def error(self) -> float:
        """The standard error of the weighted difference; NaN where no stratum can be compared."""
        if not self.difference.size:
            return math.nan
        return math.sqrt(float(self.weight**2 @ (self.treated_error + self.held_error)))


def _within(arms: Arms) -> tuple[float, float, float, float, float] | None:
    treated, held = arms.outcome[arms.treated], arms.outcome[~arms.treated]
    if min(treated.size, held.size) < 2:
        return None
    errors = treated.var(ddof=1) / treated.size, held.var(ddof=1) / held.size
    return (treated.size, held.size, treated.mean() - held.mean(), *errors)


def mean_difference(arms: Arms, *, confidence: float = CONFIDENCE) -> Interval:
    """The mean outcome of the treated less that of the held out, averaged over strata; NaN where none can be compared.

    Strata count by n1 n0 / (n1 + n0), which is the most precise where variances are alike. The interval is Welch's: it
    lets the arms vary differently, with Satterthwaite's degrees of freedom.

    Source: Welch 1947; Greenland & Robins 1985 for the weights.
    """
    found = Moments.of(arms)
    if not found.difference.size:
        return UNKNOWN
    weight = found.weight
    parts = np.concatenate([weight**2 * found.treated_error, weight**2 * found.held_error])
    value, variance = float(weight @ found.difference), float(parts.sum())
    if variance == 0:
        return Interval(value, value, value)
    freedom = variance**2 / float((parts**2 / (np.concatenate([found.treated, found.held]) - 1)).sum())
    reach = float(stats.t.ppf((1 + confidence) / 2, freedom)) * math.sqrt(variance)
    return Interval(value, value - reach, value + reach)


def adjusted(arms: Arms, before: npt.ArrayLike) -> Arms:
    """The same arms with what was known `before` (n,) taken out of the outcome, where it is known.

    One slope for both arms, fitted within arms and strata, so that the difference keeps its expectation: `before` was
    known when the lots were drawn, and so cannot differ between arms but by chance. Nulls stand at the mean.

    Source: Deng, Xu, Kohavi & Walker 2013 (CUPED).
    """
    known = np.asarray(before, dtype=np.float64)
    cell = arms.stratum * 2 + arms.treated
    x, y = _centred(known, cell), _centred(arms.outcome, cell)
    spread = float(x @ x)
    slope = float(x @ y) / spread if spread > 0 else 0.0
    return Arms(arms.outcome - slope * _centred(known, arms.stratum), arms.treated, arms.stratum)


def _centred(values: Array, group: npt.NDArray[np.int64]) -> Array:
    """Values less the mean of their group, (n,); 0 for NaN."""
    there = ~np.isnan(values)
    filled = np.where(there, values, 0.0)
    count = np.maximum(np.bincount(group, weights=there), 1)
    means = np.bincount(group, weights=filled) / count
    return np.asarray(np.where(there, filled - means[group], 0.0))


def share_difference(arms: Arms, *, confidence: float = CONFIDENCE) -> Interval:
    """The share of ones among the treated less that among the held out, of one stratum; see `shares.newcombe`."""
    ours, theirs = arms.outcome[arms.treated], arms.outcome[~arms.treated]
    return newcombe((int(ours.sum()), ours.size), (int(theirs.sum()), theirs.size), confidence=confidence)


def cost_of_one_saved(cost: float, effect: Interval) -> Interval:
    """What it costs to keep one customer who would have left, given the mean `cost` of treating one.

    Args:
        cost: a treated customer, in any currency.
        effect: on the share that leaves; below 0 fewer leave.

    Returns:
        In the same currency; infinite where treating may save nobody, so the upper end is infinite unless the whole
        interval of the effect lies below 0.
    """

    def price(drop: float) -> float:
        return math.nan if math.isnan(drop) else cost / drop if drop > 0 else math.inf

    return Interval(price(-effect.value), price(-effect.low), price(-effect.high))
