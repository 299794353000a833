"""Whether many customers were given new ids at once, as where two systems became one: each then leaves and comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.profile.days import Longs, OrderDays, as_date

WINDOW = 30
"""Days before a move in which the old ids order for the last time, and after it in which the new ones begin."""
AROUND = 120
"""Days, apart from the window itself, whose windows say what is usual."""
WATCHED = 90
"""Days at the end in which no move is looked for: who is silent for a shorter time may only pause."""
TIMES = 5.0
"""Times the usual, of last and of first orders alike, from which ids are said to have moved. Of 16 histories in which
none did, nine of them real or cuts of real ones, one with a season reaches 3.9 and no other 1.8; 180 of 541 customers
that move reach 7.8."""
CHANCE = 3.0
"""Customers added to what is usual, so that two or three in a small trade are not many times none."""


@dataclass(frozen=True)
class Move:
    """The day around which ids seem to have moved, and how many customers ended before it and began after it."""

    day: int
    ended: int
    usually_ended: float
    began: int
    usually_began: float

    def text(self) -> str:
        """One sentence of what was seen, and one of what to do."""
        return (
            f"Around {as_date(self.day)} many ids change: {self.ended} customers ordered for the last time in the "
            f"{WINDOW} days before ({self.usually_ended:.0f} is usual) and {self.began} for the first time in the "
            f"{WINDOW} days after ({self.usually_began:.0f} is usual), as where accounts are given new ids. Each "
            "counts as one who left and one who is new: where so, list old and new ids in [history.customer_ids]."
        )


def moves(days: OrderDays) -> Iterator[Move]:
    """The day on which most ids seem to have moved, if any.

    It is the last and the first orders together that tell: a campaign makes many begin, a crisis many end, and a season
    does both at other times. Where the history is too short to say what is usual there is none.
    """
    last = np.append(~days.same, True) if days.day.size else np.empty(0, dtype=bool)
    length = days.end - days.first
    ended = _within(days.day[last] - days.first, length)
    began = _within(days.day[np.roll(last, 1)] - days.first, length)
    earliest, latest = AROUND + 2 * WINDOW, length - WATCHED - AROUND
    if latest <= earliest:
        return
    at = np.arange(earliest, latest)
    usual_end = np.maximum(_median(ended, at - AROUND - 2 * WINDOW), _median(ended, at))
    usual_begin = _median(began, at - AROUND - WINDOW)
    times = np.minimum(ended[at - WINDOW] / (usual_end + CHANCE), began[at] / (usual_begin + CHANCE))
    best = int(times.argmax())
    if times[best] >= TIMES:
        day = int(at[best])
        seen = (int(ended[day - WINDOW]), float(usual_end[best]), int(began[day]), float(usual_begin[best]))
        yield Move(days.first + day, *seen)


def _within(day: Longs, length: int) -> Longs:
    """How many of the days (n,) lie in the window that begins on each day of the history (length,)."""
    until = np.append(0, np.cumsum(np.bincount(day, minlength=length)))
    begins = np.arange(length)
    return np.asarray(until[np.minimum(begins + WINDOW, length)] - until[begins])


def _median(count: Longs, begins: Longs) -> npt.NDArray[np.float64]:
    """The median of counts over the `AROUND` windows that begin on each of the days `begins` and after it."""
    windows = np.lib.stride_tricks.sliding_window_view(count, AROUND)
    return np.asarray(np.median(windows[begins], axis=1), dtype=np.float64)
