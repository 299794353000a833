"""The history tables: columns, types, units, grain, and when a row happened and was known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Kind = Literal["key", "date", "number", "money", "text", "flag"]

ARROW_TYPE: dict[Kind, pa.DataType] = {
    "key": pa.dictionary(pa.int32(), pa.string()),
    "date": pa.date32(),
    "number": pa.float64(),
    "money": pa.int64(),
    "text": pa.dictionary(pa.int32(), pa.string()),
    "flag": pa.bool_(),
}
"""How each kind of column is held in memory. Money is whole cents, so sums and differences are exact."""


@dataclass(frozen=True)
class Column:
    """One column of a history table."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One history table: what a row is, its columns, when it happened and when it was known."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    happened: str
    known: str = "known_on"
    by_name: dict[str, Column] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns without which the table cannot be used."""
        return tuple(column for column in self.columns if column.required)


ORDER_LINES = Table(
    name="order_lines",
    grain="one product on one order",
    happened="ordered_on",
    columns=(
        Column("customer_id", "key", "who ordered", required=True),
        Column("order_id", "key", "the order the line belongs to", required=True),
        Column("ordered_on", "date", "the day the order was placed", "day", required=True),
        Column("product_id", "key", "what was ordered"),
        Column("quantity", "number", "how much; negative on a return", "pieces"),
        Column("net_amount", "money", "what the customer pays for the line; negative on a return", "cents"),
        Column("category", "text", "the group the product belongs to"),
        Column("list_amount", "money", "the line at list price, before discounts", "cents"),
        Column("unit_cost", "money", "what one piece costs the supplier", "cents"),
        Column("channel", "text", "how the order came in"),
        Column("is_return", "flag", "the line takes goods back"),
        Column("known_on", "date", "the day the supplier could have known the row", "day"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (ORDER_LINES,)}


@dataclass(frozen=True)
class History:
    """What a supplier knows of its customers: one Arrow table per history table.

    Every column has the type of `ARROW_TYPE`; columns the supplier does not have are absent, not null.
    """

    order_lines: pa.Table
    currency: str = ""

    def has(self, column: str) -> bool:
        """Whether the order lines carry `column`."""
        return column in self.order_lines.column_names
