"""Leaves over the optional tables to numbers, beside `primitives.py`: `(TablePass, leaf) -> (customers, K) array`.

Rows enter once they are known, cutoff by cutoff, so that a late row needs no second pass. A leaf over a table or
column that the supplier lacks is all NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from features.engine import kernels, kernels_of_tables
from features.engine.asked import Asked
from features.engine.days import EVER, Days
from features.engine.everybody import READERS, Market, market_of
from features.engine.expression import Leaf
from features.engine.market import (
    Purchased,
    after_shocks,
    of_market,
    purchased,
    staple_spend,
    steady_spend,
)
from features.engine.passing import passing
from features.engine.price_changes import price_changes
from features.engine.store import LineStore
from features.engine.table_leaf import Condition, TableLeaf
from features.engine.tables import ENDED, Flags, Floats, Ints, Longs, TableEvents

Array = npt.NDArray[np.float64]
LONGEST_WINDOW = EVER.fixed
LARGEST_WHOLE = 2.0**53
"""Up to this, sums of whole numbers are exact."""


@dataclass
class TablePass:
    """The events of a store at ascending `cutoffs` (K,), with the boundaries and the passing rows found so far.

    `leaves` are all that are asked for; `together` holds those that were computed along with another one.
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


def available(store: LineStore, leaf: TableLeaf, lines: Purchased | None = None) -> bool:
    """Whether the supplier has every column the leaf reads; `lines` are the purchased ones, if they are at hand."""
    others = {"stock": ("starts", "ends"), "longest_left": ("ends",), "held_alone": leaf.option.split()[:1]}
    if leaf.primitive == "after_late" and not _late_known(store):
        return False
    if leaf.table == "purchases":
        bought = purchased(store.slice(0, 0)) if lines is None else lines
        return bought.events.has(leaf.column) and _comparable(store, leaf)
    events = store.tables.get(leaf.table)
    read = (leaf.column, *(condition.column for condition in leaf.conditions), *others.get(leaf.primitive, ()))
    if events is None or (leaf.primitive == "standing" and not (events.has(ENDED) or events.has("ends"))):
        return False
    return all(map(events.has, read))


def _comparable(store: LineStore, leaf: TableLeaf) -> bool:
    """Whether what else a primitive over purchases reads is there."""
    reads_amount = leaf.primitive in {"rare_spend", "price_index", "steady_spend", "staple_spend", "price_changes"}
    reads_pieces = leaf.primitive in {"price_index", "price_changes"}
    return (store.cents is not None or not reads_amount) and (store.thousandths is not None or not reads_pieces)


def _late_known(store: LineStore) -> bool:
    return "deliveries" in store.tables and store.tables["deliveries"].has("late")


def table_values(store: LineStore, cutoffs: Ints, wanted: set[TableLeaf], horizon_days: int) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff; NaN where the supplier lacks a column."""
    over_lines = [leaf for leaf in wanted if leaf.table == "purchases"]
    lines = purchased(store, _reached(over_lines, cutoffs, horizon_days)) if over_lines else None
    there = [leaf for leaf in _in_order(frozenset(wanted)) if available(store, leaf, lines)]
    market = _market(store, cutoffs, there, horizon_days)
    work = TablePass(store, cutoffs, horizon_days, market, lines=lines, leaves=there)
    found: dict[Leaf, Array] = {leaf: np.full(work.shape, np.nan) for leaf in wanted}
    return found | {leaf: PRIMITIVES[leaf.primitive](work, leaf) for leaf in there}


def _reached(leaves: list[TableLeaf], cutoffs: Ints, horizon_days: int) -> int | None:
    """The first day that any window of these leaves reaches, None where one may look further back than its window.

    At few cutoffs that is a part of the history: lines before it are not looked at again and again.
    """
    if any(leaf.primitive == "after_late" for leaf in leaves):
        return None
    return int(cutoffs[0]) - max(leaf.window.start.resolve(horizon_days) for leaf in leaves)


@lru_cache(maxsize=64)
def _in_order(leaves: frozenset[TableLeaf]) -> list[TableLeaf]:
    return sorted(leaves, key=str)


def _market(store: LineStore, cutoffs: Ints, leaves: list[TableLeaf], horizon_days: int) -> Market | None:
    """What everybody bought: as the store carries it for these cutoffs, else of the store's own customers."""
    if not any(leaf.primitive in READERS for leaf in leaves):
        return None
    if isinstance(store.market, Market) and np.array_equal(store.market.cutoffs, cutoffs):
        return store.market
    return market_of(store, cutoffs, leaves, horizon_days)


Primitive = Callable[[TablePass, TableLeaf], Array]


def _reduced(kernel: Callable[..., None], arguments: Callable[[TableEvents, TableLeaf, TablePass], tuple]) -> Primitive:  # type: ignore[type-arg]
    """The primitive that runs `kernel` over the window's rows with these arguments behind the usual ones."""

    def compute(work: TablePass, leaf: TableLeaf) -> Array:
        events, out = work.events(leaf.table), np.empty(work.shape)
        usual = (*work.rows(leaf), events.known_on, work.cutoffs, work.chosen(leaf))
        kernel(*usual, *arguments(events, leaf, work), out)
        return out

    return compute


def _never(events: TableEvents) -> Floats:
    return np.full(events.day.size, np.nan)


def _age(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Ints, bool]:
    return events.day, leaf.option == "last"


def _codes(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Ints, Longs]:
    return events.codes[leaf.column], np.zeros(len(events.choices[leaf.column]) + 1, dtype=np.int64)


def _latest(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Floats, Floats, int]:
    codes = events.codes.get(leaf.column)
    value = events.numbers[leaf.column] if codes is None else np.where(codes < 0, np.nan, codes)
    return value, events.numbers.get(ENDED, _never(events)), work.ago(leaf.window.stop)


def _stock(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Floats, ...]:
    numbers = events.numbers
    return numbers[leaf.column], numbers["starts"], numbers["ends"], numbers.get(ENDED, _never(events))


def _standing(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Floats, Floats, Floats, bool]:
    numbers = events.numbers
    ends, ended = (numbers.get(name, _never(events)) for name in ("ends", ENDED))
    return numbers[leaf.column], ends, ended, leaf.primitive == "longest_left"


def _fading(events: TableEvents, leaf: TableLeaf, work: TablePass) -> tuple[Ints, Floats, float]:
    return events.day, events.numbers[leaf.column], float(leaf.option)


def _total(work: TablePass, leaf: TableLeaf) -> Array:
    events, out = work.events(leaf.table), np.empty(work.shape)
    running = _running(events, np.where(work.chosen(leaf), events.numbers[leaf.column], 0.0))
    if running is None:
        usual = (*work.rows(leaf), events.known_on, work.cutoffs, work.chosen(leaf))
        kernels_of_tables.totals(*usual, events.numbers[leaf.column], out)
    else:
        kernels.differences(running, *(rows.reshape(-1) for rows in work.rows(leaf)), out.reshape(-1))
    return out


def _running(events: TableEvents, value: Floats) -> Longs | None:
    """Running sums (n + 1,) of `value`, NaN left out, if they tell any window's sum to the last bit; None if not.

    They do where every row was known on its day and the values are whole numbers whose sums are.
    """
    if events.known is not None and not np.array_equal(events.known, events.day):
        return None
    there = np.where(np.isnan(value), 0.0, value)
    if not (np.abs(there).sum() < LARGEST_WHOLE and np.array_equal(there, np.rint(there))):
        return None
    return np.concatenate([[0], np.cumsum(there.astype(np.int64))])


def _by_code(work: TablePass, leaf: TableLeaf) -> Array:
    events = work.events(leaf.table)
    code, size = events.codes[leaf.column], len(events.choices[leaf.column]) + 1
    held = leaf.primitive == "held_alone"
    column, share = leaf.option.split() if held else ("rows", "0")
    value = events.numbers[column]
    other = events.numbers["ours"] if held else value
    usual = (*work.rows(leaf), events.known_on, work.cutoffs, work.chosen(leaf))
    scratch = np.zeros(size, dtype=np.int64), np.zeros((2, size)), np.zeros(size, dtype=np.int64)
    out = np.empty((2, *work.shape))
    kernels_of_tables.by_code(*usual, code, value, other, float(share), *scratch, out)
    return out[1 if held else 0]


def _of_market(work: TablePass, leaf: TableLeaf) -> Array:
    assert work.market is not None
    return of_market(work.market, leaf, work.bought, work.span(leaf))


def _steady_spend(work: TablePass, leaf: TableLeaf) -> Array:
    """Leaves that differ only in their column go through the lines together."""
    if leaf not in work.together:
        alike = [other for other in {leaf, *work.leaves} if replace(other, column=leaf.column) == leaf]
        columns, length = [other.column for other in alike], int(leaf.option)
        values = steady_spend(work.bought, columns, work.cutoffs, work.span(leaf), length)
        work.together.update(zip(alike, values, strict=True))
    return work.together[leaf]


def _staple_spend(work: TablePass, leaf: TableLeaf) -> Array:
    part, whole, fewest = map(int, leaf.option.removesuffix(" or more").split(" of "))
    return staple_spend(work.bought, leaf.column, work.rows(leaf), work.cutoffs, (part, whole, fewest))


def _after_late(work: TablePass, leaf: TableLeaf) -> Array:
    late = TableLeaf("deliveries", "total", "late", leaf.window, "", (Condition("late", "is", 1),))
    shocks, span = (work.events("deliveries"), work.chosen(late)), int(leaf.option)
    return after_shocks(*shocks, work.bought, work.rows(late), work.cutoffs, span)


PRIMITIVES: dict[str, Primitive] = {
    "total": _total,
    "age": _reduced(kernels_of_tables.ages, _age),
    "distinct": _reduced(kernels_of_tables.distinct_codes, _codes),
    "latest": _reduced(kernels_of_tables.latest, _latest),
    "stock": _reduced(kernels_of_tables.stocks, _stock),
    "standing": _reduced(kernels_of_tables.standing, _standing),
    "longest_left": _reduced(kernels_of_tables.standing, _standing),
    "fading": _reduced(kernels_of_tables.fading, _fading),
    "largest_share": _by_code,
    "held_alone": _by_code,
    "rare_spend": _of_market,
    "price_index": _of_market,
    "price_changes": lambda work, leaf: price_changes(work.bought, leaf.option, work.cutoffs, work.span(leaf)),
    "steady_spend": _steady_spend,
    "staple_spend": _staple_spend,
    "adopted": _of_market,
    "after_late": _after_late,
}
