"""Leaves over the optional tables to numbers, beside `primitives.py`: `(TablePass, leaf) -> (customers, K) array`.

Rows enter once they are known, cutoff by cutoff, so that a late row needs no second pass. A leaf over a table or
column that the supplier lacks is all NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from features.engine import kernels, kernels_of_tables
from features.engine.everybody import READERS, Market, market_of
from features.engine.expression import Leaf
from features.engine.market import purchased
from features.engine.primitives_of_purchases import PRIMITIVES_OF_PURCHASES, Primitive
from features.engine.store import LineStore
from features.engine.table_availability import is_table_leaf_available
from features.engine.table_leaf import TableLeaf
from features.engine.table_pass import Array, TablePass
from features.engine.tables import ENDED, Floats, Ints, Longs, TableEvents

LARGEST_WHOLE = 2.0**53
"""Up to this, sums of whole numbers are exact."""


def table_values(store: LineStore, cutoffs: Ints, wanted: set[TableLeaf], horizon_days: int) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff; NaN where the supplier lacks a column."""
    over_lines = [leaf for leaf in wanted if leaf.table == "purchases"]
    lines = purchased(store, _first_day_reached(over_lines, cutoffs, horizon_days)) if over_lines else None
    there = [leaf for leaf in _in_order(frozenset(wanted)) if is_table_leaf_available(store, leaf, lines)]
    market = _market(store, cutoffs, there, horizon_days)
    work = TablePass(store, cutoffs, horizon_days, market, lines=lines, leaves=there)
    found: dict[Leaf, Array] = {leaf: np.full(work.shape, np.nan) for leaf in wanted}
    return found | {leaf: PRIMITIVES[leaf.primitive](work, leaf) for leaf in there}


def _first_day_reached(leaves: list[TableLeaf], cutoffs: Ints, horizon_days: int) -> int | None:
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
    **PRIMITIVES_OF_PURCHASES,
}
