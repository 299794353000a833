"""One pass over the tables of a store: which rows lie in a window and pass conditions, found once for all leaves.

What `windows.py` is for the leaves over order lines, here over the optional tables and the purchased lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from features.engine import kernels
from features.engine.asked import Asked
from features.engine.days import EVER, Days
from features.engine.everybody import Market
from features.engine.market import Purchased, purchased
from features.engine.passing import passing
from features.engine.store import LineStore
from features.engine.table_leaf import Condition, TableLeaf
from features.engine.tables import Flags, Ints, Longs, TableEvents

Array = npt.NDArray[np.float64]
LONGEST_WINDOW = EVER.fixed


@dataclass
class TablePass:
    """The events of a store at ascending `cutoffs` (K,), and what has been found of them so far, for all leaves.

    `market` is what everybody bought, where a leaf reads it. Found so far: `found`, the first row of each customer in a
    window, by table and days ago; `passing`, the rows that pass conditions, by table and conditions; `lines`, the
    purchased lines; `together`, values of leaves that were computed along with another one. `leaves` are all that the
    pass is for.
    """

    store: LineStore
    cutoffs: Ints
    horizon_days: int
    market: Market | None = None
    found: dict[tuple[str, int], Longs] = field(default_factory=dict)
    passing: dict[tuple[str, tuple[Condition, ...]], Flags] = field(default_factory=dict)
    lines: Purchased | None = None
    leaves: Sequence[TableLeaf] = ()
    together: dict[TableLeaf, Array] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """(customers, K)."""
        return self.store.customers, self.cutoffs.size

    @cached_property
    def everything(self) -> Asked:
        """Every customer at every cutoff."""
        return Asked.everything(self.store.customers, self.cutoffs)

    def ago(self, length: Days) -> int:
        """A length of time in days, never negative: nothing reaches past the cutoff."""
        return max(0, min(length.resolve(self.horizon_days), LONGEST_WINDOW))

    def span(self, leaf: TableLeaf) -> tuple[int, int]:
        """The window of a leaf, `[T - start, T - stop)`, in days."""
        return self.ago(leaf.window.start), self.ago(leaf.window.stop)

    @property
    def bought(self) -> Purchased:
        """The purchased lines."""
        if self.lines is None:
            self.lines = purchased(self.store)
        return self.lines

    def events(self, table: str) -> TableEvents:
        """The events called `table`."""
        return self.bought.events if table == "purchases" else self.store.tables[table]

    def rows(self, leaf: TableLeaf) -> tuple[Longs, Longs]:
        """The rows `[low, high)` of each customer that lie in the window, both (customers, K)."""
        return self._boundary(leaf.table, leaf.window.start), self._boundary(leaf.table, leaf.window.stop)

    def chosen(self, leaf: TableLeaf) -> Flags:
        """Which events pass the conditions, (n,)."""
        key = leaf.table, leaf.conditions
        if key not in self.passing:
            self.passing[key] = passing(self.events(leaf.table), leaf.conditions)
        return self.passing[key]

    def _boundary(self, table: str, length: Days) -> Longs:
        key = table, self.ago(length)
        if key not in self.found:
            events, out = self.events(table), np.empty(self.shape, dtype=np.int64)
            asked = self.everything
            kernels.boundaries(events.offsets, events.day, asked.starts, asked.cutoff, key[1], out.reshape(-1))
            self.found[key] = out
        return self.found[key]
