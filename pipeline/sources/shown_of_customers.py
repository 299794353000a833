"""What the table of customers says to people alone: what a customer is called, and who here looks after it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from features.history import CUSTOMERS, History


def latest_of(history: History, column: str, customer_ids: Sequence[str]) -> list[str | None]:
    """What a column that is only shown last said of each customer, None where no row says.

    Args:
        history: what was known before the date; the row that became valid last counts, and of several the first text in
            the alphabet, so that the order of rows does not matter.
        column: of `CUSTOMERS`.
        customer_ids: of the store, in its order.
    """
    table = history.optional.get(CUSTOMERS.name)
    if table is None or column not in table.column_names:
        return [None] * len(customer_ids)
    latest: dict[str, str] = {}
    for customer, text in _latest_last(table, column):
        latest[customer] = text
    return [latest.get(customer) for customer in customer_ids]


def _latest_last(table: pa.Table, column: str) -> list[tuple[str, str]]:
    """Customers and texts, those that count most last."""
    texts = (table.column(name).cast(pa.string()).to_pylist() for name in ("customer_id", column))
    dated = "valid_from" in table.column_names
    days = table.column("valid_from").cast(pa.int32()).to_pylist() if dated else [None] * table.num_rows
    said = [(day or 0, *row) for day, *row in zip(days, *texts, strict=True) if row[1]]
    said.sort(key=lambda row: row[2], reverse=True)
    said.sort(key=lambda row: row[0])
    return [(customer, text) for _, customer, text in said]
