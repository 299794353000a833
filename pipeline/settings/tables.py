"""The settings of each history table: the order lines' written out, the others' made from their declaration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, FiniteFloat, create_model, model_validator

from features.history import OPTIONAL_TABLES
from features.table_declaration import Column, Table
from pipeline.settings.filters import ColumnName, Section
from pipeline.settings.history import EveryTable, Key, NotProducts, Number, Returns, TableSettings, read_from

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Columns(Section):
    """History column = the user's column. What the supplier does not have is left out."""

    customer_id: Key
    ordered_on: ColumnName
    order_id: Key | None = None
    product_id: Key | None = None
    quantity: Number | None = None
    net_amount: Number | None = None
    category: Key | None = None
    list_amount: Number | None = None
    unit_cost: Number | None = None
    channel: Key | None = None
    product_name: Key | None = None
    is_return: ColumnName | None = None
    known_on: ColumnName | None = None
    currency: ColumnName | None = None


class OrderLines(TableSettings):
    """The order lines: where they lie and how they are mapped."""

    columns: Columns
    uppercase: list[Literal["customer_id", "order_id", "product_id", "category", "channel"]]
    fill_down: list[ColumnName]
    not_products: NotProducts
    returns: Returns

    @model_validator(mode="after")
    def _can_fill(self) -> Self:
        """Refuse to fill what makes an order, or an amount: that of an order, on each line, counts several times."""
        mapped = self.columns
        amounts = (mapped.quantity, mapped.net_amount, mapped.list_amount, mapped.unit_cost)
        counted = {part for each in amounts if each is not None for part in read_from(each)}
        keys = read_from(mapped.order_id) if mapped.order_id else []
        if self.fill_down and not keys:
            raise ValueError("`fill_down` needs the column order_id: within what else would it fill")
        wrong = [name for name in self.fill_down if name in counted or name in keys]
        if wrong:
            raise ValueError(f"`fill_down` may not name {wrong[0]!r}, of which amounts or orders are made")
        return self

    @model_validator(mode="after")
    def _can_cancel(self) -> Self:
        """Refuse what would cancel nothing: returns that are gone before, or amounts that nobody knows."""
        if self.returns.same_day == "cancel" and (self.returns.how == "remove" or self.columns.net_amount is None):
            raise ValueError('`returns.same_day = "cancel"` needs the column net_amount and `returns.how = "flag"`')
        return self


MADE_OF: dict[str, Any] = {
    "key": Key, "text": Key, "date": ColumnName, "number": Number, "money": Number, "flag": ColumnName
}  # fmt: skip
"""What a column of a kind is made of: the name of the user's column, several of them, or a product."""

VALUES: dict[str, Any] = {
    "date": date, "number": FiniteFloat, "money": FiniteFloat, "flag": bool
}  # fmt: skip
"""What the user's words for a value of a kind may stand for; keys and texts are what they are."""


def settings_of(table: Table) -> type[TableSettings]:
    """The settings of an optional table, as its declaration has them: a section whose unknown keys are refused."""
    worded = [column for column in table.columns if column.choices or column.kind in VALUES]
    fields: dict[str, Any] = {
        "columns": (_columns(table), ...),
        "uppercase": (_list_of([c.name for c in table.columns if c.kind in ("key", "text")]), ...),
    }
    words: dict[str, Any] = {column.name: (_words_for(column), {}) for column in worded}
    values = create_model(f"{table.name}.values", __base__=Section, **words)
    fields["values"] = (values, Field(default_factory=values))
    if table.periods:
        fields["static"] = (_list_of(table.attributes), [])
    return create_model(table.name, __base__=TableSettings, __doc__=f"The table {table.name}: {table.grain}.", **fields)


def _columns(table: Table) -> type[Section]:
    fields: dict[str, Any] = {column.name: _mapped(column) for column in table.columns}
    if any(column.kind == "money" for column in table.columns):
        fields["currency"] = (ColumnName | None, None)
    return create_model(f"{table.name}.columns", __base__=Section, **fields)


def _mapped(column: Column) -> tuple[Any, Any]:
    made_of = ColumnName if column.choices else MADE_OF[column.kind]
    return (made_of, ...) if column.required else (made_of | None, None)


def _list_of(names: Sequence[str]) -> Any:
    return list[Literal[tuple(names)]]  # type: ignore[misc]


def _words_for(column: Column) -> Any:
    """The user's words for the values of a column; of a column without choices the empty text means nothing."""
    stands_for: Any = Literal[column.choices] if column.choices else VALUES[column.kind] | Literal[""]
    return dict[str, stands_for]


CUSTOMER_IDS = "customer_ids"
"""The list of old and new ids of customers: laid out and read as a table, and no part of the history."""
ID_COLUMNS: Any = create_model("customer_ids.columns", __base__=Section, **{"from": (Key, ...), "to": (Key, ...)})  # type: ignore[call-overload]


class CustomerIds(TableSettings):
    """Ids that customers had before and the ids they have had since: where they lie and how they are mapped."""

    columns: ID_COLUMNS
    uppercase: list[Literal["customer_id"]]


TABLES_BESIDE: dict[str, Any] = {table.name: (settings_of(table) | None, None) for table in OPTIONAL_TABLES}
DECLARED = create_model("DeclaredTables", __base__=Section, every_table=(EveryTable, ...), **TABLES_BESIDE)


class HistorySettings(DECLARED):
    """What holds for every history table, and the tables there are; the fields of the optional ones are declared."""

    time_zone: str
    currency: str
    max_quarantined_share: float = Field(ge=0, le=1)
    earliest_day: date
    last_day: date | Literal["today"]
    memory_limit_gb: float = Field(ge=0)
    order_lines: OrderLines
    customer_ids: CustomerIds | None = None

    def table(self, name: str) -> TableSettings | None:
        """The settings of a table, None where the supplier does not have it."""
        found: TableSettings | None = getattr(self, name)
        return found
