"""Pressure: held or willing? A customer that is merely held leaves when the moment comes."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180
SEVERE = 4
"""From this severity on a complaint is severe."""
OLD_DAYS = 30
"""A complaint that is unsettled for longer is old."""
NEAR = 0.1
"""Amounts that differ by no more than a tenth are alike: no two orders come to a minimum to the cent."""
COMMON = 0.1
"""Of eligible customers: an amount that so many have in common is taken as set by the supplier."""
FEWEST_DAYS = 4
"""Of fewer days with an order nothing is said about a minimum."""


def _late_change(h: HistoryView) -> Expression:
    return h.deliveries.mean("late", HALF_YEAR) - h.deliveries.mean("late", HALF_YEAR, ending=HALF_YEAR)


@feature(
    family="pressure",
    unit="change",
    bounds=(-1, None),
    high="its prices rose more than others' over half a year (by {value:+.1%})",
    low="its prices rose less than others' over half a year (by {value:+.1%})",
)
def price_rise_against_others_180d(h: HistoryView) -> Expression:
    """Price against everybody's mean in the last 180 days over that of the 180 days before, less 1.

    Idea: a rise that others are spared is felt as using the customer's dependence.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.purchases.price_index(HALF_YEAR) / h.purchases.price_index(HALF_YEAR, ending=HALF_YEAR) - 1


@feature(
    family="pressure",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="more late deliveries than half a year ago (by {value:+.0%} percentage points)",
    low="fewer late deliveries than half a year ago (by {value:+.0%} percentage points)",
)
def late_share_change_180d(h: HistoryView) -> Expression:
    """Share of late deliveries in the last 180 days less that of the 180 days before.

    Idea: service that declines turns holding into resentment.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return _late_change(h)


@feature(
    family="pressure",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="more late deliveries than half a year ago while bound by contract (by {value:+.0%} percentage points)",
    low="fewer late deliveries than half a year ago while bound by contract (by {value:+.0%} percentage points)",
)
def service_decline_under_contract_180d(h: HistoryView) -> Expression:
    """The change of the late share over 180 days where a contract is in force, 0 where none is.

    Idea: failing a customer who cannot leave makes it leave when it can.
    Source: Jones & Sasser 1995 (hostages buy again although dissatisfied).
    """
    return _late_change(h) * (h.contracts.standing() > 0)


@feature(
    family="pressure",
    unit="complaints",
    high="{value:.0f} complaints are not settled",
    low="only {value:.0f} complaints are not settled",
)
def complaints_unsettled(h: HistoryView) -> Expression:
    """Complaints that were not settled before the cutoff.

    Idea: what is not put right is not forgotten.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.interactions.where(kind="complaint").standing()


@feature(
    family="pressure",
    unit="complaints",
    high="{value:.0f} severe complaints are unsettled for a month or more",
    low="only {value:.0f} severe complaints are unsettled for a month or more",
)
def severe_complaints_unsettled(h: HistoryView) -> Expression:
    """Complaints of severity 4 or 5, more than 30 days old, that were not settled before the cutoff.

    Idea: an old and severe failure is the moment a held customer waits for.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.interactions.where(kind="complaint").at_least("severity", SEVERE).standing("rows", ending=OLD_DAYS)


@feature(
    family="pressure",
    unit="complaints",
    high="{value:.0f} severe complaints in a year",
    low="only {value:.0f} severe complaints in a year",
)
def severe_complaints_365d(h: HistoryView) -> Expression:
    """Complaints of severity 4 or 5, last 365 days.

    Idea: failures that hurt.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.interactions.where(kind="complaint").at_least("severity", SEVERE).count(YEAR)


@feature(
    family="pressure",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its orders are just as large as the least that is commonly ordered",
    low="only {value:.0%} of its orders are just as large as the least that is commonly ordered",
)
def share_of_orders_at_minimum_365d(h: HistoryView) -> Expression:
    """Share of the order days of the last 365 days on which it spent just the least that is commonly ordered.

    No table tells a minimum. Each customer's own is the least it spent on two days, within a tenth, and the common one
    where most of the eligible customers have theirs, within a tenth, if those are a tenth or more. The day that sets
    the own one is not counted, on either side. 0 for a customer whose own is another; null where none is common, and
    below four order days.

    Idea: who never orders more than it must has other sources, or is held; a minimum shows in orders bunched there.
    Source: Kleven 2016 (bunching at thresholds); the measure is ours, untested.
    """
    days, floor = h.order_days.count(YEAR), h.order_days.floor(YEAR, NEAR)
    common = h.commonest(floor, within=NEAR, least=COMMON)
    at_it = (floor >= common) & (common * (1 + NEAR) >= floor)
    again = h.order_days.days_at_floor(YEAR, NEAR).no_less_than(1) - 1
    return (again / (days - 1)).where(days >= FEWEST_DAYS) * at_it.or_else(0).where(common > 0)
