"""The state of a relationship: drifting, captive, partner or transactional, by one rule at one cutoff.

Four states follow Zhang, Watson, Palmatier & Dant 2016; the rule is that of the domain, its thresholds ours, untested.
How states are steadied from cutoff to cutoff is in `course.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.decision.standing import Array, Flags, Standing, StateThresholds

STATES = ("drifting", "captive", "partner", "transactional")
"""In the order of precedence."""
DRIFTING, CAPTIVE, PARTNER, TRANSACTIONAL = range(4)
UNKNOWN = -1
"""The code of a customer that was not eligible at a cutoff."""
FLAGS = ("prospective_partner", "captive_possible", "captive_drifting")
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Signs:
    """What the rule finds of n customers, each (n,); several may hold of one. `free`: leaving costs it little."""

    drifting: Flags
    captive: Flags
    captive_possible: Flags
    partner: Flags
    free: Flags

    @property
    def codes(self) -> Codes:
        """The first state of `STATES` that holds, (n,)."""
        holds = [self.drifting, self.captive, self.partner]
        return np.select(holds, [DRIFTING, CAPTIVE, PARTNER], TRANSACTIONAL).astype(np.int64)


def signs(now: Standing, falling: Flags, limits: StateThresholds, sign: int = 0) -> Signs:
    """Apply the rule at one cutoff.

    What is unknown never asserts a state: NaN compares false. `captive` needs tables beside the order lines and enough
    known of the indices it rests on; where it only looks so, `captive_possible` says that.

    Args:
        now: n customers.
        falling: two successive drops below the own baseline, (n,).
        limits: the thresholds.
        sign: 1 moves every threshold away from the customers by its margin, -1 towards them, 0 leaves it.
    """
    at, factor = limits.moved(sign), 1 + sign * limits.probability_margin
    wish = at.captive_propensity * now.base_rate / factor
    captive = _held(now, at, at.least_coverage) & now.beyond_order_lines & (now.propensity < wish) & ~now.expands
    mutual = ~(np.abs(now.pledge_balance) > at.one_sided)
    likely = now.propensity_rank >= at.partner_propensity
    return Signs(
        drifting=(now.churn >= now.act_above * factor) | falling,
        captive=captive,
        captive_possible=_held(now, at, 0.0) & ~(now.propensity >= wish) & ~now.expands & ~captive,
        partner=likely & (now.value >= at.partner_value) & mutual,
        free=(now.investment < at.low_cost) & ~(now.risk >= at.high_cost),
    )


def _held(now: Standing, at: StateThresholds, coverage: float) -> Flags:
    """High cost of leaving beside low value or high pressure, by indices of which at least `coverage` is known."""
    invested = (now.investment >= at.high_cost) & (now.investment_coverage >= coverage)
    risky = (now.risk >= at.high_cost) & (now.risk_coverage >= coverage)
    poor = (now.value <= at.low_value) & (now.value_coverage >= coverage)
    pressed = (now.pressure >= at.high_pressure) & (now.pressure_coverage >= coverage)
    held: Flags = (invested | risky) & (poor | pressed)
    return held


def percentile(values: Array) -> Array:
    """The share of the others with a lower value, ties counting half, 0 to 100; NaN for NaN; (n,)."""
    known = ~np.isnan(values)
    out = np.full(values.size, np.nan)
    out[known] = (stats.rankdata(values[known]) - 0.5) * 100 / max(int(known.sum()), 1)
    return out
