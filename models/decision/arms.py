"""Those treated and those held out, in groups that were randomised apart, and what their means differ by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.evaluation.tally import Array

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arms:
    """One `outcome` of n rows, whether each was `treated`, its `stratum`, and whose it is, `customer`; (n,) each.

    A customer that was in several campaigns has a row in each stratum.
    """

    outcome: Array
    treated: Flags
    stratum: npt.NDArray[np.int64]
    customer: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        outcome: npt.ArrayLike,
        treated: npt.ArrayLike,
        stratum: npt.ArrayLike | None = None,
        customer: npt.ArrayLike | None = None,
    ) -> Arms:
        """The arms of rows (n,): without strata all were randomised together, without customers each is one."""
        flags = np.asarray(treated, dtype=bool)
        groups = np.zeros(flags.size) if stratum is None else stratum
        owners = np.arange(flags.size) if customer is None else customer
        return cls(np.asarray(outcome, dtype=np.float64), flags, _numbers(groups), _numbers(owners))

    def take(self, rows: Flags) -> Arms:
        """The customers where `rows` (n,) is true."""
        return Arms(self.outcome[rows], self.treated[rows], self.stratum[rows], self.customer[rows])


def _numbers(names: npt.ArrayLike) -> npt.NDArray[np.int64]:
    return np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Moments:
    """Per stratum (S,): sizes of the arms, difference of their means, variances of the means; two in each at least.

    `variance` is that of the weighted difference, where the rows of a customer may be alike.
    """

    treated: Array
    held: Array
    difference: Array
    treated_error: Array
    held_error: Array
    variance: float

    @classmethod
    def of(cls, arms: Arms) -> Moments:
        """The moments of the strata that can be compared."""
        found = {int(number): _within(arms.take(arms.stratum == number)) for number in np.unique(arms.stratum)}
        known = {number: row for number, row in found.items() if row is not None}
        sizes = np.array(list(known.values())).reshape(-1, 5).T
        moments = cls(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], math.nan)
        return replace(moments, variance=_variance(arms, dict(zip(known, moments.weight, strict=True))))

    @property
    def weight(self) -> Array:
        """What each stratum counts, summing to 1: by the size of its smaller information, n1 n0 / (n1 + n0)."""
        size = self.treated * self.held / (self.treated + self.held)
        return np.asarray(size / size.sum())

    @property
    def error(self) -> float:
        """The standard error of the weighted difference; NaN where no stratum can be compared."""
        return math.sqrt(self.variance) if self.difference.size else math.nan


def _within(arms: Arms) -> tuple[float, float, float, float, float] | None:
    treated, held = arms.outcome[arms.treated], arms.outcome[~arms.treated]
    if min(treated.size, held.size) < 2:
        return None
    errors = treated.var(ddof=1) / treated.size, held.var(ddof=1) / held.size
    return (treated.size, held.size, treated.mean() - held.mean(), *errors)


def _variance(arms: Arms, weight: Mapping[int, float]) -> float:
    """The variance of the weighted difference: how each row pulls at it, summed over the rows of a customer, squared.

    Lots that are drawn once and kept for several campaigns give a customer the same arm in all of them; then its rows
    are no further customers. Where nobody has two rows it is the sum of the strata's variances.

    Source: Liang & Zeger 1986.
    """
    pull = np.zeros(arms.outcome.size)
    for stratum, share in weight.items():
        for arm, sign in ((True, 1.0), (False, -1.0)):
            rows = (arms.stratum == stratum) & (arms.treated == arm)
            away = arms.outcome[rows] - arms.outcome[rows].mean()
            pull[rows] = sign * share * away / math.sqrt(away.size * (away.size - 1))
    return float((np.bincount(arms.customer, weights=pull) ** 2).sum())
