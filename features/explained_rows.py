"""The rows of one customer that a leaf looks at: those of its window, known before the cutoff, that pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine.events import is_purchase
from features.engine.expression import Leaf
from features.engine.market import purchased
from features.engine.passing import passing
from features.engine.store import LineStore
from features.engine.table_leaf import Condition, TableLeaf
from features.engine.tables import Flags, Floats, TableEvents

Names = Mapping[str, Sequence[str | None]]
"""The texts that the codes of `order`, `product` and `category` stand for; without those, they are not shown."""
ORDER_EVENTS = ("order_days", "lines", "purchases")


@dataclass(frozen=True)
class Looked:
    """The events of one customer that a leaf looks at, and which rows (n,) it may count.

    `before` are those known before the cutoff (days since 1970-01-01), `inside` those of them that lie in the window
    `[T - start, T - stop)`, `span`, and pass the leaf's conditions. `store` is the customer's own.
    """

    leaf: Leaf
    store: LineStore
    events: TableEvents
    cutoff: int
    horizon_days: int
    before: Flags
    inside: Flags

    @property
    def span(self) -> tuple[int, int]:
        """Start and stop of the window in days before the cutoff."""
        start, stop = (each.resolve(self.horizon_days) for each in (self.leaf.window.start, self.leaf.window.stop))
        return max(0, start), max(0, stop)

    def number(self, column: str) -> Floats:
        """A column of the events (n,); all NaN where there is none."""
        return self.events.numbers.get(column, np.full(self.events.day.size, np.nan))

    @property
    def key(self) -> npt.NDArray[np.int32]:
        """The codes of the leaf's column (n,); -1 where a row names none."""
        return self.events.codes[self.leaf.column]

    @property
    def named(self) -> Flags:
        """Which rows (n,) name a product, or whatever the leaf's column holds."""
        return self.key >= 0


def looked_at(leaf: Leaf, store: LineStore, cutoff: int, horizon_days: int, names: Names) -> Looked | None:
    """What the leaf looks at in the `store` of one customer; None where the supplier has no such table."""
    events = _events(leaf, store, names)
    if events is None:
        return None
    before = (events.day < cutoff) & (events.known_on < cutoff)
    found = Looked(leaf, store, events, cutoff, horizon_days, before, before)
    start, stop = found.span
    inside = before & (events.day >= cutoff - start) & (events.day < cutoff - stop)
    if isinstance(leaf, TableLeaf) and all(events.has(condition.column) for condition in leaf.conditions):
        inside &= passing(events, leaf.conditions)
    found = replace(found, inside=inside)
    return replace(found, inside=_near_shocks(found)) if leaf.primitive == "after_late" else found


def _events(leaf: Leaf, store: LineStore, names: Names) -> TableEvents | None:
    if leaf.table in ORDER_EVENTS:
        rows = _rows_of(store, is_purchase(store))
        numbers = {**rows.numbers, **purchased(store).events.numbers}
        return replace(rows, numbers=numbers, choices=_texts(names))
    if leaf.table == "returns":
        return replace(_rows_of(store, store.taken_back), choices=_texts(names))
    return store.tables.get(leaf.table)


def _rows_of(store: LineStore, rows: Flags) -> TableEvents:
    """Some order lines as events, with amounts in cents and pieces."""
    numbers = {} if store.thousandths is None else {"quantity": store.thousandths / 1000}
    numbers |= {} if store.cents is None else {"amount": store.cents.astype(np.float64)}
    keys = ("order", "product", "category")
    codes = {name: store.named(name, code) for name in keys if (code := getattr(store, name)) is not None}
    return TableEvents(store.offsets, store.day, store.known, numbers, codes).select(rows)


def _texts(names: Names) -> dict[str, tuple[str, ...]]:
    return {name: tuple(text if text is not None else "" for text in texts) for name, texts in names.items()}


def _near_shocks(looked: Looked) -> Flags:
    """The lines within so many days of a late delivery of the window."""
    span = int(looked.leaf.option)
    late = TableLeaf("deliveries", "total", "late", looked.leaf.window, "", (Condition("late", "is", 1),))
    shocks = looked_at(late, looked.store, looked.cutoff, looked.horizon_days, {})
    near = np.zeros(looked.before.size, dtype=bool)
    for day in shocks.events.day[shocks.inside] if shocks is not None and shocks.events.has("late") else ():
        near |= (looked.events.day >= day - span) & (looked.events.day < day + span)
    return near & looked.before


def first_of(key: npt.NDArray[np.generic], among: Flags) -> Flags:
    """The first row of each value of `key` (n,) among some rows (n,)."""
    places, out = np.flatnonzero(among), np.zeros(among.size, dtype=bool)
    out[places[np.unique(key[places], return_index=True)[1]]] = True
    return out
