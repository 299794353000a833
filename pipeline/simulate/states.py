"""The true state of a relationship: the rule of the product, on hidden values instead of indices and probabilities.

Where the product compares a customer with its peers, so does the truth, by the same rule of who they are: what is
costly or poor is meant among those of the same trade and region. Where the product asks from which chance of leaving on
something for a customer pays, so does the truth, by the same rule and assumptions, see `worth.py`: with one chance for
everybody a customer that is worth little would drift in truth where the product, rightly, lets it go. Who has decided
to leave drifts in truth whatever it is worth, as who drops below its own baseline does in the product.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from features.peers import PeerGroups
from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.choice import COOLING, GONE

HIGH_COST, LOW_COST, LOW_VALUE, HIGH_PRESSURE, PARTNER_VALUE = 0.7, 0.5, 0.4, 0.6, 0.5
"""Places among eligible peers, 0 to 1, as the product compares them: its defaults."""
PARTNER_PROPENSITY = 70
"""Percentile among all the eligible: the product's default."""
RISE = 0.1
"""Times the mean propensity by which that of a prospective partner has risen: the product's default."""
ONE_SIDED = (0.1, 0.9)
"""Shares of what both sides put in beyond which it is the one's alone."""


class Hints(NamedTuple):
    """Hidden values of n customers at one cutoff, each (n,); see `truth_table.py` for their units."""

    mode: Ints
    eligible: Flags
    trade: Ints
    region: Ints
    value: Floats
    pressure: Floats
    cost_investment: Floats
    cost_risk: Floats
    propensity: Floats
    propensity_rise: Floats
    pledged_share: Floats
    silence: Floats
    act_above: Floats


def states(hints: Hints) -> dict[str, npt.NDArray[np.generic]]:
    """State and flags (n,) by name: `drifting` before `captive` before `partner` before `transactional`.

    Who is not eligible is compared with nobody, and is either drifting or transactional.
    """
    value, pressure, investment, risk = _places(hints)
    drifting = np.isin(hints.mode, [COOLING, GONE]) | (hints.silence >= hints.act_above)
    costly = (investment >= HIGH_COST) | (risk >= HIGH_COST)
    poor = (value <= LOW_VALUE) | (pressure >= HIGH_PRESSURE)
    wish = hints.propensity[hints.eligible] if hints.eligible.any() else hints.propensity
    usual = wish.mean() if wish.size else 0.0
    willing = hints.propensity >= usual
    captive = costly & poor & ~willing
    mutual = (hints.pledged_share >= ONE_SIDED[0]) & (hints.pledged_share <= ONE_SIDED[1])
    likely = hints.propensity >= (np.percentile(wish, PARTNER_PROPENSITY) if wish.size else 0.0)
    good, free = value >= PARTNER_VALUE, (investment < LOW_COST) & ~(risk >= HIGH_COST)
    state = np.select([drifting, captive, likely & good & mutual], ["drifting", "captive", "partner"], "transactional")
    return {
        "state": state,
        "captive_drifting": captive & drifting,
        "prospective_partner": (state == "transactional") & rising(hints.propensity_rise, usual) & free,
    }


def rising(propensity_rise: Floats, usual: float) -> Flags:
    """Whether the propensity of each customer (n,) has risen, where that of the eligible is `usual` in the mean."""
    return propensity_rise >= RISE * usual


def _places(hints: Hints) -> tuple[Floats, ...]:
    """Places of value, pressure and both costs among eligible peers, each (n,), 0 to 1; NaN for the others."""
    here = hints.eligible
    peers = PeerGroups.of(hints.trade[here].astype(np.float64), hints.region[here].astype(np.float64), int(here.sum()))
    found = []
    for values in (hints.value, hints.pressure, hints.cost_investment, hints.cost_risk):
        place = np.full(here.size, np.nan)
        place[here] = peers.percentile(values[here])
        found.append(place)
    return tuple(found)
