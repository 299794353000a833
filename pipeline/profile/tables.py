"""What the tables beside the order lines hold, and what each of them is too thin for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.history import OPTIONAL_TABLES, TABLES, History
from pipeline.profile.values import said
from pipeline.sources.history import Reading

COVERS = ("customers", "deliveries", "wallet")
"""Tables that speak of every customer where they are complete; of the others, having no row is news too."""
FLOWS = ("interactions", "deliveries", "quotes", "wallet")
"""Tables whose rows keep coming as long as the supplier is at work."""
FEW_CUSTOMERS = 0.5
LATE_DAYS = 62
SHORT_DAYS = 365


@dataclass(frozen=True)
class TableProfile:
    """How much a table holds of the customers with order lines. `missing`: share of rows, None for absent columns.

    The days are those on which its rows happened, None where it has no dates; `customers_share` is the share of the
    customers with order lines that have a row. `says`: in words, the values of each column there is.
    """

    rows: int
    customers: int
    customers_share: float
    first_day: date | None
    last_day: date | None
    missing: dict[str, float | None]
    says: dict[str, str] = field(default_factory=dict)


def table_profiles(reading: Reading) -> dict[str, TableProfile]:
    """The profile of every table that is configured beside the order lines, by name, with or without rows."""
    lines = reading.history.order_lines
    known = lines.column("customer_id").combine_chunks().dictionary
    empty = {account.table: pa.table({}) for account in reading.beside}
    return {name: _profile(name, table, known) for name, table in (empty | dict(reading.history.optional)).items()}


def absent_tables(reading: Reading) -> list[str]:
    """The tables that are not configured."""
    given = {account.table for account in reading.beside}
    return [table.name for table in OPTIONAL_TABLES if table.name not in given]


def _profile(name: str, table: pa.Table, known: pa.Array) -> TableProfile:
    declared = TABLES[name]
    if not table.num_rows:
        return TableProfile(0, 0, 0.0, None, None, dict.fromkeys(declared.by_name))
    customers = table.column("customer_id").combine_chunks().dictionary
    covered = pc.sum(pc.is_in(customers, value_set=known)).as_py()
    there = declared.happened in table.column_names
    span = pc.min_max(table.column(declared.happened)).as_py() if there else {"min": None, "max": None}
    return TableProfile(
        rows=table.num_rows,
        customers=len(customers),
        customers_share=round(covered / len(known), 4),
        first_day=span["min"],
        last_day=span["max"],
        missing={
            column: round(table.column(column).null_count / table.num_rows, 4) if column in table.column_names else None
            for column in declared.by_name
        },
        says={
            column.name: said(table.column(column.name), column)
            for column in declared.columns
            if column.name in table.column_names and column.name != "customer_id"  # counted above
        },
    )


def table_warnings(history: History, profiles: dict[str, TableProfile]) -> Iterator[str]:
    """One sentence for everything that is thin in the tables beside the order lines."""
    days = pc.min_max(history.order_lines.column("ordered_on")).as_py()
    for name, found in profiles.items():
        if not found.rows:
            yield f"{name}: no row can be used; it counts as absent."
            continue
        if name in COVERS and found.customers_share < FEW_CUSTOMERS:
            share = f"{found.customers_share:.0%} of the customers with order lines"
            yield f"{name} covers {share}: for the others its features are null."
        yield from _dates(name, found, days["min"], days["max"])


def _dates(name: str, found: TableProfile, first: date, last: date) -> Iterator[str]:
    if found.first_day is None or found.last_day is None or name not in FLOWS:
        return
    behind, later = (last - found.last_day).days, (found.first_day - first).days
    if behind > LATE_DAYS:
        yield f"{name} ends on {found.last_day}, {behind} days before the order lines: what it says is old."
    if later > SHORT_DAYS:
        begins = f"{name} begins on {found.first_day}, {later} days after the order lines"
        yield f"{begins}: before that its features are null."


def as_records(profiles: dict[str, TableProfile]) -> dict[str, object]:
    """JSON-able."""
    return {name: asdict(found) for name, found in profiles.items()}
