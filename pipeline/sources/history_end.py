"""Where the history ends beside the date that is scored: whether order lines are late, or say nothing of it at all."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.engine.store import EPOCH, LineStore
from features.errors import DataProblem

STALE_DAYS = 31
"""A cutoff further than this behind the last order line, or than everybody was ever silent, is refused: all would look
gone, when most likely a file is missing."""
UNREMARKABLE_DAYS = 2
"""Days without an order line that nobody is told of: a weekend, or a delivery that comes the day after."""


def first_day(store: LineStore) -> date:
    """The day of the first order line of a store, which holds one at least."""
    return EPOCH + timedelta(days=int(store.day.min()))


def last_day(store: LineStore) -> date:
    """The day of the last order line."""
    return EPOCH + timedelta(days=store.end - 1)


def longest_silence(store: LineStore) -> int:
    """The most days running on which nobody ordered, between two order lines."""
    return int(np.diff(np.unique(store.day)).max(initial=1)) - 1


def lateness(store: LineStore, as_of: date) -> str:
    """What to say where the order lines end longer before a cutoff than everybody was ever silent; "" where not.

    Everybody looks quieter then than it is, and more of them gone.
    """
    silent, usual = (as_of - last_day(store)).days - 1, longest_silence(store)
    if silent <= max(usual, UNREMARKABLE_DAYS):
        return ""
    before = f"never more than {usual} before" if usual else "and never was a day without before"
    return (
        f"the last order line is of {last_day(store)}: {silent} days without any before {as_of}, {before}. Where lines "
        "are still to come, everybody looks quieter here than it is, and too many seem to leave: score again with them."
    )


def check_date(store: LineStore, as_of: date) -> None:
    """Refuse a cutoff of which the history says nothing.

    Raises:
        DataProblem: it lies before the first order line, or so far behind the last that a file must be missing: more
            than 31 days, and longer than everybody was ever silent.
    """
    first, last = EPOCH + timedelta(days=int(store.day.min())), last_day(store)
    days = max(STALE_DAYS, longest_silence(store) + 1)
    if first < as_of <= last + timedelta(days=days):
        return
    raise DataProblem(
        f"The history says nothing of {as_of}.",
        where="--as-of",
        got=f"order lines from {first} to {last}",
        expected=f"a date from {first + timedelta(days=1)} to {last + timedelta(days=days)}: with order lines "
        f"before it, the last at most {days} days old",
        todo="load the missing order lines, or score another date",
    )
