"""Whether the supplier has what a leaf over tables or purchased lines reads: without it, the leaf is all NaN."""

from __future__ import annotations

from features.engine.market import Purchased, purchased
from features.engine.store import LineStore
from features.engine.table_leaf import TableLeaf
from features.engine.tables import ENDED


def is_table_leaf_available(store: LineStore, leaf: TableLeaf, lines: Purchased | None = None) -> bool:
    """Whether the supplier has every column the leaf reads; `lines` are the purchased ones, if they are at hand."""
    others = {"stock": ("starts", "ends"), "longest_left": ("ends",), "held_alone": leaf.option.split()[:1]}
    if leaf.primitive == "after_late" and not _has_late_deliveries(store):
        return False
    if leaf.table == "purchases":
        bought = purchased(store.slice(0, 0)) if lines is None else lines
        return bought.events.has(leaf.column) and _has_amounts_it_reads(store, leaf)
    events = store.tables.get(leaf.table)
    read = (leaf.column, *(condition.column for condition in leaf.conditions), *others.get(leaf.primitive, ()))
    if events is None or (leaf.primitive == "standing" and not (events.has(ENDED) or events.has("ends"))):
        return False
    return all(map(events.has, read))


def _has_amounts_it_reads(store: LineStore, leaf: TableLeaf) -> bool:
    """Whether lines have the amounts and quantities that a primitive over purchases reads beside the leaf's column."""
    reads_amount = leaf.primitive in {"rare_spend", "price_index", "steady_spend", "staple_spend", "price_changes"}
    reads_pieces = leaf.primitive in {"price_index", "price_changes"}
    return (store.cents is not None or not reads_amount) and (store.thousandths is not None or not reads_pieces)


def _has_late_deliveries(store: LineStore) -> bool:
    return "deliveries" in store.tables and store.tables["deliveries"].has("late")
