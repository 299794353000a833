"""Where customers stand at one cutoff: the numbers that the state of a relationship is told from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """Numbers of n eligible customers at one cutoff, each (n,); NaN where unknown.

    `churn`, `propensity`: calibrated probabilities. `act_above`: the chance of leaving above which an offer pays.
    `propensity_rank`: percentile of the propensity among all eligible, 0 to 100; `base_rate`: its mean among them.
    `investment`, `risk`, `value`, `pressure`: indices, 0 to 100 among peers, with their coverage, 0 to 1.
    `pledge_balance`: -1, all put in by us, to 1, all by the customer. `expands`: took up new business within 365 days.
    `beyond_order_lines`: other tables speak too.
    """

    churn: Array
    act_above: Array
    propensity: Array
    propensity_rank: Array
    base_rate: Array
    investment: Array
    investment_coverage: Array
    risk: Array
    risk_coverage: Array
    value: Array
    value_coverage: Array
    pressure: Array
    pressure_coverage: Array
    pledge_balance: Array
    expands: Flags
    beyond_order_lines: Flags

    def __len__(self) -> int:
        return self.churn.size

    def take(self, rows: npt.NDArray[np.int64]) -> Standing:
        """The customers in `rows`."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def placed(self, rows: npt.NDArray[np.int64], count: int) -> Standing:
        """The same among `count` customers, of whom these are `rows` (n,); the others are unknown."""
        return replace(self, **{each.name: _among(getattr(self, each.name), rows, count) for each in fields(self)})


def _among(values: npt.NDArray[Any], rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[Any]:
    out = np.zeros(count, dtype=bool) if values.dtype == bool else np.full(count, np.nan)
    out[rows] = values
    return out


@dataclass(frozen=True)
class StateThresholds:
    """Where one state ends and the next begins. Percentiles are of the peer group, 0 to 100.

    `captive_propensity`, times the base rate of the propensity, is where a captive's wish to build on us ends; `rise`,
    times the same, is how far above its own baseline a prospective partner has come.

    The percentiles are ours, untested; that a captive is costly to lose for itself, gains little and does not expand
    follows Jones & Sasser 1995 and Scheer, Miao & Garrett 2010.
    """

    high_cost: float = 70.0
    low_cost: float = 50.0
    low_value: float = 40.0
    high_pressure: float = 60.0
    partner_value: float = 50.0
    partner_propensity: float = 70.0
    captive_propensity: float = 1.5
    one_sided: float = 0.8
    least_coverage: float = 0.5
    drop: float = 1.0
    rise: float = 0.1
    margin: float = 5.0
    probability_margin: float = 0.2

    def moved(self, sign: int) -> StateThresholds:
        """Every threshold by its margin, 1: harder to be anything but transactional, -1: easier."""
        step = sign * self.margin
        return replace(
            self,
            high_cost=self.high_cost + step,
            low_value=self.low_value - step,
            high_pressure=self.high_pressure + step,
            partner_value=self.partner_value + step,
            partner_propensity=self.partner_propensity + step,
        )
