"""A figure with its range, and the redraws of customers that ranges are found by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.tally import Array

CONFIDENCE = 0.95
Owners = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A figure with the range that most redraws of the customers fall into; NaN where undefined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def holds(self, figure: float) -> bool:
        """Whether `figure` lies in the range; a range that is not known holds everything."""
        return not (self.low > figure or self.high < figure)

    def summary(self) -> dict[str, float]:
        """JSON-able."""
        return {"value": self.value, "low": self.low, "high": self.high}


def interval(values: Array, confidence: float = CONFIDENCE) -> Interval:
    """The first of `values` (1 + draws,) with the range of the others that are numbers."""
    drawn = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or not drawn.size:
        return Interval(float(values[0]), float("nan"), float("nan"))
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(values[0]), float(low), float(high))


def owners(customer: npt.ArrayLike) -> Owners:
    """Customers (n,) as numbers from 0, in the order of their names: redraws do not depend on how they are coded."""
    _, owner = np.unique(np.asarray(customer).astype(str), return_inverse=True)
    return np.asarray(owner, dtype=np.int64)


def weights(owner: Owners, seed: int, draw: int) -> Array:
    """How often each row (n,) counts in a draw of customers with replacement; all rows of a customer move together.

    Each draw has a random stream of its own, so draws may be made in any order, and on any number of threads.
    """
    customers = int(owner.max()) + 1 if owner.size else 0
    if not customers:
        return np.zeros(0)
    chosen = np.random.default_rng([seed, draw]).integers(0, customers, customers)
    return np.bincount(chosen, minlength=customers)[owner].astype(np.float64)


def interval_of(
    statistic: Callable[[Array], float],
    customer: npt.ArrayLike,
    *,
    draws: int,
    seed: int,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Any figure of weighted rows with its range over redraws of customers.

    Args:
        statistic: the figure, of how often each row counts (n,).
        customer: who each row belongs to, (n,).
        draws: how many times customers are drawn.
        seed: the same seed gives the same draws as `bootstrap.redraw`.
        confidence: share of the draws inside the range.

    Source: Efron & Tibshirani 1993, chapter 13 (percentile interval).
    """
    owner = owners(customer)
    drawn = [statistic(weights(owner, seed, draw)) for draw in range(draws)]
    return interval(np.array([statistic(np.ones(owner.size)), *drawn]), confidence)
