"""What customers are called, by their place in a store: shown beside the number of the account, never learned from."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from features.history import History


def customer_names(history: History, customer_ids: Sequence[str]) -> list[str | None]:
    """What each customer was last called, None where no row of the table of customers says.

    Args:
        history: what was known before the date; the row that became valid last counts, and of several the first name in
            the alphabet, so that the order of rows does not matter.
        customer_ids: of the store, in its order.
    """
    table = history.optional.get("customers")
    if table is None or "name" not in table.column_names:
        return [None] * len(customer_ids)
    latest: dict[str, str] = {}
    for customer, name in _latest_last(table):
        latest[customer] = name
    return [latest.get(customer) for customer in customer_ids]


def _latest_last(table: pa.Table) -> list[tuple[str, str]]:
    """Customers and names, those that count most last."""
    texts = (table.column(name).cast(pa.string()).to_pylist() for name in ("customer_id", "name"))
    dated = "valid_from" in table.column_names
    days = table.column("valid_from").cast(pa.int32()).to_pylist() if dated else [None] * table.num_rows
    named = [(day or 0, *row) for day, *row in zip(days, *texts, strict=True) if row[1]]
    named.sort(key=lambda row: row[2], reverse=True)
    named.sort(key=lambda row: row[0])
    return [(customer, name) for _, customer, name in named]
