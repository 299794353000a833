"""Leaves that follow keys through time to numbers: products and categories, counted, first met and concentrated on.

As in `primitives.py`, each is a function `(Pass, leaves) -> {leaf: (n,) array}`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_keys
from features.engine.days import Window
from features.engine.events import EventTables
from features.engine.expression import Leaf
from features.engine.store import Ints
from features.engine.windows import Array, Pass, Primitive


def _followed(work: Pass, leaves: list[Leaf]) -> tuple[list[Window], Ints, Ints, int, Ints, int]:
    """What the kernels that follow keys through time need: windows, boundary map, day zero, keys, number of keys."""
    store = work.tables.store
    windows = sorted({leaf.window for leaf in leaves}, key=str)
    day_zero = int(store.day.min()) if store.day.size else 0
    days = int(store.day.max()) - day_zero + 1 if store.day.size else 1
    enters, left = work.boundary_map(windows, days, day_zero)
    keys: Ints = getattr(store, leaves[0].column)
    return windows, enters, left, day_zero, keys, int(keys.max()) + 1 if keys.size else 1


def _naming(work: Pass, leaf: Leaf) -> npt.NDArray[np.bool_]:
    """The purchased lines (n,) that name one of the column of a leaf: others are no product, or of no category."""
    return work.tables.store.naming(leaf.column, work.tables.purchased)


def _distinct(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    windows, enters, left, day_zero, keys, size = _followed(work, leaves)
    store, asked, out = work.tables.store, work.asked, np.empty((len(windows), work.asked.rows))
    memory, steps = np.zeros((2, size), dtype=np.int32), np.zeros((len(windows), asked.cutoffs + 1), dtype=np.int64)
    lines = (store.offsets, store.day, keys, _naming(work, leaves[0]), day_zero, enters, left)
    kernels_of_keys.distinct(*lines, *memory, asked.starts, asked.number, steps, out)
    return {leaf: out[windows.index(leaf.window)] for leaf in leaves}


FIRST_TIME_OUTPUT = {"first_time": 0, "first_time_repeated": 1, "first_time_spend": 2}


def _first_times(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    windows, enters, left, day_zero, keys, size = _followed(work, leaves)
    store, asked, out = work.tables.store, work.asked, np.empty((3, len(windows), work.asked.rows))
    value = np.zeros(store.day.size, dtype=np.int64) if store.cents is None else store.cents
    lines = (store.offsets, store.day, keys, value, _naming(work, leaves[0]), day_zero, enters, left)
    steps = np.zeros((3, len(windows), asked.cutoffs + 1), dtype=np.int64)
    kernels_of_keys.first_times(*lines, np.zeros((3, size), dtype=np.int32), asked.starts, asked.number, steps, out)
    return {leaf: out[FIRST_TIME_OUTPUT[leaf.primitive], windows.index(leaf.window)] for leaf in leaves}


def _concentration(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    store, leaf = work.tables.store, leaves[0]
    keys: Ints = getattr(store, leaf.column)
    out = np.empty((len(kernels_of_keys.CONCENTRATIONS), work.asked.rows))
    places = np.zeros((2, int(keys.max()) + 1 if keys.size else 1), dtype=np.int32)
    totals = np.empty(int(np.diff(store.offsets).max(initial=1)), dtype=np.int64)
    rows = (work.asked.starts, *work.rows("lines", leaf.window))
    kernels_of_keys.concentration(store.offsets, keys, store.cents, _naming(work, leaf), *rows, places, totals, out)
    return {leaf: out[kernels_of_keys.CONCENTRATIONS[leaf.option]] for leaf in leaves}


def _by_column_and_window(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, leaf.primitive, f"{leaf.column}{leaf.window}"


def _by_key(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, "distinct" if leaf.primitive == "distinct" else "first_times", leaf.column


def _has_key(tables: EventTables, leaf: Leaf) -> bool:
    needs_money = leaf.primitive in {"first_time_spend", "concentration"}
    return getattr(tables.store, leaf.column) is not None and (not needs_money or tables.store.cents is not None)


PRIMITIVES_OF_KEYS: dict[str, Primitive] = {
    "distinct": Primitive(_distinct, _by_key, _has_key),
    "first_time": Primitive(_first_times, _by_key, _has_key),
    "first_time_repeated": Primitive(_first_times, _by_key, _has_key),
    "first_time_spend": Primitive(_first_times, _by_key, _has_key),
    "concentration": Primitive(_concentration, _by_column_and_window, _has_key),
}
