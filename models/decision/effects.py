"""What a randomised action did: differences between those treated and those held out, with intervals.

Every difference is of the treated less the held out, so a churn effect below 0 means that fewer left. Groups that were
randomised apart (campaigns) are compared within themselves and then averaged; customers are never compared across.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.decision.arms import Arms, Moments
from models.decision.shares import UNKNOWN, newcombe
from models.evaluation.interval import CONFIDENCE, Interval
from models.evaluation.tally import Array


def mean_difference(arms: Arms, *, confidence: float = CONFIDENCE) -> Interval:
    """The mean outcome of the treated less that of the held out, averaged over strata; NaN where none can be compared.

    Strata count by n1 n0 / (n1 + n0), which is the most precise where variances are alike. The interval is Welch's: it
    lets the arms vary differently, with Satterthwaite's degrees of freedom; rows of a customer are taken together.

    Source: Welch 1947; Greenland & Robins 1985 for the weights.
    """
    found = Moments.of(arms)
    if not found.difference.size:
        return UNKNOWN
    weight = found.weight
    parts = np.concatenate([weight**2 * found.treated_error, weight**2 * found.held_error])
    value, alone = float(weight @ found.difference), float(parts.sum())
    if alone == 0:
        return Interval(value, value, value)
    freedom = alone**2 / float((parts**2 / (np.concatenate([found.treated, found.held]) - 1)).sum())
    reach = float(stats.t.ppf((1 + confidence) / 2, freedom)) * found.error
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
    return replace(arms, outcome=arms.outcome - slope * _centred(known, arms.stratum))


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
