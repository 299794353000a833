"""How each customer orders, whatever its status: what somebody wants to know before the phone is picked up.

Of those who are scored the features say the same; of new and lapsed customers no feature is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.engine.events import Events, roll_up
from features.engine.store import EPOCH, LineStore, day_number
from features.run_rate import YEAR

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
TWO_YEARS = 730
CENTS = 100
NEVER = -1


@dataclass(frozen=True)
class Ordering:
    """By customer of the store, (customers,) each.

    `last` is the day number of the last order, `NEVER` without any; `gap` the median days between neighbouring order
    days of two years, NaN with fewer than two; `days` the order days of the year; `spend` the net amount of the year in
    the currency, returns taken off, NaN where amounts are unknown.
    """

    last: Longs
    gap: Floats
    days: Longs
    spend: Floats

    def last_order_on(self) -> list[date | None]:
        """The day of the last order, None without any."""
        return [None if day == NEVER else EPOCH + timedelta(days=day) for day in self.last.tolist()]


def ordering_at(store: LineStore, cutoff: date) -> Ordering:
    """How each customer of a store ordered before a cutoff: the year is `[cutoff - 365, cutoff)`.

    Args:
        store: what was known before the cutoff.
        cutoff: the date.
    """
    day, events = day_number(cutoff), roll_up(store).by_name
    bought, returned = events["order_days"], events["returns"]
    count = np.diff(bought.offsets)
    latest = bought.day[np.maximum(bought.offsets[1:] - 1, 0)] if bought.day.size else np.zeros(count.size)
    spend = np.full(count.size, np.nan)
    if store.cents is not None:
        spend = (_since(bought, "spend", day - YEAR) - _since(returned, "amount", day - YEAR)) / CENTS
    return Ordering(
        last=np.where(count > 0, latest, NEVER).astype(np.int64),
        gap=_usual_gap(bought, day - TWO_YEARS),
        days=_since(bought, "days", day - YEAR),
        spend=spend,
    )


def _since(events: Events, column: str, day: int) -> Longs:
    """The sum of a column over the events from a day on, by customer."""
    late = np.where(events.day >= day, events.values(column), 0)
    return np.diff(np.concatenate([[0], np.cumsum(late)])[events.offsets])


def _usual_gap(bought: Events, day: int) -> Floats:
    """The median of the days between neighbouring order days from a day on, by customer; NaN without any."""
    customers = bought.offsets.size - 1
    owner = np.repeat(np.arange(customers), np.diff(bought.offsets))
    both = (owner[1:] == owner[:-1]) & (bought.day[:-1] >= day)
    gaps, of = np.diff(bought.day.astype(np.int64))[both], owner[1:][both]
    gaps = gaps[np.lexsort((gaps, of))]
    count = np.bincount(of, minlength=customers)
    found = np.full(customers, np.nan)
    some = count > 0
    first = (np.cumsum(count) - count)[some]
    found[some] = (gaps[first + (count[some] - 1) // 2] + gaps[first + count[some] // 2]) / 2
    return found
