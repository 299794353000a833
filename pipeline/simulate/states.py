"""The true state of a relationship: the rule of the product, on hidden values instead of indices and probabilities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.choice import COOLING, GONE

DRIFTING = 0.15
"""Probability of deciding to leave within a quarter at which a call pays with the usual acceptance of 30 % and an
incentive of 5 % of the value (Verbraken 2013): p > 0.05 / (0.3 x 0.95 + 0.05)."""
HIGH_COST, LOW_VALUE, HIGH_PRESSURE = 70, 40, 60
"""Percentiles among the eligible, as the product compares them: its defaults."""
PARTNER_VALUE, PARTNER_PROPENSITY = 50, 70
ONE_SIDED = (0.1, 0.9)
"""Shares of what both sides put in beyond which it is the one's alone."""


class Hints(NamedTuple):
    """Hidden values of n customers at one cutoff, each (n,); see `truth_table.py` for their units."""

    mode: Ints
    eligible: Flags
    value: Floats
    pressure: Floats
    cost_investment: Floats
    cost_risk: Floats
    propensity: Floats
    pledged_share: Floats
    leaving: Floats


def states(hints: Hints) -> dict[str, npt.NDArray[np.generic]]:
    """State and flags (n,) by name: `drifting` before `captive` before `partner` before `transactional`."""
    here = hints.eligible if hints.eligible.any() else np.ones(hints.mode.size, dtype=bool)
    drifting = np.isin(hints.mode, [COOLING, GONE]) | (hints.leaving >= DRIFTING)
    costly = _above(hints.cost_investment, HIGH_COST, here) | _above(hints.cost_risk, HIGH_COST, here)
    poor = ~_above(hints.value, LOW_VALUE, here) | _above(hints.pressure, HIGH_PRESSURE, here)
    willing = hints.propensity >= hints.propensity[here].mean()
    captive = costly & poor & ~willing
    mutual = (hints.pledged_share >= ONE_SIDED[0]) & (hints.pledged_share <= ONE_SIDED[1])
    good = _above(hints.value, PARTNER_VALUE, here)
    partner = _above(hints.propensity, PARTNER_PROPENSITY, here) & good & mutual
    state = np.select([drifting, captive, partner], ["drifting", "captive", "partner"], "transactional")
    return {
        "state": state,
        "captive_drifting": captive & drifting,
        "prospective_partner": (state == "transactional") & good & willing & ~costly,
    }


def _above(values: Floats, percentile: float, among: Flags) -> Flags:
    """Whether each value is at or above a percentile of those `among`."""
    above: Flags = values >= np.percentile(values[among], percentile) if values.size else values > 0
    return above
