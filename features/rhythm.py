"""Rhythm: is the relationship alive? How recent, how often, how much."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100
YEAR = 365


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="last order {value:.0f} days ago",
    low="ordered only {value:.0f} days ago",
    direction={"churn": 1},
    about="silence",
)
def days_since_last_order(h: HistoryView) -> Expression:
    """Days since the last order.

    Idea: silence is the first sign of leaving.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.since_last()


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="customer for {value:,.0f} days",
    low="customer for only {value:,.0f} days",
)
def tenure_days(h: HistoryView) -> Expression:
    """Days since the first order that is known.

    Idea: long relationships end less often.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.since_first()


@feature(
    family="rhythm",
    unit="orders",
    days=(30, 90, 180, 365),
    high="{value:.0f} orders in {days} days",
    low="only {value:.0f} orders in {days} days",
    direction={"churn": -1},
    about="activity",
)
def orders(h: HistoryView, days: int) -> Expression:
    """Orders placed in the {days} days before the cutoff.

    Idea: a customer who orders often has the relationship alive.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.total("orders", days)


@feature(
    family="rhythm",
    unit="days",
    days=(30, 90, 180, 365, 730),
    high="ordered on {value:.0f} days out of {days}",
    low="ordered on only {value:.0f} days out of {days}",
    direction={"churn": -1},
    about="activity",
)
def order_days(h: HistoryView, days: int) -> Expression:
    """Days with an order in the {days} days before the cutoff.

    Idea: visits count apart from how many orders each brings.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.count(days)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="{value:.0f} order days in all",
    low="only {value:.0f} order days in all",
)
def order_days_ever(h: HistoryView) -> Expression:
    """Days with an order since the first one.

    Idea: every repeat makes the next one likelier.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.count()


@feature(
    family="rhythm",
    unit="order days per week",
    bounds=(0, 7),
    high="{value:.2f} order days a week over the whole relationship",
    low="only {value:.2f} order days a week over the whole relationship",
)
def order_days_per_week(h: HistoryView) -> Expression:
    """Order days per week since the first order.

    Idea: a pace that does not grow with calendar time, so that young and old customers compare.
    Source: ours, untested.
    """
    return h.order_days.count() / h.order_days.since_first() * 7


@feature(
    family="rhythm",
    unit="lines",
    days=(30, 90, 180, 365),
    high="{value:.0f} order lines in {days} days",
    low="only {value:.0f} order lines in {days} days",
    about="activity",
)
def lines(h: HistoryView, days: int) -> Expression:
    """Order lines in the {days} days before the cutoff.

    Idea: the work that customer and supplier share.
    Source: ours, untested.
    """
    return h.order_days.total("lines", days)


@feature(
    family="rhythm",
    unit="currency",
    days=(30, 90, 180, 365, 730),
    high="spent {value:,.0f} in {days} days",
    low="spent only {value:,.0f} in {days} days",
    about="spend",
)
def spend(h: HistoryView, days: int) -> Expression:
    """Spend in the {days} days before the cutoff, before returns.

    Idea: what the relationship is worth now.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.total("spend", days) / CENTS


@feature(
    family="rhythm",
    unit="pieces",
    days=(30, 90, 180, 365),
    high="bought {value:,.0f} pieces in {days} days",
    low="bought only {value:,.0f} pieces in {days} days",
)
def pieces(h: HistoryView, days: int) -> Expression:
    """Pieces bought in the {days} days before the cutoff.

    Idea: volume without the price.
    Source: ours, untested.
    """
    return h.order_days.total("quantity", days) / 1000


@feature(
    family="rhythm",
    unit="currency",
    high="spent {value:,.0f} in all",
    low="spent only {value:,.0f} in all",
    about="spend",
)
def spend_ever(h: HistoryView) -> Expression:
    """Spend since the first order, before returns.

    Idea: what the relationship has been worth so far.
    Source: ours, untested.
    """
    return h.order_days.total("spend") / CENTS


@feature(
    family="rhythm",
    unit="share of spend",
    high="sent back {value:.1%} of what it bought in a year",
    low="sent back only {value:.1%} of what it bought in a year",
)
def return_share_365d(h: HistoryView) -> Expression:
    """Value of returns over spend, last 365 days.

    Idea: returns are dissatisfaction that costs both sides.
    Source: ours, untested.
    """
    return h.returns.total("amount", YEAR) / h.order_days.total("spend", YEAR)


@feature(
    family="rhythm",
    unit="days",
    bounds=(0, 365),
    high="returns on {value:.0f} days in a year",
    low="returns on only {value:.0f} days in a year",
)
def return_days_365d(h: HistoryView) -> Expression:
    """Days with a return, last 365 days.

    Idea: how often something was not right.
    Source: ours, untested.
    """
    return h.returns.total("days", YEAR)
