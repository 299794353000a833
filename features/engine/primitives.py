"""Leaves to numbers: which compiled primitive serves which leaf, and how leaves share one pass.

A primitive is a function `(Pass, leaves) -> {leaf: (n,) array}`, one value for each row asked for. Leaves that differ
only in their window or statistic go through the history together. A leaf over a column the supplier lacks is all NaN.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from features.engine import kernels, kernels_of_periods, kernels_of_statistics
from features.engine.days import Days, Window, window
from features.engine.events import Events, EventTables
from features.engine.expression import WHOLE, Leaf
from features.engine.primitives_of_keys import PRIMITIVES_OF_KEYS
from features.engine.windows import LONGEST_WINDOW, Array, Pass, Primitive

__all__ = ["LONGEST_WINDOW", "PRIMITIVES", "Array", "Pass", "Primitive", "evaluate"]

DAYS_A_YEAR = 365.2425


def evaluate(work: Pass, leaves: Iterable[Leaf]) -> dict[Leaf, Array]:
    """The values (n,) of every leaf that the pass asks for; NaN where the supplier lacks the column."""
    values: dict[Leaf, Array] = {}
    for members in _groups(frozenset(leaves)):
        primitive = PRIMITIVES[members[0].primitive]
        there = [leaf for leaf in members if primitive.available(work.tables, leaf)]
        if there:
            values.update(primitive.compute(work, there))
        values.update({leaf: np.full(work.asked.rows, np.nan) for leaf in members if leaf not in values})
    return values


@lru_cache(maxsize=64)
def _groups(leaves: frozenset[Leaf]) -> tuple[list[Leaf], ...]:
    """The leaves that go through the history together."""
    groups: dict[tuple[str, str, str], list[Leaf]] = defaultdict(list)
    for leaf in sorted(leaves, key=str):
        groups[PRIMITIVES[leaf.primitive].group(leaf)].append(leaf)
    return tuple(groups.values())


def is_available(tables: EventTables, leaf: Leaf) -> bool:
    """Whether the supplier has the column that the leaf reads."""
    return PRIMITIVES[leaf.primitive].available(tables, leaf)


def _events(work: Pass, leaf: Leaf) -> Events:
    return work.tables.by_name[leaf.table]


def _total(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    result = {leaf: work.room(leaf) for leaf in leaves}
    for leaf, out in result.items():
        kernels.differences(_events(work, leaf).totals[leaf.column], *work.rows(leaf.table, leaf.window), out)
    return result


def _age(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    result = {leaf: work.room(leaf) for leaf in leaves}
    for leaf, out in result.items():
        rows, latest = work.rows(leaf.table, leaf.window), leaf.column == "last"
        kernels.ages(_events(work, leaf).day, *rows, work.asked.cutoff, latest, out)
    return result


RANKED = {"median", "ninth_decile", "largest", "longest", "floor", "at_floor"}
"""The statistics that need the values of a window in order."""


def _describe(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    leaf, gaps = leaves[0], DESCRIBED[leaves[0].primitive] == "gap"
    events, own = _events(work, leaf), [each for each in leaves if each.primitive == "own_periods"]
    values, within = (events.day, 0.0) if gaps else (events.values("spend"), _within(leaves))
    out = np.empty(
        (len(kernels_of_statistics.STATISTICS) + (len(kernels_of_statistics.FLOORS) if within else 0), work.asked.rows)
    )
    ranking = any(each.column in RANKED for each in leaves) or bool(own)
    kernels_of_statistics.describe(values, *work.rows(leaf.table, _described(leaf)), gaps, ranking, out, within)
    names = {
        **kernels_of_statistics.STATISTICS,
        **kernels_of_statistics.FLOORS,
        "longest": kernels_of_statistics.STATISTICS["largest"],
    }
    median = out[kernels_of_statistics.STATISTICS["median"]]
    found = {each: _own_periods(work, each, median) for each in own}
    return found | {each: out[names[each.column]] for each in leaves if each not in found}


DESCRIBED = {"gap": "gap", "own_periods": "gap", "size": "size", "floor_days": "size"}
"""Primitives that are told from the same statistics, gaps between events or the size of each."""


def _within(leaves: list[Leaf]) -> float:
    """How near values are that share a floor; 0 where nobody asks for one."""
    asked = {leaf.option for leaf in leaves} - {""}
    assert len(asked) <= 1, "floors of the same window are told by one measure"
    return float(*asked)


def _described(leaf: Leaf) -> Window:
    """The window of these statistics: of periods as long as the own gap, that of the gaps."""
    return window(int(leaf.option)) if leaf.primitive == "own_periods" else leaf.window


def _by_described(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, DESCRIBED[leaf.primitive], f"{_described(leaf)}"


def _own_periods(work: Pass, leaf: Leaf, gap: Array) -> Array:
    events, out, span = _events(work, leaf), work.room(leaf), work.ago(leaf.window.start)
    rows = (work.asked.starts, work.asked.cutoff, *work.rows(leaf.table, leaf.window))
    kernels_of_periods.own_periods(events.offsets, events.day, *rows, gap, span, out)
    return out


def _long_gaps(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    result = {leaf: work.room(leaf) for leaf in leaves}
    for leaf, out in result.items():
        horizon, _, later = leaf.option.partition("+")
        least = (work.horizon_days if horizon else 0) + int(later or 0)
        since_last, rows = leaf.column == "since_last", work.rows(leaf.table, leaf.window)
        kernels.count_long_gaps(_events(work, leaf).day, *rows, work.asked.cutoff, since_last, least, out)
    return result


def _decayed(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    result, asked = {leaf: work.room(leaf) for leaf in leaves}, work.asked
    for leaf, out in result.items():
        events, high = _events(work, leaf), work.rows(leaf.table, leaf.window)[1]
        oldest = int(work.cutoffs[-1] - events.day.min()) if events.day.size else 0
        weights, value = _weights(float(leaf.option), max(1, oldest + 1).bit_length()), events.values(leaf.column)
        kernels.decayed(events.offsets, events.day, value, asked.starts, asked.cutoff, high, weights, out)
    return result


@lru_cache(maxsize=64)
def _weights(half_life: float, bits: int) -> Array:
    """What an event counts for at an age of 0, 1, 2 ... days, up to 2 ** bits."""
    return np.asarray(0.5 ** (np.arange(1 << bits) / half_life))


def _periods(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    leaf, (length, whole) = leaves[0], _period(leaves[0].option)
    start, stop = work.ago(leaf.window.start), work.ago(leaf.window.stop)
    number = (start - stop) // length if whole else -(-(start - stop) // length)
    reach = Window(Days(min(start, stop + number * length)), leaf.window.stop)
    events, out = _events(work, leaf), np.empty((2, work.asked.rows))
    rows = (work.asked.starts, work.asked.cutoff, *work.rows(leaf.table, reach))
    kernels_of_periods.periods(events.offsets, events.day, *rows, stop, length, number, out)
    return {leaf: out[1 if leaf.primitive == "empty_run" else 0] for leaf in leaves}


def _period(option: str) -> tuple[int, bool]:
    """The length of periods in days, and whether one that the window cuts short is left out."""
    length, _, whole = option.partition(" ")
    return int(length), whole == WHOLE


def _season(work: Pass, leaves: list[Leaf]) -> dict[Leaf, Array]:
    angle = 2 * np.pi * (work.cutoffs % DAYS_A_YEAR) / DAYS_A_YEAR  # day numbers count from a 1 January
    part = {"sine": np.sin, "cosine": np.cos}
    return {leaf: part[leaf.column](angle)[work.asked.number] for leaf in leaves}


def _by_table(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, leaf.primitive, ""


def _by_period(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, "periods", f"{leaf.window}{leaf.option}"


def _has_total(tables: EventTables, leaf: Leaf) -> bool:
    return leaf.column in tables.by_name[leaf.table].totals


def _has_amounts(tables: EventTables, leaf: Leaf) -> bool:
    return tables.store.cents is not None


def _always(tables: EventTables, leaf: Leaf) -> bool:
    return True


def _by_total(leaf: Leaf) -> tuple[str, str, str]:
    return leaf.table, leaf.primitive, leaf.column


PRIMITIVES: dict[str, Primitive] = {
    "season": Primitive(_season, _by_total, _always),
    "total": Primitive(_total, _by_total, _has_total),
    "age": Primitive(_age, _by_table, _always),
    "gap": Primitive(_describe, _by_described, _always),
    "own_periods": Primitive(_describe, _by_described, _always),
    "size": Primitive(_describe, _by_described, _has_amounts),
    "floor_days": Primitive(_describe, _by_described, _has_amounts),
    "long_gaps": Primitive(_long_gaps, _by_table, _always),
    "decayed": Primitive(_decayed, _by_total, _has_total),
    "periods": Primitive(_periods, _by_period, _always),
    "empty_run": Primitive(_periods, _by_period, _always),
    **PRIMITIVES_OF_KEYS,
}
