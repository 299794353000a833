"""Rhythm, continued: is it slackening, against itself, all eligible customers and the same season last year?"""

from __future__ import annotations

from features.engine.days import Days
from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100
YEAR = 365


def _change(recent: Expression, before: Expression, one: Expression | int) -> Expression:
    """(recent - before) / (recent + before + one): from -1, all gone, to 1, all new, drawn to 0 by one order."""
    return (recent - before) / (recent + before + one)


def _spend_change(h: HistoryView, days: int) -> Expression:
    recent, before = h.order_days.total("spend", days), h.order_days.total("spend", days, ending=days)
    return _change(recent, before, h.order_days.total("spend") / h.order_days.count())


def _order_days_change(h: HistoryView, days: int) -> Expression:
    return _change(h.order_days.count(days), h.order_days.count(days, ending=days), 1)


@feature(
    family="rhythm",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    days=(90, 180, 365),
    high="spend held up over the last {days} days (change {value:+.2f} on a scale from -1 to 1)",
    low="spend fell behind over the last {days} days (change {value:+.2f} on a scale from -1 to 1)",
    about="change of spend",
)
def spend_change(h: HistoryView, days: int) -> Expression:
    """Spend of the last {days} days against the {days} days before, as difference over sum.

    Idea: leaving is gradual: spend sinks before it stops.
    Source: ours, untested.
    """
    return _spend_change(h, days)


@feature(
    family="rhythm",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    days=(90, 180, 365),
    high="order days held up over the last {days} days (change {value:+.2f} on a scale from -1 to 1)",
    low="order days became rarer over the last {days} days (change {value:+.2f} on a scale from -1 to 1)",
    about="change of activity",
)
def order_days_change(h: HistoryView, days: int) -> Expression:
    """Order days of the last {days} days against the {days} days before, as difference over sum.

    Idea: leaving is gradual: visits thin out before they stop.
    Source: ours, untested.
    """
    return _order_days_change(h, days)


@feature(
    family="rhythm",
    unit="change from -2 to 2",
    bounds=(-2, 2),
    days=(90, 180),
    high="spend did better than most active customers' over {days} days (by {value:+.2f} on a scale from -2 to 2)",
    low="spend did worse than most active customers' over {days} days (by {value:+.2f} on a scale from -2 to 2)",
    about="change of spend",
)
def spend_change_against_peers(h: HistoryView, days: int) -> Expression:
    """The change of spend over {days} days less the median change of all eligible customers.

    Idea: a season moves everybody; leaving moves one.
    Source: ours, untested.
    """
    return _spend_change(h, days) - h.peer_median(_spend_change(h, days))


@feature(
    family="rhythm",
    unit="change from -2 to 2",
    bounds=(-2, 2),
    days=(90, 180),
    high="ordering did better than most active customers' over {days} days (by {value:+.2f} on a scale from -2 to 2)",
    low="ordering did worse than most active customers' over {days} days (by {value:+.2f} on a scale from -2 to 2)",
    about="change of activity",
)
def order_days_change_against_peers(h: HistoryView, days: int) -> Expression:
    """The change of order days over {days} days less the median change of all eligible customers.

    Idea: a season moves everybody; leaving moves one.
    Source: ours, untested.
    """
    return _order_days_change(h, days) - h.peer_median(_order_days_change(h, days))


def _a_year_ago(h: HistoryView) -> Days:
    """Where the horizon's season of last year ended, in days before the cutoff; never after it.

    With a gap it is later by as much, see `features.opening`.
    """
    return YEAR - h.one_horizon


@feature(
    family="rhythm",
    unit="order days",
    high="{value:.0f} order days in the same season last year",
    low="only {value:.0f} order days in the same season last year",
)
def order_days_season_last_year(h: HistoryView) -> Expression:
    """Order days a year ago, in the span that is asked about now; unknown where the history is younger.

    Idea: seasonal customers are silent at the same time every year.
    Source: ours, untested.
    """
    return h.order_days.count(h.one_horizon, ending=_a_year_ago(h)).where(h.days_covered() >= YEAR)


@feature(
    family="rhythm",
    unit="currency",
    high="spent {value:,.0f} in the same season last year",
    low="spent only {value:,.0f} in the same season last year",
)
def spend_season_last_year(h: HistoryView) -> Expression:
    """Spend a year ago, in the span that is asked about now; unknown where the history is younger.

    Idea: seasonal customers are silent at the same time every year.
    Source: ours, untested.
    """
    spent = h.order_days.total("spend", h.one_horizon, ending=_a_year_ago(h)) / CENTS
    return spent.where(h.days_covered() >= YEAR)


@feature(
    family="rhythm",
    unit="order days",
    high="{value:.0f} order days in the same season two years ago",
    low="only {value:.0f} order days in the same season two years ago",
)
def order_days_season_two_years_ago(h: HistoryView) -> Expression:
    """Order days two years ago, in the span that is asked about now; unknown where the history is younger.

    Idea: a habit that was there twice is a habit.
    Source: ours, untested.
    """
    placed = h.order_days.count(h.one_horizon, ending=2 * YEAR - h.one_horizon)
    return placed.where(h.days_covered() >= 2 * YEAR)


@feature(
    family="rhythm",
    unit="share of order days",
    high="{value:.0%} of its order days of the year fall in the season ahead",
    low="only {value:.0%} of its order days of the year fall in the season ahead",
)
def share_of_order_days_in_season(h: HistoryView) -> Expression:
    """Of the order days of the last 365 days, the share in the span that is asked about now, a year ago.

    Idea: who buys for one season only is missed by averages over the year.
    Source: ours, untested.
    """
    share = h.order_days.count(h.one_horizon, ending=_a_year_ago(h)) / h.order_days.count(YEAR)
    return share.where(h.days_covered() >= YEAR)
