"""Leaves over the purchased lines to numbers: what everybody bought, prices, steady and staple goods.

As in `primitives_of_tables.py`, each is a function `(TablePass, leaf) -> (customers, K) array`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from features.engine.market import after_shocks, of_market, staple_spend, steady_spend
from features.engine.price_changes import price_changes
from features.engine.table_leaf import Condition, TableLeaf
from features.engine.table_pass import Array, TablePass

Primitive = Callable[[TablePass, TableLeaf], Array]


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


PRIMITIVES_OF_PURCHASES: dict[str, Primitive] = {
    "rare_spend": _of_market,
    "price_index": _of_market,
    "price_changes": lambda work, leaf: price_changes(work.bought, leaf.option, work.cutoffs, work.span(leaf)),
    "steady_spend": _steady_spend,
    "staple_spend": _staple_spend,
    "adopted": _of_market,
    "after_late": _after_late,
}
