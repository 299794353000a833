"""Rhythm, continued: where the customer stands among all eligible customers on the same day.

A rank means the same in every month and in every year of a supplier's history, where the number behind it grows
with the calendar, the season or the prices.
"""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="silent for longer than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers ordered more recently",
    direction={"churn": 1},
    about="silence",
)
def silence_rank(h: HistoryView) -> Expression:
    """Share of eligible customers who ordered more recently.

    Idea: in a quiet month everybody is silent for longer.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.since_last())


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    days=(90, 365),
    high="ordered on more days than {value:.0%} of all active customers, in {days} days",
    low="only {value:.0%} of all active customers ordered on fewer days, in {days} days",
    direction={"churn": -1},
    about="activity",
)
def order_days_rank(h: HistoryView, days: int) -> Expression:
    """Share of eligible customers with fewer order days in the last {days} days.

    Idea: frequency against everybody else's, so that a season does not look like a change of mind.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.count(days))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    days=(45, 365),
    high="more active of late than {value:.0%} of all active customers (an order {days} days ago counts half)",
    low="only {value:.0%} of all active customers were less active of late (an order {days} days ago counts half)",
    direction={"churn": -1},
    about="activity",
)
def order_days_halving_rank(h: HistoryView, days: int) -> Expression:
    """Share of eligible customers with less recent activity, order days counting half after {days} days.

    Idea: momentum against everybody else's, so that a season does not look like a change of mind.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.decayed("days", days))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    days=(180, 365),
    high="spent more than {value:.0%} of all active customers, in {days} days",
    low="only {value:.0%} of all active customers spent less, in {days} days",
    about="spend",
)
def spend_rank(h: HistoryView, days: int) -> Expression:
    """Share of eligible customers who spent less in the last {days} days.

    Idea: spend against everybody else's, so that prices and seasons drop out.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.total("spend", days))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="more likely to stay silent, by rhythm alone, than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers are less likely to stay silent, by rhythm alone",
    direction={"churn": 1},
    about="odds of silence",
)
def probability_silent_rank(h: HistoryView) -> Expression:
    """Share of eligible customers whose rhythm alone makes silence less likely.

    Idea: the classical model's ranking, without its level.
    Source: BG/NBD; Fader, Hardie & Lee 2005.
    """
    return h.peer_rank(h.among_known("silent"))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="bought more different products than {value:.0%} of all active customers in half a year",
    low="only {value:.0%} of all active customers bought fewer different products in half a year",
)
def products_rank(h: HistoryView) -> Expression:
    """Share of eligible customers who bought fewer different products in the last 180 days.

    Idea: breadth against everybody else's, so that a grown range does not look like a grown customer.
    Source: ours, untested.
    """
    return h.peer_rank(h.lines.distinct("product", 180))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="more likely to stay silent, by its rhythm of two years, than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers are less likely to stay silent, by their rhythm of two years",
    direction={"churn": 1},
    about="odds of silence",
)
def probability_silent_rank_730d(h: HistoryView) -> Expression:
    """Share of eligible customers whose rhythm of the last two years makes silence less likely.

    Idea: the classical model's ranking, without its level, on the pace of now.
    Source: BG/NBD on a window; Fader, Hardie & Lee 2005; the window is ours, untested.
    """
    return h.peer_rank(h.among_known("silent", 730))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="expected to order on more days, at its own pace, than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers are expected to order on fewer days, at their own pace",
    direction={"churn": -1},
)
def expected_order_days_rank(h: HistoryView) -> Expression:
    """Share of eligible customers of a slower pace.

    Idea: pace against everybody else's, shrunk to what is usual where little is known.
    Source: gamma-Poisson; Fader, Hardie & Lee 2005.
    """
    return h.peer_rank(h.among_known("expected"))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="ordered in more months of the year than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers ordered in fewer months of the year",
    direction={"churn": -1},
    about="months with an order",
)
def months_with_order_rank(h: HistoryView) -> Expression:
    """Share of eligible customers with an order in fewer of the last 12 months.

    Idea: steadiness against everybody else's.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.periods_with_order(30, 12))


@feature(
    family="rhythm",
    unit="share of customers",
    bounds=(0, 1),
    high="more order lines in a year than {value:.0%} of all active customers",
    low="only {value:.0%} of all active customers had fewer order lines in a year",
)
def lines_rank_365d(h: HistoryView) -> Expression:
    """Share of eligible customers with fewer order lines in the last 365 days.

    Idea: volume against everybody else's.
    Source: ours, untested.
    """
    return h.peer_rank(h.order_days.total("lines", YEAR))
