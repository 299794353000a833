"""Steadiness, continued: how large an order is, and how even orders are."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100
YEAR = 365


@feature(
    family="steadiness",
    unit="ratio",
    high="order sizes vary a lot ({value:.1f} times their mean)",
    low="orders are of even size (variation {value:.1f} times their mean)",
)
def order_size_variation(h: HistoryView) -> Expression:
    """Standard deviation of the spend per order day over its mean, last 365 days.

    Idea: even orders lower stock on both sides.
    Source: ours, untested.
    """
    return h.order_days.size("deviation", YEAR) / h.order_days.size("mean", YEAR)


@feature(
    family="steadiness",
    unit="currency",
    high="spends {value:,.0f} per order day",
    low="spends only {value:,.0f} per order day",
)
def order_size_mean(h: HistoryView) -> Expression:
    """Mean spend per order day, last 365 days.

    Idea: what one contact brings.
    Source: ours, untested.
    """
    return h.order_days.size("mean", YEAR) / CENTS


@feature(
    family="steadiness",
    unit="currency",
    high="has always spent {value:,.0f} per order day, on average",
    low="has always spent only {value:,.0f} per order day, on average",
)
def order_size_mean_ever(h: HistoryView) -> Expression:
    """Mean spend per order day since the first order.

    Idea: the size of the customer, apart from how it did lately.
    Source: ours, untested.
    """
    return h.order_days.total("spend") / h.order_days.count() / CENTS


@feature(
    family="steadiness",
    unit="ratio",
    high="order sizes have always varied a lot ({value:.1f} times their mean)",
    low="orders have always been of even size (variation {value:.1f} times their mean)",
)
def order_size_variation_ever(h: HistoryView) -> Expression:
    """Standard deviation of the spend per order day over its mean, since the first order.

    Idea: even orders lower stock on both sides.
    Source: ours, untested.
    """
    return h.order_days.size("deviation") / h.order_days.size("mean")


@feature(
    family="steadiness",
    unit="currency",
    high="the last order was worth {value:,.0f}",
    low="the last order was worth only {value:,.0f}",
)
def order_size_last(h: HistoryView) -> Expression:
    """Spend on the last order day.

    Idea: a last small order is how many leave.
    Source: ours, untested.
    """
    return h.order_days.size("last") / CENTS


@feature(
    family="steadiness",
    unit="ratio",
    high="the last order was {value:.1f} times the usual size",
    low="the last order was only {value:.1f} times the usual size",
)
def order_size_last_to_mean(h: HistoryView) -> Expression:
    """Spend on the last order day over the mean of the last 365 days.

    Idea: a last small order is how many leave.
    Source: ours, untested.
    """
    return h.order_days.size("last", YEAR) / h.order_days.size("mean", YEAR)


@feature(
    family="steadiness",
    unit="ratio",
    high="the largest order was {value:.1f} times the usual one",
    low="the largest order was only {value:.1f} times the usual one",
)
def order_size_largest_to_median(h: HistoryView) -> Expression:
    """The largest spend on one day over the median, last 365 days.

    Idea: peaks that production has to catch.
    Source: ours, untested.
    """
    return h.order_days.size("largest", YEAR) / h.order_days.size("median", YEAR)


@feature(
    family="steadiness",
    unit="lines",
    high="{value:.1f} lines per order day",
    low="only {value:.1f} lines per order day",
)
def lines_per_order_day(h: HistoryView) -> Expression:
    """Order lines per order day, last 365 days.

    Idea: full baskets are work that would have to be rebuilt elsewhere.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.order_days.total("lines", YEAR) / h.order_days.count(YEAR)


@feature(
    family="steadiness",
    unit="currency per piece",
    high="pays {value:,.2f} per piece",
    low="pays only {value:,.2f} per piece",
)
def price_per_piece(h: HistoryView) -> Expression:
    """Spend per piece, last 365 days.

    Idea: the level of goods the customer buys.
    Source: ours, untested.
    """
    return h.order_days.total("spend", YEAR) / h.order_days.total("quantity", YEAR) * (1000 / CENTS)
