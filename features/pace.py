"""Rhythm, continued: the customer's own pace, and how overdue it is."""

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
    about="gaps between orders",
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
    high="{value:.0f} days between orders in the last year, on average",
    low="only {value:.0f} days between orders in the last year, on average",
    about="gaps between orders",
)
def gap_mean_365d(h: HistoryView) -> Expression:
    """Mean days between order days, over the last 365 days.

    Idea: the pace of now, where it differs from that of the years before.
    Source: ours, untested.
    """
    return h.order_days.gap("mean", 365)


@feature(
    family="rhythm",
    unit="days",
    bounds=(1, None),
    high="half of its gaps between orders are longer than {value:.0f} days",
    low="half of its gaps between orders are within {value:.0f} days",
    about="gaps between orders",
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
    high="one in ten of its gaps between orders is longer than {value:.0f} days",
    low="nine in ten of its gaps between orders are within {value:.0f} days",
    about="gaps between orders",
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
    about="silence against its own gaps",
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
    about="silence against its own gaps",
)
def overdue_to_longest(h: HistoryView) -> Expression:
    """Days since the last order over the longest gap in two years.

    Idea: a silence without precedent.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.gap("longest", TWO_YEARS)


@feature(
    family="rhythm",
    unit="ratio",
    high="silent for {value:.1f} times the pause it rarely exceeds",
    low="silent for only {value:.1f} times the pause it rarely exceeds",
    about="silence against its own gaps",
)
def overdue_to_ninth_decile(h: HistoryView) -> Expression:
    """Days since the last order over the gap that one in ten exceeds.

    Idea: how far the present silence is out of the ordinary, pauses allowed for.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.gap("ninth_decile", TWO_YEARS)


@feature(
    family="rhythm",
    unit="share",
    bounds=(0, 1),
    high="silent for the last {value:.0%} of the relationship",
    low="silent for only the last {value:.0%} of the relationship",
    about="silence",
)
def silent_share_of_tenure(h: HistoryView) -> Expression:
    """Days since the last order as a share of the days since the first.

    Idea: recency that does not grow with calendar time.
    Source: ours, untested.
    """
    return h.order_days.since_last() / h.order_days.since_first()


@feature(
    family="rhythm",
    unit="share of gaps",
    bounds=(0, 1),
    high="{value:.0%} of its pauses were at least as long as the present silence",
    low="only {value:.0%} of its pauses were at least as long as the present silence",
    about="silence against its own gaps",
)
def share_of_gaps_as_long_as_silence(h: HistoryView) -> Expression:
    """Of all gaps between order days, the share at least as long as the present silence.

    Idea: the customer's own history says whether this silence is ordinary.
    Source: ours, untested.
    """
    return h.order_days.gaps_at_least("since_last") / (h.order_days.count() - 1)


@feature(
    family="rhythm",
    unit="share of gaps",
    bounds=(0, 1),
    high="{value:.0%} of its pauses were longer than the period predicted",
    low="only {value:.0%} of its pauses were longer than the period predicted",
)
def share_of_gaps_as_long_as_horizon(h: HistoryView) -> Expression:
    """Of all gaps between order days, the share at least as long as the horizon.

    Idea: how often such a silence happened before.
    Source: ours, untested.
    """
    return h.order_days.gaps_at_least("horizon") / (h.order_days.count() - 1)
