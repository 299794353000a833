"""Order days of a history, the rhythm they make, and the calendar they leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from features.engine.events import roll_up
from features.engine.store import LineStore
from features.history import History

EPOCH = date(1970, 1, 1)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class OrderDays:
    """One entry per customer and day with a purchase, sorted by customer, then day.

    Shapes: `customer` (n,) from 0, `day` (n,) days since 1970-01-01. `first` and `end` bound the whole history: the
    days `[first, end)`.
    """

    customer: Longs
    day: Longs
    customers: int
    first: int
    end: int

    @cached_property
    def keys(self) -> Longs:
        """One ascending number (n,) per entry: customer x days of the history + day of the history."""
        return self.customer * (self.end - self.first) + (self.day - self.first)

    @property
    def same(self) -> npt.NDArray[np.bool_]:
        """Whether an entry (n - 1,) and the next one are of one customer."""
        return np.diff(self.customer) == 0

    @property
    def gaps(self) -> Longs:
        """Days between the order days of a customer that follow each other."""
        return np.diff(self.day)[self.same]


def order_days(history: History) -> OrderDays:
    """The days on which customers bought.

    A line is a purchase if it takes nothing back and, where amounts are known, its amount is positive.
    """
    lines = history.order_lines
    customer = lines.column("customer_id").combine_chunks()
    day = lines.column("ordered_on").cast("int32").to_numpy().astype(np.int64)
    bought = np.ones(lines.num_rows, dtype=bool)
    if history.has("net_amount"):
        bought &= pc.fill_null(pc.greater(lines.column("net_amount"), 0), False).to_numpy()
    if history.has("quantity"):
        bought &= ~pc.fill_null(pc.less(lines.column("quantity"), 0), False).to_numpy()
    if history.has("is_return"):
        bought &= ~pc.fill_null(lines.column("is_return"), False).to_numpy()
    first, end = int(day.min()), int(day.max()) + 1
    width = end - first
    codes = customer.indices.to_numpy().astype(np.int64)
    pairs = np.sort(codes[bought] * width + (day[bought] - first))
    pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    return OrderDays(pairs // width, pairs % width + first, len(customer.dictionary), first, end)


def order_days_of(store: LineStore) -> OrderDays:
    """The days on which customers bought, of a sorted store: where the lines as they came are kept no more."""
    bought = roll_up(store).by_name["order_days"]
    customer = np.repeat(np.arange(store.customers, dtype=np.int64), np.diff(bought.offsets))
    return OrderDays(customer, bought.day.astype(np.int64), store.customers, int(store.day.min()), store.end)


def as_date(day: int) -> date:
    """The date of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(day))


def quantiles(values: npt.NDArray[np.float64] | Longs) -> dict[str, float] | None:
    """The 10th to 90th percentile, None where there is nothing."""
    if not values.size:
        return None
    found = np.quantile(values, QUANTILES)
    return {f"p{round(share * 100)}": round(float(value), 1) for share, value in zip(QUANTILES, found, strict=True)}


@dataclass(frozen=True)
class Rhythm:
    """How often customers order: days between order days, over all gaps, and over customers by their median gap."""

    gap_days: dict[str, float] | None
    customer_median_gap_days: dict[str, float] | None
    order_days_per_customer: dict[str, float] | None
    customers_with_one_order_day: int


def rhythm(days: OrderDays) -> Rhythm:
    """The order rhythm of a history."""
    counts = np.bincount(days.customer, minlength=days.customers)
    order = np.lexsort((days.gaps, days.customer[1:][days.same]))
    gaps, owner = days.gaps[order], days.customer[1:][days.same][order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    sizes = np.diff(np.append(starts, owner.size))
    medians = (gaps[starts + (sizes - 1) // 2] + gaps[starts + sizes // 2]) / 2
    return Rhythm(
        gap_days=quantiles(days.gaps),
        customer_median_gap_days=quantiles(medians),
        order_days_per_customer=quantiles(counts[counts > 0]),
        customers_with_one_order_day=int((counts == 1).sum()),
    )


@dataclass(frozen=True)
class Calendar:
    """Days and weeks of the whole history on which nobody ordered."""

    days: int
    days_without_orders: int
    weeks_without_orders: int
    weekdays_without_orders: list[str]
    longest_silence: dict[str, object] | None


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
THURSDAY = 3
"""1970-01-01 was one."""


def calendar(days: OrderDays) -> Calendar:
    """What the calendar of orders leaves out. Weeks are whole ones, counted back from the end."""
    ordered = np.zeros(days.end - days.first, dtype=bool)
    ordered[days.day - days.first] = True
    weeks = ordered[ordered.size % 7 :].reshape(-1, 7)
    weekday = (np.arange(days.first, days.end) + THURSDAY) % 7
    never = [name for index, name in enumerate(WEEKDAYS) if not ordered[weekday == index].any()]
    busy = np.flatnonzero(ordered)
    return Calendar(
        days=ordered.size,
        days_without_orders=int((~ordered).sum()),
        weeks_without_orders=int((~weeks.any(axis=1)).sum()),
        weekdays_without_orders=never,
        longest_silence=_longest_silence(days.first, busy),
    )


def _longest_silence(first: int, busy: Longs) -> dict[str, object] | None:
    silent = np.diff(busy) - 1
    if not silent.size or silent.max() < 1:
        return None
    at = int(silent.argmax())
    return {
        "days": int(silent[at]),
        "from": as_date(first + busy[at] + 1),
        "before": as_date(first + busy[at + 1]),
    }
