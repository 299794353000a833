"""Copies of order lines in different buckets of customers: reading bucket by bucket would find none of them."""

from __future__ import annotations

import duckdb

from features.errors import UsageProblem
from pipeline.settings.history import read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import quoted, reading
from pipeline.sources.files import Source
from pipeline.sources.sql import present


def check_copies(
    database: duckdb.DuckDBPyConnection, source: Source, kept: str, same: str, settings: OrderLines
) -> None:
    """Refuse to read by buckets what would give another result than reading at once.

    Only where the columns that tell lines apart do not name the customer can a line be the copy of another customer's,
    or an older version of one, whatever becomes of copies; a line with a gap in them is a version of nothing.

    Args:
        database: with the table `buckets`.
        source: the order lines.
        kept: the FROM and WHERE of the rows that no rule leaves out.
        same: whether a row `src` is of the customer of a row `dealt` of the buckets.
        settings: of the order lines.

    Raises:
        UsageProblem: there is such a copy in another bucket.
    """
    key = settings.duplicate_key
    looked_for = settings.duplicates != "keep" or settings.newest_by
    if not looked_for or not key or {*read_from(settings.mapped["customer_id"])} <= {*key}:
        return
    columns = ", ".join(quoted(column) for column in key)
    rows = f"(SELECT * {kept}) AS src JOIN buckets AS dealt ON {same}"
    if settings.newest_by:
        rows += f" WHERE {' AND '.join(present(source, column) for column in key)}"
    apart = f"SELECT 1 FROM {rows} GROUP BY {columns} HAVING min(dealt.bucket) < max(dealt.bucket)"
    with reading(source.where, source.table.name, source.texts):
        ((several,),) = database.execute(f"SELECT count(*) FROM ({apart})").fetchall()
    if several:
        raise UsageProblem(
            "Lines of different customers are copies of each other, and by buckets of customers they would be kept.",
            where="setting history.order_lines.duplicate_key",
            got=f"{several:,} lines with copies of other customers, by {', '.join(key)} alone",
            expected="columns that the customer is among, where the order lines do not fit into the memory allowed",
            todo="add the customer's columns to duplicate_key if such lines are no copies; else raise "
            "history.memory_limit_gb or set it to 0",
        )
