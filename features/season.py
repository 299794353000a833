"""Rhythm, continued: the time of year, which is the same for every customer on one day.

It tells a quiet January from a quiet customer. Since it does not tell customers apart, no reason speaks of it.
"""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

SEASON = "season from -1 to 1"
"""The unit of features that are the same for everybody on a day."""


@feature(
    family="rhythm",
    unit=SEASON,
    bounds=(-1, 1),
    high="spring side of the year ({value:+.2f})",
    low="autumn side of the year ({value:+.2f})",
)
def season_of_spring(h: HistoryView) -> Expression:
    """The time of year between spring (1, early April) and autumn (-1, early October).

    Idea: everybody's orders follow the calendar; the level of risk does too.
    Source: ours, measured on Online Retail II: a lower Brier score where the horizon runs into Christmas.
    """
    return h.time_of_year("sine")


@feature(
    family="rhythm",
    unit=SEASON,
    bounds=(-1, 1),
    high="winter side of the year ({value:+.2f})",
    low="summer side of the year ({value:+.2f})",
)
def season_of_winter(h: HistoryView) -> Expression:
    """The time of year between winter (1, early January) and summer (-1, early July).

    Idea: everybody's orders follow the calendar; the level of risk does too.
    Source: ours, measured on Online Retail II: a lower Brier score where the horizon runs into Christmas.
    """
    return h.time_of_year("cosine")
