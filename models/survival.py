"""A second opinion on silence: how likely the first order is in each period, and from that, silence by any day.

Discrete-time survival: one model of the hazard, the chance that somebody who has not ordered by the beginning of a
period orders before its end. `P(silent by h) = product of (1 - hazard)` over the periods up to h, so it falls with h by
construction. Everything starts at the opening of the outcome window, T + gap.

Source: Singer & Willett 1993, "It's about time: using discrete-time survival analysis".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity
from models.trees import Values

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
PERIODS = (30, 60, 90, 180)
"""Days after the opening of the outcome window at which a period ends."""
USUAL = "usual_hazard_of_the_period"
"""The column that says in which period a row is: by the share of all who order in it. Boosting starts from it."""


@dataclass(frozen=True)
class PersonPeriods:
    """One row per customer, cutoff and period that it entered without an order, and that is over.

    `row` (p,) is the position among the rows they were made from, `period` (p,) the number of the period, `ordered`
    (p,) 1 where the first order came in it.
    """

    row: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]
    ordered: Array

    def usual(self, periods: int) -> Array:
        """The share (periods,) of those who entered a period that ordered in it, half an order added to each side."""
        entered = np.bincount(self.period, minlength=periods)
        return (np.bincount(self.period, weights=self.ordered, minlength=periods) + 0.5) / (entered + 1)


def person_periods(days_to_order: Array, watched: Array, periods: Sequence[int] = PERIODS) -> PersonPeriods:
    """The periods that customers at cutoffs (n,) lived through.

    Args:
        days_to_order: (n,) from the opening of the outcome window to the first order, 0 on its first day; NaN where
            none was seen.
        watched: (n,) days from that opening to the end of the history. A period that is not over by then is left out,
            also where an order came in it: whoever had not yet ordered would be missing beside it.
        periods: days at which each ends, ascending.
    """
    starts, ends = np.array([0, *periods[:-1]]), np.array(periods)
    first = np.where(np.isnan(days_to_order), np.inf, days_to_order)[:, None]
    row, period = np.nonzero((first >= starts) & (np.asarray(watched)[:, None] >= ends))
    return PersonPeriods(row, period, (first[row, 0] < ends[period]).astype(np.float64))


@dataclass(frozen=True)
class Survival:
    """A fitted hazard: a Propensity of the first order over features and the usual hazard of the period."""

    hazard_model: Propensity

    @classmethod
    def fit(
        cls,
        values: Values,
        names: Sequence[str],
        days_to_order: Array,
        watched: Array,
        cutoff: npt.NDArray[np.datetime64],
        *,
        settings: FitSettings,
        scope: Scope,
        periods: tuple[int, ...] = PERIODS,
    ) -> Survival:
        """Fit the hazard on every period that is over; see `person_periods` for the arguments of rows (n,).

        Raises:
            ModelProblem: fewer than 20 periods with or without an order.
        """
        lived = person_periods(days_to_order, watched, periods)
        usual = lived.usual(len(periods))
        model = Propensity.fit(
            _with_period(values[lived.row], usual[lived.period]),
            (*names, USUAL),
            lived.ordered,
            cutoff[lived.row],
            settings=replace(settings, offset=(USUAL,), directions=()),
            scope=replace(
                scope, target="next_order", horizon_days=periods[-1], periods=periods, hazards=tuple(usual.tolist())
            ),
        )
        return cls(model)

    @property
    def periods(self) -> tuple[int, ...]:
        """Days after the opening at which each period ends."""
        return self.hazard_model.scope.periods

    def hazard(self, values: Values) -> Array:
        """The chance of a first order in each period (n, periods), for those without one before it."""
        usual = self.hazard_model.scope.hazards
        return np.column_stack(
            [self.hazard_model.probability(_with_period(values, np.full(len(values), share))) for share in usual]
        )

    def silent(self, values: Values) -> Array:
        """The chance of no order by the end of each period (n, periods); it never rises from one to the next."""
        return np.asarray(np.cumprod(1 - self.hazard(values), axis=1))

    def median_days(self, values: Values) -> Array:
        """Days (n,) from the opening by which half of such customers have ordered; NaN beyond the last period.

        Within a period the hazard is the same on every day, so silence falls exponentially.
        """
        known = np.column_stack([np.ones(len(values)), self.silent(values)])
        ends = np.array([0, *self.periods])
        period = (known[:, 1:] > 0.5).sum(axis=1)
        inside = np.minimum(period, len(self.periods) - 1)
        rows = np.arange(len(values))
        before, after = known[rows, inside], known[rows, inside + 1]
        share = np.log(before / 0.5) / np.log(before / np.maximum(after, 1e-12))
        days = ends[inside] + share * (ends[inside + 1] - ends[inside])
        return np.where(period < len(self.periods), days, np.nan)

    def save(self, folder: Path) -> str:
        """Write the model as data into `folder`, see `Propensity.save`; returns its digest."""
        return self.hazard_model.save(folder)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Survival:
        """Read a saved model; digests are checked before a file is parsed.

        Raises:
            ModelProblem: a file is missing, damaged or changed, or it is a model of a fixed horizon.
        """
        model = Propensity.load(folder, threads)
        if model.names[-1:] != (USUAL,) or not model.scope.periods:
            raise ModelProblem(
                "The model speaks of a fixed horizon, not of periods.",
                where=str(folder),
                got=f"target {model.scope.target}",
                expected="a model saved by models.survival",
                todo="load it as a Propensity",
            )
        return cls(model)


def _with_period(values: Values, usual: Array) -> Values:
    """Rows (n, features) with the usual hazard of their period (n,) as the last column."""
    return np.asfortranarray(np.column_stack([values, usual.astype(np.float32)]), dtype=np.float32)
