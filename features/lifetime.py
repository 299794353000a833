"""The whole relationship, against which the present is read."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="{value:.0f} days between orders over the whole relationship",
    low="only {value:.0f} days between orders over the whole relationship",
    about="gaps between orders",
)
def gap_mean_ever(h: HistoryView) -> Expression:
    """Mean days between order days, since the first order.

    Idea: what the customer was like, beside what it is like now.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.gap("mean")


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="half of all its gaps between orders were longer than {value:.0f} days",
    low="half of all its gaps between orders were within {value:.0f} days",
    about="gaps between orders",
)
def gap_median_ever(h: HistoryView) -> Expression:
    """Median days between order days, since the first order.

    Idea: what the customer was like, untouched by a single long pause.
    Source: ours, untested.
    """
    return h.order_days.gap("median")


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="one in ten of all its gaps between orders was longer than {value:.0f} days",
    low="nine in ten of all its gaps between orders were within {value:.0f} days",
    about="gaps between orders",
)
def gap_ninth_decile_ever(h: HistoryView) -> Expression:
    """The gap between order days that one in ten exceeded, since the first order.

    Idea: the silence that was ever ordinary for this customer.
    Source: ours, untested.
    """
    return h.order_days.gap("ninth_decile")


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="longest pause ever was {value:.0f} days",
    low="never paused longer than {value:.0f} days",
)
def gap_longest_ever(h: HistoryView) -> Expression:
    """The longest gap between order days, since the first order.

    Idea: who has come back from a long silence may do so again.
    Source: ours, untested.
    """
    return h.order_days.gap("longest")


@feature(
    family="rhythm",
    unit="ratio",
    high="silent for {value:.1f} times its mean gap between orders",
    low="silent for only {value:.1f} times its mean gap between orders",
    about="silence against its own gaps",
)
def overdue_to_mean_ever(h: HistoryView) -> Expression:
    """Days since the last order over the mean gap since the first.

    Idea: the same silence alarms for a weekly customer and means nothing for a yearly one.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.gap("mean")


@feature(
    family="rhythm",
    unit="lines",
    high="{value:,.0f} order lines in all",
    low="only {value:,.0f} order lines in all",
)
def lines_ever(h: HistoryView) -> Expression:
    """Order lines since the first order.

    Idea: the work that customer and supplier have shared.
    Source: ours, untested.
    """
    return h.order_days.total("lines")


@feature(
    family="rhythm",
    unit="pieces",
    high="{value:,.0f} pieces in all",
    low="only {value:,.0f} pieces in all",
    about="pieces",
)
def pieces_ever(h: HistoryView) -> Expression:
    """Pieces bought since the first order.

    Idea: volume without the price.
    Source: ours, untested.
    """
    return h.order_days.total("quantity") / 1000


@feature(
    family="steadiness",
    unit="ratio",
    high="gaps between orders have always varied a lot ({value:.1f} times their mean)",
    low="orders have always come at regular gaps (variation {value:.1f} times their mean)",
)
def gap_variation_ever(h: HistoryView) -> Expression:
    """Standard deviation of the gaps between order days over their mean, since the first order.

    Idea: a regular customer can be planned for, and its silence means more.
    Source: Platzer & Reutterer 2016 (regularity sharpens inference on activity).
    """
    return h.order_days.gap("deviation") / h.order_days.gap("mean")


@feature(
    family="steadiness",
    unit="months",
    bounds=(0, 24),
    high="ordered in {value:.0f} of the last 24 months",
    low="ordered in only {value:.0f} of the last 24 months",
    about="months with an order",
)
def two_years_of_months_with_order(h: HistoryView) -> Expression:
    """Months (of 30 days) with an order, of the last 24.

    Idea: demand that comes every month can be planned for.
    Source: ours, untested.
    """
    return h.order_days.periods_with_order(30, 24)
