"""Whether one half of the customers was exchanged for another from one day to the next, as by a move to another system.

`moves` counts who ends and begins within 30 days, which fits a trade of weekly orders. Where customers order every few
months, their last orders under the old ids are strewn over a quarter, and only who comes back tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.profile.days import Longs, OrderDays, as_date

WINDOW = 90
"""Days before and after a day whose customers are compared."""
FEWEST, LEAST_BALANCE = 30, 0.5
"""Customers on either side, and the smaller side as a share of the larger: a season's end is no exchange."""
LEAST_USUAL = 0.3
"""Share who come back, usually, below which hardly anybody is a customer for long, and nothing can be told."""
DROP = 0.5
"""Of the usual share who come back. Four real histories, a cut of one and an invented one never fall below .86 of it;
where all 700 customers of the cut, who order every seven weeks, change ids, nobody comes back."""


@dataclass(frozen=True)
class Turnover:
    """The day, the shares of the customers before it who come back after it and who usually do, and both numbers."""

    day: int
    share: float
    usual: float
    before: int
    after: int

    def text(self) -> str:
        """One sentence of what was seen, and one of what to do."""
        return (
            f"Around {as_date(self.day)} most customers are exchanged: of the {self.before:,} who ordered in the "
            f"{WINDOW} days before and the {self.after:,} in the {WINDOW} days after, {self.share:.0%} are the same "
            f"({self.usual:.0%} is usual), as where accounts are given new ids. Each counts as one who left and one "
            "who is new: where so, list old and new ids in [history.customer_ids]."
        )


def turnovers(days: OrderDays) -> Iterator[Turnover]:
    """The day on which the fewest come back, where they are fewer than half of the usual share."""
    length = days.end - days.first
    at = np.arange(WINDOW, length - WINDOW + 1)
    if not at.size:
        return
    before, after, both = (counted[at] for counted in _customers(days, length))
    fewer, more = np.minimum(before, after), np.maximum(before, after)
    fit = (fewer >= FEWEST) & (fewer >= LEAST_BALANCE * more)
    if not fit.any():
        return
    share = both / np.maximum(fewer, 1)
    usual, least = float(np.median(share[fit])), int(np.where(fit, share, np.inf).argmin())
    if usual >= LEAST_USUAL and share[least] < DROP * usual:
        day = days.first + int(at[least])
        yield Turnover(day, float(share[least]), usual, int(before[least]), int(after[least]))


def _customers(days: OrderDays, length: int) -> tuple[Longs, Longs, Longs]:
    """Customers with an order in the `WINDOW` days before each day (length + 1,), in those from it on, and in both.

    Each is counted once: by its last order before the day, its first from it on, and the pause that holds the day.
    """
    day = days.day - days.first
    following = np.append(np.where(days.same, day[1:], length + WINDOW), length + WINDOW)[: day.size]
    preceding = np.append(-WINDOW, np.where(days.same, day[:-1], -WINDOW))[: day.size]
    before = _covered(day + 1, np.minimum(following, day + WINDOW), length)
    after = _covered(np.maximum(preceding + 1, day - WINDOW + 1), day, length)
    both = _covered(np.maximum(day + 1, following - WINDOW + 1), np.minimum(following, day + WINDOW), length)
    return before, after, both


def _covered(first: Longs, last: Longs, length: int) -> Longs:
    """How many of the stretches `[first, last]` hold each of the days 0 to `length`; some hold none."""
    there = last >= first
    change = np.bincount(np.clip(first[there], 0, length + 1), minlength=length + 2)
    change -= np.bincount(np.clip(last[there] + 1, 0, length + 1), minlength=length + 2)
    return np.cumsum(change)[: length + 1]
