"""What contracts show after a cutoff: lost, renewed, and how much is committed.

Columns of the table `contracts` as in `features.history.CONTRACTS`; days since 1970-01-01, money in cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.event_rows import Array, Asked, Flags, Longs, Rows, pairs

Settings = Mapping[str, float]


@dataclass(frozen=True)
class _AtRisk:
    """Contracts i that customers asked about, j, had in force at their cutoff, as known then."""

    i: Longs
    j: Longs


def contract_lost(contracts: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether a contract in force at the cutoff is cancelled in the outcome window, or runs out and is not renewed.

    A contract is not renewed once `grace_days` have passed after its end without another signed that names it as
    renewed, or that covers the day it ended; nor by one that is cancelled before its own first day. NaN for customers
    without a contract in force at the cutoff, and for those who lost their only one in the gap.
    """
    lost_on = _lost_on(contracts, settings["grace_days"])
    risk = _at_risk(contracts, asked)
    still = lost_on[risk.i] >= asked.opens[risk.j]
    i, j = risk.i[still], risk.j[still]
    return _any(lost_on[i] < asked.closes[j], j, asked)


def contract_renewed(contracts: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether a contract in force at the cutoff is renewed in the outcome window, and on terms that bind more.

    The renewal is signed `early_days` or more before the end, or runs longer, or commits to more a day; and is not
    taken back in the window before it begins. NaN for customers without a contract in force at the cutoff.
    """
    risk = _at_risk(contracts, asked)
    old, new = _successions(contracts)
    better = _binds_more(contracts, old, new, settings["early_days"])
    step, successor = pairs(risk.i, old)
    i, j = new[successor], risk.j[step]
    signed, taken_back = contracts.happened[i], _taken_back_on(contracts)[i]
    good = better[successor] & (signed >= asked.opens[j]) & (signed < asked.closes[j]) & (taken_back >= asked.closes[j])
    return _any(np.concatenate([good, np.zeros(risk.j.size, dtype=bool)]), np.concatenate([j, risk.j]), asked)


def commitment_raised(contracts: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether more is committed a day at the end of the outcome window than was at the cutoff.

    Commitment a day is the committed amount over the term, of contracts in force. NaN where nothing was or is.
    """
    before = _committed(contracts, asked.customer, asked.cutoff, asked.cutoff)
    after = _committed(contracts, asked.customer, asked.closes - 1, asked.closes)
    return np.where((before > 0) | (after > 0), (after > before).astype(np.float64), np.nan)


def table_kept(rows: Rows, asked: Asked, settings: Settings) -> Array:
    """1 for everybody: the supplier keeps this table, whoever is in it. NaN, as anything found, where it does not."""
    return np.ones(asked.customer.size)


def _at_risk(contracts: Rows, asked: Asked) -> _AtRisk:
    i, j = pairs(contracts.customer, asked.customer)
    now = asked.cutoff[j]
    ends, cancelled = contracts.numbers("ends_on")[i], contracts.numbers("cancelled_on")[i]
    inside = (contracts.known[i] < now) & (ends > now) & ~(cancelled < now)
    return _AtRisk(i[inside], j[inside])


def _lost_on(contracts: Rows, grace: float) -> Array:
    """The day (n,) a contract was cancelled or known not to be renewed; infinity where it was renewed in time.

    That it is not is known on the last of the days of grace, or when the last that renewed it is taken back.
    """
    ends, cancelled = contracts.numbers("ends_on"), contracts.numbers("cancelled_on")
    old, new = _successions(contracts)
    in_time = contracts.happened[new] < ends[old] + grace
    runs_out = ends + grace
    np.maximum.at(runs_out, old[in_time], _taken_back_on(contracts)[new[in_time]])
    return np.fmin(np.where(cancelled < ends, cancelled, np.nan), runs_out)


def _taken_back_on(contracts: Rows) -> Array:
    """The day (n,) a contract was cancelled before its first day, so that it never ran; infinity where it was not."""
    cancelled = contracts.numbers("cancelled_on")
    return np.where(cancelled < contracts.numbers("starts_on"), cancelled, np.inf)


def _successions(contracts: Rows) -> tuple[Longs, Longs]:
    """Pairs (old, new) of contracts of one customer where the new one takes the place of the old."""
    old, new = pairs(contracts.customer, contracts.customer)
    starts, ends = contracts.numbers("starts_on"), contracts.numbers("ends_on")
    names, renews = contracts.texts("contract_id"), contracts.texts("renewal_of")
    named = (renews[new] == names[old]) & _some(renews[new])
    covers = (starts[new] <= ends[old]) & (ends[new] > ends[old]) & (contracts.happened[new] > contracts.happened[old])
    chosen = (old != new) & (named | covers)
    return old[chosen], new[chosen]


def _some(texts: npt.NDArray[np.object_]) -> Flags:
    return np.array([text is not None for text in texts], dtype=bool)


def _binds_more(contracts: Rows, old: Longs, new: Longs, early: float) -> Flags:
    term = contracts.numbers("ends_on") - contracts.numbers("starts_on")
    rate = contracts.numbers("committed_amount") / np.where(term > 0, term, np.nan)
    soon = contracts.happened[new] <= contracts.numbers("ends_on")[old] - early
    return np.asarray(soon | (term[new] > term[old]) | (rate[new] > np.nan_to_num(rate[old])))


def _committed(contracts: Rows, customer: Longs, day: Longs, known_by: Longs) -> Array:
    """Cents a day (m,) committed by contracts in force on a day, as far as known before another."""
    term = contracts.numbers("ends_on") - contracts.numbers("starts_on")
    rate = np.nan_to_num(contracts.numbers("committed_amount") / np.where(term > 0, term, np.nan))
    i, j = pairs(contracts.customer, customer)
    cancelled = contracts.numbers("cancelled_on")[i]
    inside = (contracts.known[i] < known_by[j]) & (contracts.numbers("starts_on")[i] <= day[j])
    inside &= (contracts.numbers("ends_on")[i] > day[j]) & ~(cancelled < known_by[j])
    return np.bincount(j[inside], weights=rate[i[inside]], minlength=customer.size).astype(np.float64)


def _any(happened: Flags, j: Longs, asked: Asked) -> Array:
    """1 where anything happened to row j, 0 where something was looked at and nothing did, NaN elsewhere."""
    found = np.full(asked.customer.size, np.nan)
    found[j] = 0.0
    found[j[happened]] = 1.0
    return found
