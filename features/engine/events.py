"""Order lines rolled up to events: order days and returns, with running sums so that any window is one difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.engine.kernels import order_days
from features.engine.store import Ints, LineStore, Longs

DAILY_COLUMNS = ("orders", "lines", "spend", "quantity")


@dataclass(frozen=True)
class Events:
    """Events of one table, one row per customer and day, sorted by customer and day.

    Shapes: `offsets` (C + 1,), `day` (n,), every column of `totals` (n + 1,), its running sum: the sum over rows
    `[low, high)` is `totals[high] - totals[low]`. A column the supplier lacks is not in `totals`.
    """

    offsets: Longs
    day: Ints
    totals: dict[str, Longs]

    def values(self, column: str) -> Longs:
        """The column itself (n,)."""
        return np.diff(self.totals[column])


@dataclass(frozen=True)
class EventTables:
    """Everything the primitives read of one store: events per table, and the purchased lines."""

    store: LineStore
    purchased: npt.NDArray[np.bool_]
    by_name: dict[str, Events]


def is_purchase(store: LineStore) -> npt.NDArray[np.bool_]:
    """The lines (n,) that take nothing back and, where amounts are known, have a positive one."""
    return ~store.taken_back if store.cents is None else (store.cents > 0) & ~store.taken_back


def roll_up(store: LineStore) -> EventTables:
    """The events of a store."""
    purchased = is_purchase(store)
    bought = _daily(store, purchased)
    returned = _daily(store, store.taken_back)
    if "spend" in returned.totals:
        returned.totals["amount"] = returned.totals.pop("spend")
    return EventTables(store, purchased, {"order_days": bought, "returns": returned})


def _daily(store: LineStore, chosen: npt.NDArray[np.bool_]) -> Events:
    """One event per customer and day with a chosen line; a return counts by its size, however it is signed."""
    size = int(chosen.sum())
    offsets = np.empty(store.customers + 1, dtype=np.int64)
    out = np.empty((5, max(size, 1)), dtype=np.int64)
    nothing = np.broadcast_to(np.zeros(1, dtype=np.int64), store.day.size)
    slots, owners = np.zeros((2, _table_size(store.offsets)), dtype=np.int64)
    cents = nothing if store.cents is None else store.cents
    pieces = nothing if store.thousandths is None else store.thousandths
    rows = order_days(store.offsets, store.day, store.order, cents, pieces, chosen, slots, owners, offsets, out)
    lacking = {"spend": store.cents is None, "quantity": store.thousandths is None}
    totals = {"days": np.arange(rows + 1, dtype=np.int64)}
    for index, name in enumerate(DAILY_COLUMNS, start=1):
        if not lacking.get(name, False):
            totals[name] = np.concatenate([[0], np.cumsum(out[index, :rows])])
    return Events(offsets, out[0, :rows].astype(np.int32), totals)


def _table_size(offsets: Longs) -> int:
    """A power of two, at least twice the rows of any customer."""
    most = int(np.diff(offsets).max()) if offsets.size > 1 else 1
    return 1 << (2 * max(most, 1)).bit_length()
