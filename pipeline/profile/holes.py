"""Whether all orders of some weeks are missing: lines that were not loaded, or a time in which nobody could buy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.profile.days import OrderDays, as_date

SHORTEST = 28
"""Days. Four weeks: the file of a month, or the closure of a trade; holidays are shorter."""
TIMES = 3
"""Times the longest of the silences that are not half as long, so that a trade of few orders has no hole."""
YEAR = 365
RECURS = 0.5
"""Share of its length for which nobody ordered a year before or after either: from then on it is the season."""


@dataclass(frozen=True)
class Hole:
    """`days` days from the day `start` on which nobody ordered, though somebody usually did."""

    start: int
    days: int

    def text(self, horizon: int) -> str:
        """What it does to labels over a horizon of so many days, and what to do."""
        if self.days >= horizon:
            does = "everybody counts as gone then"
        else:
            does = "who was due then counts as gone, and after it everybody looks long silent, the faithful too"
        return (
            f"Nobody ordered on the {self.days} days from {as_date(self.start)}: {does}. "
            "If lines of these days are missing, load them first."
        )


def holes(days: OrderDays) -> Iterator[Hole]:
    """Stretches of four weeks and more without any order that neither a sparse trade nor a season explains."""
    if not days.day.size:
        return
    busy = np.unique(days.day)
    silent = np.diff(busy) - 1
    for which in np.flatnonzero(silent >= SHORTEST):
        start, length = int(busy[which]) + 1, int(silent[which])
        usual = silent[silent < length / 2].max(initial=0)
        if length >= TIMES * usual and not _recurs(busy, start, length):
            yield Hole(start, length)


def _recurs(busy: npt.NDArray[np.int64], start: int, length: int) -> bool:
    """Whether nobody ordered at that time of the year before or after either, for half as long in one piece."""
    for shift in (-YEAR, YEAR):
        begins, ends = start + shift, start + shift + length
        within = busy[(busy >= begins) & (busy < ends)]
        # what the history does not reach is no silence, so it begins with its first day and ends with its last
        edges = np.concatenate([[max(begins, busy[0]) - 1], within, [min(ends, busy[-1] + 1)]])
        if (np.diff(edges) - 1).max() >= RECURS * length:
            return True
    return False
