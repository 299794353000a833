"""Rows of a history table as plain arrays, and sums over windows of them: what outcomes outside the engine are made of.

A window is half-open, `[start, stop)`, in days since 1970-01-01. What lies before a cutoff is counted only where it
was known before it; what lies after is seen with hindsight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine.events import roll_up
from features.engine.store import LineStore

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LINES = "order_lines"
PRICED = "priced_lines"
"""Order lines for the sake of their prices: only where there are list prices, or deliveries to hold them against."""


@dataclass(frozen=True)
class Rows:
    """Rows of one table: whose, when they happened and were known, and what they hold.

    Shapes: `customer` (n,) indices; `happened`, `known` (n,) days with `known >= happened`; every one of `columns`
    (n,): numbers, money in cents and days as float64 with NaN for null, texts as objects with None.
    """

    customer: Longs
    happened: Longs
    known: Longs
    columns: Mapping[str, npt.NDArray[np.generic]]

    def take(self, chosen: Flags) -> Rows:
        """The rows where `chosen` (n,) is true."""
        columns = {name: column[chosen] for name, column in self.columns.items()}
        return Rows(self.customer[chosen], self.happened[chosen], self.known[chosen], columns)

    def numbers(self, name: str) -> Array:
        """A column of numbers (n,); all NaN where the table lacks it."""
        if name not in self.columns:
            return np.full(self.customer.size, np.nan)
        return np.asarray(self.columns[name], dtype=np.float64)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """A column of texts (n,); all None where the table lacks it."""
        if name not in self.columns:
            return np.full(self.customer.size, None, dtype=object)
        return np.asarray(self.columns[name], dtype=object)

    def owned_by(self, owner: Longs) -> Rows:
        """The same rows, each belonging to `owner` (n,) instead of its customer."""
        return replace(self, customer=owner)


@dataclass(frozen=True)
class Asked:
    """Whom and when is asked about: customers (m,) at cutoffs (m,), outcomes watched over `[opens, closes)` (m,)."""

    customer: Longs
    cutoff: Longs
    opens: Longs
    closes: Longs

    def take(self, chosen: npt.NDArray[np.generic]) -> Asked:
        """The rows at positions, or where flags are true."""
        return Asked(self.customer[chosen], self.cutoff[chosen], self.opens[chosen], self.closes[chosen])

    def before(self, days: int) -> Window:
        """The `days` before each cutoff, as known then."""
        return Window(self.customer, self.cutoff - days, self.cutoff, self.cutoff)

    def after(self) -> Window:
        """The outcome window of each, with hindsight."""
        return Window(self.customer, self.opens, self.closes)


@dataclass(frozen=True)
class Window:
    """The days `[start, stop)` of customers, all (m,); with `known_by`, only rows known before it."""

    customer: Longs
    start: Longs
    stop: Longs
    known_by: Longs | None = None


def pairs(left: Longs, right: Longs) -> tuple[Longs, Longs]:
    """All positions (i, j) with `left[i] == right[j]`."""
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - low
    begins = np.cumsum(count) - count
    i = np.repeat(np.arange(left.size), count)
    return i, order[np.repeat(low - begins, count) + np.arange(count.sum())]


def sums(rows: Rows, value: npt.ArrayLike, window: Window) -> Array:
    """The sum of `value` (n,) over the rows of each window (m,); a null counts as nothing, an empty window as 0.

    By running sums over rows that were known when they happened; the few that were known later are gone through one
    by one where `known_by` asks.
    """
    values = np.nan_to_num(np.asarray(value, dtype=np.float64))
    if window.known_by is None:
        return _running(rows, values, window)
    late = rows.known > rows.happened
    prompt = Window(window.customer, window.start, np.minimum(window.stop, window.known_by))
    total = _running(rows.take(~late), values[~late], prompt)
    few = rows.take(late)
    i, j = pairs(few.customer, window.customer)
    inside = (few.happened[i] >= window.start[j]) & (few.happened[i] < window.stop[j])
    inside &= few.known[i] < window.known_by[j]
    added = np.bincount(j[inside], weights=values[late][i[inside]], minlength=total.size)
    return np.asarray(total + added)


def _running(rows: Rows, values: Array, window: Window) -> Array:
    """Sums by two searches in running sums over rows in the order of customer, then day."""
    first = min([0, *rows.happened[:1], int(rows.happened.min(initial=0)), int(window.start.min(initial=0))])
    last = max(int(rows.happened.max(initial=0)), int(window.stop.max(initial=0)))
    span = last - first + 2
    key = rows.customer * span + (rows.happened - first)
    order = np.argsort(key, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(values[order])])
    stop = np.maximum(window.stop, window.start)
    low, high = (np.searchsorted(key[order], window.customer * span + (day - first)) for day in (window.start, stop))
    return np.asarray(running[high] - running[low])


def month_over(day: Longs) -> Longs:
    """The first day of the month after the one each day (n,) lies in."""
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray((month + 1).astype("datetime64[D]").astype(np.int64))


def rows_of_lines(store: LineStore) -> Rows:
    """The purchased order lines of a store: cents, thousandths, product and category codes, as far as it has them.

    The code of a line that names none is -1.
    """
    chosen = roll_up(store).purchased
    owner = np.repeat(np.arange(store.customers, dtype=np.int64), np.diff(store.offsets))
    known = store.day if store.known is None else store.known
    held = {name: getattr(store, name) for name in ("cents", "thousandths", "product", "category")}
    columns = {name: store.named(name, column[chosen]) for name, column in held.items() if column is not None}
    return Rows(owner[chosen], store.day[chosen].astype(np.int64), known[chosen].astype(np.int64), columns)
