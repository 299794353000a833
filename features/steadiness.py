"""Steadiness: demand that makes production plannable and lowers stock on both sides."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
TWO_YEARS = 730


@feature(
    family="steadiness",
    unit="months",
    bounds=(0, 12),
    high="ordered in {value:.0f} of the last 12 months",
    low="ordered in only {value:.0f} of the last 12 months",
    direction={"churn": -1},
    about="months with an order",
)
def months_with_order(h: HistoryView) -> Expression:
    """Months (of 30 days) with an order, of the last 12.

    Idea: demand that comes every month can be planned for.
    Source: ours, untested.
    """
    return h.order_days.periods_with_order(30, 12)


@feature(
    family="steadiness",
    unit="months",
    bounds=(0, 6),
    high="ordered in {value:.0f} of the last 6 months",
    low="ordered in only {value:.0f} of the last 6 months",
    direction={"churn": -1},
    about="months with an order",
)
def half_year_months_with_order(h: HistoryView) -> Expression:
    """Months (of 30 days) with an order, of the last 6.

    Idea: demand that comes every month can be planned for.
    Source: ours, untested.
    """
    return h.order_days.periods_with_order(30, 6)


@feature(
    family="steadiness",
    unit="weeks",
    bounds=(0, 26),
    high="ordered in {value:.0f} of the last 26 weeks",
    low="ordered in only {value:.0f} of the last 26 weeks",
    direction={"churn": -1},
    about="months with an order",
)
def weeks_with_order(h: HistoryView) -> Expression:
    """Weeks with an order, of the last 26.

    Idea: demand that comes every week can be planned for.
    Source: ours, untested.
    """
    return h.order_days.periods_with_order(7, 26)


@feature(
    family="steadiness",
    unit="share",
    bounds=(0, 1),
    high="ordered in {value:.0%} of the months it was with us in the last year",
    low="ordered in only {value:.0%} of the months it was with us in the last year",
    direction={"churn": -1},
    about="months with an order",
)
def share_of_months_with_order(h: HistoryView) -> Expression:
    """Months with an order over the months since the first order, at most the last 12.

    Idea: steadiness that is fair to young customers.
    Source: ours, untested.
    """
    months = (h.order_days.since_first() / 30).rounded_up().at_most(12)
    return h.order_days.periods_with_order(30, 12) / months


@feature(
    family="steadiness",
    unit="share",
    bounds=(0, 1),
    high="ordered in {value:.0%} of the spans as long as its usual gap between orders",
    low="ordered in only {value:.0%} of the spans as long as its usual gap between orders",
)
def share_of_own_periods_with_order_365d(h: HistoryView) -> Expression:
    """Of the last 365 days in periods as long as its usual gap between orders, the share that holds an order.

    Whole periods back from the cutoff, as far as the first order. The usual gap is the median of two years; null where
    that is longer than the time looked at.

    Idea: who keeps to its own rhythm can be planned for, be it by the week or by the quarter.
    Source: ours, untested.
    """
    usual = h.order_days.gap("median", TWO_YEARS)
    periods = (h.order_days.since_first().at_most(YEAR) / usual).rounded_down()
    return h.order_days.own_periods_with_order(YEAR, TWO_YEARS) / periods


@feature(
    family="steadiness",
    unit="months",
    bounds=(0, 12),
    high="was silent for {value:.0f} months running in the last year",
    low="was never silent for more than {value:.0f} months running in the last year",
    direction={"churn": 1},
)
def longest_run_of_silent_months(h: HistoryView) -> Expression:
    """The longest run of months (of 30 days) without an order, in the last 12, since the first order.

    Idea: pauses that repeat are a rhythm, a single long one is a break.
    Source: ours, untested.
    """
    return h.order_days.streak_without_order(30, 12)


@feature(
    family="steadiness",
    unit="share",
    bounds=(0, 1),
    high="ordered in {value:.0%} of the latest periods as long as the one predicted",
    low="ordered in only {value:.0%} of the latest periods as long as the one predicted",
    about="months with an order",
)
def share_of_horizons_with_order(h: HistoryView) -> Expression:
    """Spans as long as the horizon that hold an order, over those since the first order, at most the last four.

    Idea: how often the very question was answered with yes before; before it came, a customer was not asked.
    Source: ours, untested.
    """
    spans = [h.order_days.count(h.one_horizon, ending=h.one_horizon.times(number)) > 0 for number in range(4)]
    since_first = (h.order_days.since_first() / h.horizon).rounded_up().at_most(4)
    return (spans[0] + spans[1] + spans[2] + spans[3]) / since_first


@feature(
    family="steadiness",
    unit="ratio",
    high="gaps between orders vary a lot ({value:.1f} times their mean)",
    low="orders come at regular gaps (variation {value:.1f} times their mean)",
)
def gap_variation(h: HistoryView) -> Expression:
    """Standard deviation of the gaps between order days over their mean, last two years.

    Idea: a regular customer can be planned for, and its silence means more.
    Source: Platzer & Reutterer 2016 (regularity sharpens inference on activity).
    """
    return h.order_days.gap("deviation", 730) / h.order_days.gap("mean", 730)
