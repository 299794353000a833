"""What a feature is made of, in the user's words: the tables and columns that have to be given for it."""

from __future__ import annotations

import re

from features.engine.declaration import Feature
from features.engine.expression import Leaf
from features.engine.table_leaf import TableLeaf
from features.history import ORDER_LINES, TABLES

AMOUNT, LISTED, COST = ("net_amount",), ("net_amount", "list_amount"), ("net_amount", "quantity", "unit_cost")
OF_LINES = {
    "product": ("product_id",),
    "category": ("category",),
    "spend": AMOUNT,
    "amount": AMOUNT,
    "quantity": ("quantity",),
    "listed": LISTED,
    "list_amount": LISTED,
    "discount": LISTED,
    "cost": COST,
    "costed": COST,
    "integrated": ("channel",),
    "channelled": ("channel",),
}
"""Columns of order lines that a column of order days, returns, lines or purchases is made of."""
WITH_AMOUNTS = {
    "size",
    "concentration",
    "first_time_spend",
    "rare_spend",
    "price_index",
    "price_changes",
    "floor_days",
    "steady_spend",
    "staple_spend",
}
OF_EVENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "contracts": {"committed": ("committed_amount",), "ended": ("cancelled_on",), "renewal": ("renewal_of",)},
    "renewals": {"": ("renewal_of",), "wider": ("committed_amount",)},
    "cancellations": {"": ("cancelled_on",)},
    "resolutions": {"": ("resolved_on",)},
    "interactions": {"ended": ("resolved_on",)},
    "investments": {"ends": ("life_months",)},
    "deliveries": {
        "late": ("delivered_on",),
        "ended": ("delivered_on",),
        "in_time_in_full": ("delivered_on", "quantity_ordered", "quantity_delivered"),
    },
    "arrivals": {
        "": ("delivered_on",),
        "ordered": ("quantity_ordered",),
        "delivered": ("quantity_delivered",),
        "defective": ("quantity_defective",),
    },
    "treatments": {"holdout": ()},  # without a word on it, the action was taken
    "decisions": {"to_price": ("lost_to",), "gap": ("price_gap",)},
}
"""By kind of event, what its columns are made of where the history calls it otherwise; "" for the events themselves."""
READ_BESIDE = {"stock": ("starts", "ends"), "longest_left": ("ends",)}


def needs(feature: Feature) -> tuple[str, ...]:
    """What has to be given beside the required columns: "contracts", "order_lines.product_id"; sorted.

    A table is named alone where its required columns are enough.
    """
    found = {need for leaf in feature.inputs for need in needs_of(leaf)}
    with_columns = {need.partition(".")[0] for need in found if "." in need}
    return tuple(sorted(need for need in found if need not in with_columns)) or (ORDER_LINES.name,)


def needs_of(leaf: Leaf) -> set[str]:
    """The same of one leaf; empty where required columns of the order lines are enough."""
    if not isinstance(leaf, TableLeaf) or leaf.source == ORDER_LINES.name:
        return _of_lines(leaf)
    columns = {leaf.column, *(condition.column for condition in leaf.conditions), *READ_BESIDE.get(leaf.primitive, ())}
    if leaf.primitive == "standing" and leaf.table not in ("contracts", "investments"):
        columns.add("ended")
    made_of, optional = OF_EVENTS.get(leaf.table, {}), _optional(leaf)
    read = {part for column in columns for part in made_of.get(column, (column,))} | {*made_of.get("", ())}
    return {leaf.source} | {f"{leaf.source}.{column}" for column in read & optional}


def _of_lines(leaf: Leaf) -> set[str]:
    read = {*OF_LINES.get(leaf.column, ())}
    read |= {*AMOUNT} if leaf.primitive in WITH_AMOUNTS else set()
    read |= {"quantity"} if leaf.primitive in ("price_index", "price_changes") else set()
    beside = {"deliveries", "deliveries.delivered_on"} if leaf.primitive == "after_late" else set()
    return beside | {f"{ORDER_LINES.name}.{column}" for column in read}


def _optional(leaf: TableLeaf) -> set[str]:
    return {column.name for column in TABLES[leaf.source].columns if not column.required}


def asks_for_horizon(feature: Feature) -> bool:
    """Whether the value depends on the horizon of the model it is computed for."""
    return bool(re.search(r"horizon|[+-]\d+h", str(feature.expression)))
