"""Cutoffs: which dates are learned from and which are tested on.

One dated example, gap 14 days, horizon 90 days, history ending with 2024-12-31 (so `end` is 2025-01-01). A label
at T is mature if T + 104 days is not after `end`: the latest mature cutoff is 2024-09-19. With monthly steps the
others are 2024-08-19, 2024-07-19, ... With three test cutoffs, 2024-07-19 to 2024-09-19, the first opens on
2024-07-19, so training stops at the latest cutoff whose 104 days have passed by then: 2024-04-06 or earlier, which
is 2024-03-19.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from models.target import OutcomeWindow


@dataclass(frozen=True)
class Split:
    """Cutoffs in ascending order; every outcome window of `train` closes before the first of `test` opens."""

    train: tuple[date, ...]
    test: tuple[date, ...]


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the last day of a month that is too short for it."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def mature_cutoffs(first: date, end: date, window: OutcomeWindow, *, step_months: int, most: int) -> tuple[date, ...]:
    """The cutoffs whose labels are mature, ascending: the latest possible one, and every `step_months` before it.

    Args:
        first: the first day of the history; cutoffs are after it.
        end: the day after the last one known.
        window: gap and horizon.
        step_months: months from cutoff to cutoff.
        most: how many at most; the latest are kept.
    """
    latest = end - timedelta(days=window.days_to_maturity)
    found = []
    for number in range(most):
        cutoff = months_before(latest, number * step_months)
        if cutoff <= first:
            break
        found.append(cutoff)
    return tuple(reversed(found))


def split(cutoffs: tuple[date, ...], window: OutcomeWindow, *, test: int) -> Split:
    """The latest `test` cutoffs to test on, and those before them whose labels close by the first of these."""
    tested = cutoffs[-test:] if test else ()
    if not tested:
        return Split(cutoffs, ())
    closes = timedelta(days=window.days_to_maturity)
    return Split(tuple(cutoff for cutoff in cutoffs if cutoff + closes <= tested[0]), tested)
