"""Rhythm, continued: the customer's own pace, how overdue it is, and what its rhythm alone suggests."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

TWO_YEARS = 730


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="usually {value:.0f} days between orders",
    low="usually only {value:.0f} days between orders",
)
def gap_mean(h: HistoryView) -> Expression:
    """Mean days between order days, over the last two years.

    Idea: the pace of the customer.
    Source: Fader, Hardie & Lee 2005.
    """
    return h.order_days.gap("mean", TWO_YEARS)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="half of its gaps between orders are longer than {value:.0f} days",
    low="half of its gaps between orders are within {value:.0f} days",
)
def gap_median(h: HistoryView) -> Expression:
    """Median days between order days, over the last two years.

    Idea: the usual pace, untouched by a single long pause.
    Source: ours, untested.
    """
    return h.order_days.gap("median", TWO_YEARS)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="one gap between orders in ten is longer than {value:.0f} days",
    low="nine gaps between orders in ten are within {value:.0f} days",
)
def gap_ninth_decile(h: HistoryView) -> Expression:
    """The gap between order days that one in ten exceeds, over the last two years.

    Idea: the silence that is still ordinary for this customer.
    Source: ours, untested.
    """
    return h.order_days.gap("ninth_decile", TWO_YEARS)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="longest pause in two years was {value:.0f} days",
    low="never paused longer than {value:.0f} days in two years",
)
def gap_longest(h: HistoryView) -> Expression:
    """The longest gap between order days, over the last two years.

    Idea: who has come back from a long silence may do so again.
    Source: ours, untested.
    """
    return h.order_days.gap("longest", TWO_YEARS)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="{value:.0f} days between the last two orders",
    low="only {value:.0f} days between the last two orders",
)
def gap_last(h: HistoryView) -> Expression:
    """Days between the last two order days.

    Idea: a pace that slackens shows in the latest gap first.
    Source: ours, untested.
    """
    return h.order_days.gap("last")


@feature(
    family="rhythm",
    unit="ratio",
    high="the last gap between orders was {value:.1f} times the usual one",
    low="the last gap between orders was only {value:.1f} times the usual one",
)
def gap_last_to_median(h: HistoryView) -> Expression:
    """The last gap between order days over the usual one, of the last two years.

    Idea: is the pace slackening?
    Source: ours, untested.
    """
    return h.order_days.gap("last", TWO_YEARS) / h.order_days.gap("median", TWO_YEARS)


@feature(
    family="rhythm",
    unit="ratio",
    high="silent for {value:.1f} times its usual gap between orders",
    low="silent for only {value:.1f} times its usual gap between orders",
)
def overdue_ratio(h: HistoryView) -> Expression:
    """Days since the last order over the usual gap between orders.

    Idea: the same silence alarms for a weekly customer and means nothing for a yearly one.
    Source: ours, measured: as a score of its own it ranks worse than recency.
    """
    return h.order_days.since_last() / h.order_days.gap("median", TWO_YEARS)


@feature(
    family="rhythm",
    unit="ratio",
    high="silent for {value:.1f} times its longest pause of two years",
    low="silent for only {value:.1f} times its longest pause of two years",
)
def overdue_to_longest(h: HistoryView) -> Expression:
    """Days since the last order over the longest gap in two years.

    Idea: a silence without precedent.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.gap("longest", TWO_YEARS)


@feature(
    family="rhythm",
    unit="share",
    bounds=(0, 1),
    high="silent for the last {value:.0%} of the relationship",
    low="silent for only the last {value:.0%} of the relationship",
)
def silent_share_of_tenure(h: HistoryView) -> Expression:
    """Days since the last order as a share of the days since the first.

    Idea: recency that does not grow with calendar time.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.since_first()


@feature(
    family="rhythm",
    unit="order days",
    high="{value:.1f} order days expected ahead at its own pace",
    low="only {value:.1f} order days expected ahead at its own pace",
)
def expected_order_days(h: HistoryView) -> Expression:
    """Order days expected in the horizon if nobody ever left.

    Idea: the customer's pace, shrunk to what is usual where it has ordered little.
    Source: gamma-Poisson; Fader, Hardie & Lee 2005.
    """
    return h.among_known("expected")


@feature(
    family="rhythm",
    unit="order days",
    high="{value:.1f} order days expected ahead, its silence allowed for",
    low="only {value:.1f} order days expected ahead, its silence allowed for",
)
def expected_order_days_if_alive(h: HistoryView) -> Expression:
    """Order days expected in the horizon, allowing for customers who have left.

    Idea: pace and silence weighed together.
    Source: BG/NBD; Fader, Hardie & Lee 2005.
    """
    return h.among_known("active")


@feature(
    family="rhythm",
    unit="probability",
    bounds=(0, 1),
    high="its rhythm alone says it is {value:.0%} likely to be still active",
    low="its rhythm alone says it is only {value:.0%} likely to be still active",
)
def probability_alive(h: HistoryView) -> Expression:
    """Probability that the customer has not left, from its rhythm alone.

    Idea: pace and silence weighed together.
    Source: BG/NBD; Fader, Hardie & Lee 2005.
    """
    return h.among_known("alive")


@feature(
    family="rhythm",
    unit="probability",
    bounds=(0, 1),
    high="its rhythm alone makes silence ahead {value:.0%} likely",
    low="its rhythm alone makes silence ahead only {value:.0%} likely",
)
def probability_silent(h: HistoryView) -> Expression:
    """Probability of no order in the horizon, from the rhythm alone.

    Idea: pace and silence weighed together, over the span that is asked for.
    Source: BG/NBD; Fader, Hardie & Lee 2005.
    """
    return h.among_known("silent")
