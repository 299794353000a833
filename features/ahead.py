"""Steadiness, continued: what the customer orders ahead, so that production can be planned."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180
AHEAD_DAYS = 14
"""An order whose delivery is promised for so many days later was placed ahead."""


def _share_ahead(h: HistoryView, days: int, ending: int = 0) -> Expression:
    return h.leads.at_least("days", AHEAD_DAYS).count(days, ending) / h.leads.count(days, ending)


@feature(
    family="steadiness",
    unit="days",
    bounds=(None, None),
    high="gives {value:.0f} days between order and promised delivery",
    low="gives only {value:.0f} days between order and promised delivery",
)
def lead_days_mean_365d(h: HistoryView) -> Expression:
    """Mean days from order to promised delivery, over deliveries judged in the last 365 days.

    Idea: time given is stock that neither side has to hold.
    Source: ours, untested.
    """
    return h.leads.mean("days", YEAR)


@feature(
    family="steadiness",
    unit="days",
    bounds=(None, None),
    high="gives more time between order and delivery than half a year ago (by {value:+.0f} days)",
    low="gives less time between order and delivery than half a year ago (by {value:+.0f} days)",
)
def lead_days_change_180d(h: HistoryView) -> Expression:
    """Mean lead time of the last 180 days less that of the 180 days before.

    Idea: a customer that plans with us orders earlier.
    Source: ours, untested.
    """
    return h.leads.mean("days", HALF_YEAR) - h.leads.mean("days", HALF_YEAR, ending=HALF_YEAR)


@feature(
    family="steadiness",
    unit="share",
    bounds=(0, 1),
    high="ordered {value:.0%} of its deliveries two weeks ahead or more",
    low="ordered only {value:.0%} of its deliveries two weeks ahead or more",
)
def share_of_deliveries_ordered_ahead_365d(h: HistoryView) -> Expression:
    """Share of the deliveries of the last 365 days that were ordered at least 14 days before the promised day.

    Idea: scheduled orders lower stock on both sides.
    Source: ours, untested.
    """
    return _share_ahead(h, YEAR)


@feature(
    family="steadiness",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="orders ahead more often than half a year ago (by {value:+.0%} percentage points)",
    low="orders ahead less often than half a year ago (by {value:+.0%} percentage points)",
)
def share_of_deliveries_ordered_ahead_change_180d(h: HistoryView) -> Expression:
    """Share ordered ahead in the last 180 days less that of the 180 days before.

    Idea: a rising share of scheduled orders is an act of planning together.
    Source: ours, untested.
    """
    return _share_ahead(h, HALF_YEAR) - _share_ahead(h, HALF_YEAR, ending=HALF_YEAR)
