"""Which columns there are to ask a leaf over order lines for. One that no table has would be null for everybody."""

from __future__ import annotations

from features.engine.expression import Leaf
from features.engine.table_leaf import TableLeaf, mistake_in

SUMS = {"order_days": "days orders lines spend quantity", "returns": "days orders lines amount quantity"}
STATISTICS = "mean deviation median ninth_decile largest longest last"
COLUMNS = {
    "gap": STATISTICS,
    "size": f"{STATISTICS} floor",
    "age": "first last",
    "season": "sine cosine",
} | dict.fromkeys(
    ("distinct", "first_time", "first_time_repeated", "first_time_spend", "concentration"), "product category"
)
"""What may be asked of each primitive; sums depend on the table. A column no table has would be null for everybody."""


def column_mistake(leaf: Leaf) -> str:
    """What is wrong with the column that a leaf asks for; empty where the table has it."""
    if isinstance(leaf, TableLeaf):
        return mistake_in(leaf)
    there_are = SUMS.get(leaf.table, "") if leaf.primitive in {"total", "decayed"} else COLUMNS.get(leaf.primitive)
    if there_are is None or leaf.column in there_are.split():
        return ""
    return f"there is no {leaf.column!r}, only {there_are or 'nothing'}"
