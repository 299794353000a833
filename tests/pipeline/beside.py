"""Tables beside the order lines for tests: small and regular, made from their declarations, with their settings."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from suppliers import COLUMNS, lines, supplier

from features.history import TABLES
from features.table_declaration import Column
from pipeline.config import Config, load_config
from pipeline.sources.history import Reading, read_history

ALL = "[history]\nmax_quarantined_share = 1.0"
LATER = {"valid_to": 9, "ends_on": 9, "resolved_on": 3, "cancelled_on": 3, "delivered_on": 3, "decided_on": 3}
"""Days after the day a row happens."""


def value(column: Column, row: int) -> object:
    """What a column holds in a row: a row every ten days, the four customers of the order lines taking turns."""
    if column.kind == "date":
        return date(2023, 1, 2) + timedelta(days=10 * row + LATER.get(column.name, 0))
    if column.name == "customer_id":
        return f"C{row % 4}"
    if column.choices:
        return column.choices[row % len(column.choices)]
    return {"key": f"{column.name} {row}", "text": f"{column.name} {row % 3}", "flag": ("yes", "no")[row % 2]}.get(
        column.kind, "1"
    )


def regular(name: str, rows: int = 12, /, **columns: list[object] | None) -> pa.Table:
    """A table that keeps its contract; the user's columns are called as the history's, in capitals.

    `columns` replaces the values of some, by the history's names; None leaves the column out.
    """
    made = {c.name: [value(c, row) for row in range(rows)] for c in TABLES[name].columns} | columns
    return pa.table({column.upper(): values for column, values in made.items() if values is not None})


def section(name: str, table: pa.Table, settings: str = "") -> str:
    """The settings of a table that maps every column it has; the files lie beside the configuration."""
    mapped = "\n".join(f'{column.lower()} = "{column}"' for column in table.column_names)
    return f'[history.{name}]\npath = "{name}.parquet"\n{settings}\n[history.{name}.columns]\n{mapped}\n'


def with_tables(folder: Path, *tables: tuple[str, pa.Table, str], head: str = "", more: pa.Table | None = None) -> Path:
    """The regular order lines (or `more`), tables beside them with their settings, and the configuration of it all."""
    for name, table, _ in tables:
        pq.write_table(table, folder / f"{name}.parquet")
    sections = "\n".join(section(name, table, settings) for name, table, settings in tables)
    return supplier(folder, lines() if more is None else more, "", COLUMNS, f"{head}\n{sections}")


def configured_with(folder: Path, *tables: tuple[str, pa.Table, str], head: str = "") -> Config:
    """The configuration of `with_tables`, read."""
    return load_config(with_tables(folder, *tables, head=head))


def read(folder: Path, name: str, table: pa.Table, more: str = "", head: str = ALL) -> Reading:
    """The history with one table beside the order lines, however many of its rows are broken."""
    return read_history(configured_with(folder, (name, table, more), head=head))


def quarantined(folder: Path, name: str, table: pa.Table, more: str = "") -> dict[str, int]:
    """Rows of that table per reason."""
    return read(folder, name, table, more).beside[0].quarantined
