"""One pass over a history: where the windows before each cutoff begin and end, found once for every primitive.

And what a primitive is: how leaves are grouped into passes, and computed in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from features.engine import kernels
from features.engine.asked import Asked
from features.engine.days import Days, Window
from features.engine.events import EventTables
from features.engine.expression import Leaf
from features.engine.store import Ints, Longs

Array = npt.NDArray[np.float64]
LONGEST_WINDOW = 100_000
"""Look-backs are cut to this many days before they meet 32-bit day numbers."""


@dataclass
class Pass:
    """One pass for the values `asked` for, at ascending `cutoffs` (K,), with the boundaries found so far; (n,) each.

    `given` are arrays (n,) that values may be written into at once, by leaf.
    """

    tables: EventTables
    cutoffs: Ints
    horizon_days: int
    asked: Asked
    given: Mapping[Leaf, Array] = field(default_factory=dict)
    found: dict[tuple[str, int], Ints] = field(default_factory=dict)

    def room(self, leaf: Leaf) -> Array:
        """Memory (n,) for the values of a leaf."""
        return self.given[leaf] if leaf in self.given else np.empty(self.asked.rows)

    def ago(self, length: Days) -> int:
        """A length of time in days, at most `LONGEST_WINDOW` and never negative: nothing reaches past the cutoff."""
        return max(0, min(length.resolve(self.horizon_days), LONGEST_WINDOW))

    def boundary(self, table: str, ago: int) -> Ints:
        """(n,): the first row of the customer with `day >= T - ago`."""
        if (table, ago) not in self.found:
            offsets, day = self._index(table)
            out = np.empty(self.asked.rows, dtype=np.int32)
            kernels.boundaries(offsets, day, self.asked.starts, self.asked.cutoff, ago, out)
            self.found[table, ago] = out
        return self.found[table, ago]

    def _index(self, table: str) -> tuple[Longs, Ints]:
        if table == "lines":
            return self.tables.store.offsets, self.tables.store.day
        events = self.tables.by_name[table]
        return events.offsets, events.day

    def rows(self, table: str, window: Window) -> tuple[Ints, Ints]:
        """The rows `[low, high)` of the customer that lie in the window, both (n,)."""
        return self.boundary(table, self.ago(window.start)), self.boundary(table, self.ago(window.stop))

    def boundary_map(self, windows: list[Window], days: int, day_zero: int) -> tuple[Ints, Ints]:
        """`enters` and `leaves` (days, windows): the first cutoff that sees a day, and the first past it."""
        day = np.arange(day_zero, day_zero + days)
        enters = [np.searchsorted(self.cutoffs - self.ago(w.stop), day, side="right") for w in windows]
        leaves = [np.searchsorted(self.cutoffs - self.ago(w.start), day, side="right") for w in windows]
        return np.stack(enters, axis=1).astype(np.int32), np.stack(leaves, axis=1).astype(np.int32)


@dataclass(frozen=True)
class Primitive:
    """How the leaves of one kind are grouped into passes, whether the data allow them, and how they are computed."""

    compute: Callable[[Pass, list[Leaf]], dict[Leaf, Array]]
    group: Callable[[Leaf], tuple[str, str, str]]
    available: Callable[[EventTables, Leaf], bool]
