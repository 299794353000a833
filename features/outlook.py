"""Rhythm, continued: what the rhythm alone suggests will happen, by models without a tree."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

TWO_YEARS = 730


@feature(
    family="rhythm",
    unit="order days",
    high="at its own pace, {value:.1f} order days are to be expected",
    low="at its own pace, only {value:.1f} order days are to be expected",
    direction={"churn": -1},
)
def expected_order_days(h: HistoryView) -> Expression:
    """Order days expected in the span that is asked about, if nobody ever left.

    Idea: the customer's pace, shrunk to what is usual where it has ordered little.
    Source: gamma-Poisson; Fader, Hardie & Lee 2005.
    """
    return h.among_known("expected")


@feature(
    family="rhythm",
    unit="order days",
    high="by its pace and its silence, {value:.1f} order days are to be expected",
    low="by its pace and its silence, only {value:.1f} order days are to be expected",
    direction={"churn": -1},
)
def expected_order_days_if_alive(h: HistoryView) -> Expression:
    """Order days expected in the span that is asked about, allowing for customers who have left.

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
    direction={"churn": -1},
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
    direction={"churn": 1},
)
def probability_silent(h: HistoryView) -> Expression:
    """Probability of no order in the span that is asked about, from the rhythm alone.

    Idea: pace and silence weighed together, over the very span of the outcome: a horizon, after the gap.
    Source: BG/NBD; Fader, Hardie & Lee 2005.
    """
    return h.among_known("silent")


@feature(
    family="rhythm",
    unit="probability",
    bounds=(0, 1),
    high="its own pauses make silence ahead {value:.0%} likely",
    low="its own pauses make silence ahead only {value:.0%} likely",
    direction={"churn": 1},
)
def own_silence_odds(h: HistoryView) -> Expression:
    """Of the gaps as long as the present silence, the share that would last through the span that is asked about now.

    Half where there is none. The span is a horizon, after the gap in which nobody orders either.
    Idea: what happened the last times it was this quiet.
    Source: ours, untested; (n + 1/2) / (m + 1) is the Krichevsky-Trofimov estimate.
    """
    longer = h.order_days.gaps_at_least("since_last_and_horizon") + 0.5
    return longer / (h.order_days.gaps_at_least("since_last") + 1)


@feature(
    family="rhythm",
    unit="probability",
    bounds=(0, 1),
    high="its rhythm of the last two years makes silence ahead {value:.0%} likely",
    low="its rhythm of the last two years makes silence ahead only {value:.0%} likely",
    direction={"churn": 1},
)
def probability_silent_730d(h: HistoryView) -> Expression:
    """Probability of no order in the horizon, from the rhythm of the last two years alone.

    Idea: old orders say little about a customer whose pace has changed.
    Source: BG/NBD on a window; Fader, Hardie & Lee 2005; the window is ours, untested.
    """
    return h.among_known("silent", TWO_YEARS)


@feature(
    family="rhythm",
    unit="order days",
    high="by its pace of two years and its silence, {value:.1f} order days are to be expected",
    low="by its pace of two years and its silence, only {value:.1f} order days are to be expected",
    direction={"churn": -1},
)
def expected_order_days_if_alive_730d(h: HistoryView) -> Expression:
    """Order days expected in the horizon from the last two years, allowing for customers who have left.

    Idea: old orders say little about a customer whose pace has changed.
    Source: BG/NBD on a window; Fader, Hardie & Lee 2005; the window is ours, untested.
    """
    return h.among_known("active", TWO_YEARS)
