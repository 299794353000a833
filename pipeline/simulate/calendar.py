"""The world's calendar: weeks that begin on Monday, open days, season, price rounds, rivals' campaigns and our own.

A day is a whole number counted from the Monday on which the warm-up begins; week w holds the days `[7 w, 7 w + 7)`.
The course of the market is the same for everybody and counts as known: only what happens to a customer is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LAST_DAY = np.datetime64("2024-06-30")
WEEK = 7
WORKING_DAYS = 5
REGIONS = ("north", "east", "south", "west")
RIVALS_BEGIN = 0.006
"""A week and region: a rival campaigns once in three years in each region. Ours, untested."""
RIVALS_WEEKS = 8
RIVALS_WORTH = 0.6
"""Utils that a rival's campaign adds to the alternative while it runs: six per cent of price. Ours, untested."""
SEASON = (0.75, 0.85, 0.92, 0.92, 0.92, 0.88, 0.8, 0.66, 0.97, 1.0, 1.0, 0.8)
"""Orders in each month against the best: a dip in August and around the new year, a peak in autumn."""
CAMPAIGNS = (("call", 0.60), ("discount", 0.78))
"""Plays of the usual past campaigns, and the share of the history after which each took place."""
SPAN = (0.45, 0.85)
"""Shares of the history between which any other number of campaigns took place: late enough to learn what came before
them from, early enough to see what came after."""


def workday(day: Ints) -> Ints:
    """Each day itself, or the Monday after it."""
    return day + (WEEK - day % WEEK) * (day % WEEK >= WORKING_DAYS)


@dataclass(frozen=True)
class Calendar:
    """The weeks of a world. `first`: the Monday of week 0. Days `[history, end)` are those that the tables cover.

    `open` (days,) is the demand of a day against the best one, 0 where closed; `rivals` (weeks, regions) in utils;
    `price_round` (weeks,); `campaigns`: play and week of each past campaign.
    """

    first: np.datetime64
    history: int
    end: int
    open: Floats
    rivals: Floats
    price_round: Flags
    campaigns: tuple[tuple[str, int], ...]

    @property
    def weeks(self) -> int:
        """Weeks until the history has ended, warm-up included."""
        return -(-self.end // WEEK)

    def dates(self, days: Ints) -> npt.NDArray[np.datetime64]:
        """Days as dates."""
        return self.first + days.astype("timedelta64[D]")

    def day(self, cutoff: date) -> int:
        """A date as a day."""
        return int((np.datetime64(cutoff, "D") - self.first).astype(int))


def past_campaigns(number: int, plays: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Play of each past campaign, and the share of the history after which it took place.

    The usual ones where their number is asked for of several plays; else `plays` in turn, evenly over `SPAN`.
    """
    if number == len(CAMPAIGNS) and len(plays) > 1:
        return CAMPAIGNS
    shares = np.linspace(*SPAN, number).tolist()
    return tuple((plays[place % len(plays)], share) for place, share in enumerate(shares))


def draw_calendar(
    random: np.random.Generator,
    days: int,
    warm_up: int,
    ahead: int,
    campaigns: tuple[tuple[str, float], ...],
) -> Calendar:
    """The calendar of a history of `days` days that ends on 2024-06-30, `warm_up` weeks before and `ahead` days after.

    A longer look ahead changes nothing that lies before it.
    """
    start = LAST_DAY - days + 1
    monday = start - (start.astype(int) + 3) % WEEK
    first = monday - warm_up * WEEK
    history = int((start - first).astype(int))
    weeks = -(-(history + days + ahead) // WEEK) + 1
    dates = first + np.arange(weeks * WEEK)
    mondays = dates[::WEEK]
    begins = random.random((weeks, len(REGIONS))) < RIVALS_BEGIN
    running = sum(np.vstack([np.zeros((late, len(REGIONS))), begins[: weeks - late]]) for late in range(RIVALS_WEEKS))
    return Calendar(
        first=first,
        history=history,
        end=history + days,
        open=_open(dates),
        rivals=RIVALS_WORTH * np.minimum(running, 1.0),
        price_round=mondays.astype("datetime64[Y]") != (mondays - WEEK).astype("datetime64[Y]"),
        campaigns=tuple((play, (history + int(days * share)) // WEEK) for play, share in campaigns),
    )


def _open(dates: npt.NDArray[np.datetime64]) -> Floats:
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    weekday = np.arange(dates.size) % WEEK
    closed = (weekday >= WORKING_DAYS) | ((month == 11) & (day >= 24)) | ((month == 0) & (day == 1))
    return np.where(closed, 0.0, np.array(SEASON)[month])
