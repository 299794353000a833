"""The tables beside the order lines, as rows that outcomes are seen in: of a history, and as known by a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.line_columns import coded
from features.engine.store import LineStore
from features.history import DELIVERIES, TABLES, WALLET, History
from features.table_declaration import Table
from models.event_rows import LINES, PRICED, Array, Rows, month_over

LEARNED_LATER = ("cancelled_on", "delivered_on", "decided_on")
"""Columns that hold the day something happened to a row afterwards: known from that day on."""
ORDER = ["customer_id", "order_id"]


def outcome_tables(history: History, store: LineStore) -> dict[str, Rows]:
    """The rows of every optional table with days, by name; and the order lines where their prices matter.

    Args:
        history: the tables; deliveries get the day their order was placed from the order lines.
        store: the order lines of the same history; customers are meant by their position in it.
    """
    tables = dict(history.optional)
    if DELIVERIES.name in tables:
        tables[DELIVERIES.name] = _with_order_day(tables[DELIVERIES.name], history.order_lines)
    found = {
        name: rows_of_table(table, TABLES[name], store.customer_ids)
        for name, table in tables.items()
        if TABLES[name].happened in table.column_names  # what is declared to hold for ever never happens
    }
    if history.has("list_amount") or DELIVERIES.name in tables:
        found[PRICED] = _lines(history, store)
    return found


def known_before(tables: Mapping[str, Rows], day: int) -> dict[str, Rows]:
    """What was known before `day` (days since 1970-01-01): no row, and no later news of a row, from that day on."""
    return {name: _known_before(rows, day) for name, rows in tables.items()}


def _known_before(rows: Rows, day: int) -> Rows:
    columns = dict(rows.columns)
    for name in LEARNED_LATER:
        if name in columns:
            columns[name] = np.where(rows.numbers(name) < day, rows.numbers(name), np.nan)
    if "outcome" in columns:
        columns["outcome"] = np.where(rows.numbers("decided_on") >= day, "open", rows.texts("outcome"))
    return replace(rows, columns=columns).take(rows.known < day)


def rows_of_table(table: pa.Table, declared: Table, customer_ids: npt.NDArray[np.object_]) -> Rows:
    """The rows of a history table that belong to the customers of a store, in the order they came in.

    Args:
        table: with the column types of `features.table_declaration.ARROW_TYPE`.
        declared: what the table is; a row is known on its `known` column, else on the day it happened, and a month of
            the wallet not before it is over.
        customer_ids: (C,) ascending texts; rows of other customers are left out.
    """
    position = pc.index_in(table.column("customer_id").cast(pa.string()), pa.array(customer_ids, pa.string()))
    ours = table.filter(pc.is_valid(position))
    columns = {name: _plain(ours.column(name)) for name in ours.column_names if name != "customer_id"}
    happened = np.asarray(columns[declared.happened], dtype=np.float64)
    known = np.fmax(happened, np.asarray(columns.get(declared.known, happened), dtype=np.float64))
    if declared is WALLET:
        known = np.fmax(known, month_over(happened.astype(np.int64)))
    customer = pc.drop_null(position).to_numpy().astype(np.int64)
    return Rows(customer, happened.astype(np.int64), known.astype(np.int64), columns)


def _lines(history: History, store: LineStore) -> Rows:
    """Purchased order lines with their list price; amounts in cents, quantities in thousandths."""
    rows = rows_of_table(history.order_lines, TABLES[LINES], store.customer_ids)
    net, pieces = rows.numbers("net_amount"), rows.numbers("quantity")
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for name, column in (("product", "product_id"), ("category", "category")):
        found = coded(history.order_lines, column)
        columns |= {} if found is None else {name: _named(*found)}
    columns |= {"cents": net, "thousandths": pieces * 1000, "list_cents": rows.numbers("list_amount")}
    back = (rows.numbers("is_return") == 1) | (net < 0) | (pieces < 0)
    paid = net > 0 if history.has("net_amount") else ~back
    return Rows(rows.customer, rows.happened, rows.known, columns).take(~back & paid)


def _named(codes: npt.NDArray[np.int32], texts: npt.NDArray[np.object_]) -> npt.NDArray[np.int32]:
    """The codes (n,), -1 where they stand for nothing."""
    return np.where(np.array([text is None for text in texts], dtype=bool)[codes], np.int32(-1), codes)


def _with_order_day(deliveries: pa.Table, lines: pa.Table) -> pa.Table:
    """Deliveries with `ordered_on`, the first day of their order; null where the order is not among the lines."""
    plain = [_as_text(table) for table in (deliveries, lines.select([*ORDER, "ordered_on"]))]
    placed = plain[1].group_by(ORDER).aggregate([("ordered_on", "min")])
    placed = placed.rename_columns([name.removesuffix("_min") for name in placed.column_names])
    numbered = plain[0].append_column("position", pa.array(np.arange(len(deliveries))))
    joined = numbered.select([*ORDER, "position"]).join(placed, ORDER).sort_by("position")
    return deliveries.append_column("ordered_on", joined.column("ordered_on"))


def _as_text(table: pa.Table) -> pa.Table:
    """The table with its keys as plain text, which can be joined."""
    for name in ORDER:
        at = table.column_names.index(name)
        table = table.set_column(at, name, table.column(name).cast(pa.string()))
    return table


def _plain(column: pa.ChunkedArray) -> npt.NDArray[np.generic] | Array:
    """Days and numbers as float64 with NaN, flags as 0 and 1, texts as objects with None."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return np.asarray(column.cast(pa.string()).to_numpy(zero_copy_only=False), dtype=object)
    if pa.types.is_date(kind):
        column = column.cast(pa.int32())
    elif pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
