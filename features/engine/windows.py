"""One pass over a history: where the windows before each cutoff begin and end, found once for every primitive."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from features.engine import kernels
from features.engine.events import EventTables
from features.engine.expression import Days, Window
from features.engine.store import Ints, Longs

LONGEST_WINDOW = 100_000
"""Look-backs are cut to this many days before they meet 32-bit day numbers."""


@dataclass
class Pass:
    """One pass over the customers of `tables` at ascending `cutoffs` (K,), with the boundaries found so far.

    `chosen` (customers, K) says which values are asked for; None: all. What costs little is computed for all.
    """

    tables: EventTables
    cutoffs: Ints
    horizon_days: int
    chosen: npt.NDArray[np.bool_] | None = None
    found: dict[tuple[str, int], Ints] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """(customers, K)."""
        return self.tables.store.customers, self.cutoffs.size

    @property
    def wanted(self) -> npt.NDArray[np.bool_]:
        """(customers, K): which values are asked for."""
        if self.chosen is None:
            self.chosen = np.ones(self.shape, dtype=bool)
        return self.chosen

    def ago(self, length: Days) -> int:
        """A length of time in days, at most `LONGEST_WINDOW` and never negative: nothing reaches past the cutoff."""
        return max(0, min(length.resolve(self.horizon_days), LONGEST_WINDOW))

    def boundary(self, table: str, ago: int) -> Ints:
        """(customers, K): the first row of each customer with `day >= T - ago`."""
        if (table, ago) not in self.found:
            offsets, day = self._index(table)
            out = np.empty(self.shape, dtype=np.int32)
            kernels.boundaries(offsets, day, self.cutoffs, ago, out)
            self.found[table, ago] = out
        return self.found[table, ago]

    def _index(self, table: str) -> tuple[Longs, Ints]:
        if table == "lines":
            return self.tables.store.offsets, self.tables.store.day
        events = self.tables.by_name[table]
        return events.offsets, events.day

    def rows(self, table: str, window: Window) -> tuple[Ints, Ints]:
        """The rows `[low, high)` of each customer that lie in the window, both (customers, K)."""
        return self.boundary(table, self.ago(window.start)), self.boundary(table, self.ago(window.stop))

    def boundary_map(self, windows: list[Window], days: int, day_zero: int) -> tuple[Ints, Ints]:
        """`enters` and `leaves` (days, windows): the first cutoff that sees a day, and the first past it."""
        day = np.arange(day_zero, day_zero + days)
        enters = [np.searchsorted(self.cutoffs - self.ago(w.stop), day, side="right") for w in windows]
        leaves = [np.searchsorted(self.cutoffs - self.ago(w.start), day, side="right") for w in windows]
        return np.stack(enters, axis=1).astype(np.int32), np.stack(leaves, axis=1).astype(np.int32)
