"""Rhythm, continued: activity in which yesterday counts more than last year."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100


@feature(
    family="rhythm",
    unit="order days",
    days=(15, 45, 120, 365),
    high="recent activity comes to {value:.1f} order days (one {days} days ago counts half)",
    low="recent activity comes to only {value:.1f} order days (one {days} days ago counts half)",
    direction={"churn": -1},
    about="activity",
)
def order_days_halving(h: HistoryView, days: int) -> Expression:
    """Order days, each counting half after every {days} days that pass.

    Idea: one smooth number for how much and how recently, without the edge of a window.
    Source: ours, untested.
    """
    return h.order_days.decayed("days", days)


@feature(
    family="rhythm",
    unit="currency",
    days=(45, 120),
    high="recent spend comes to {value:,.0f} (that of {days} days ago counts half)",
    low="recent spend comes to only {value:,.0f} (that of {days} days ago counts half)",
    about="spend",
)
def spend_halving(h: HistoryView, days: int) -> Expression:
    """Spend, each amount counting half after every {days} days that pass.

    Idea: one smooth number for how much and how recently, without the edge of a window.
    Source: ours, untested.
    """
    return h.order_days.decayed("spend", days) / CENTS
