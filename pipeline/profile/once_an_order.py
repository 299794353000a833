"""Columns in use that an order states on one of its rows only: a filter on them drops its other rows, and says nothing.

Shops export orders so: payment, e-mail and total stand on the first line of an order, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from features.history import ORDER_LINES
from pipeline.config import Config
from pipeline.settings.history import read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import connect
from pipeline.sources.files import Source, open_source
from pipeline.sources.filling import filled
from pipeline.sources.sql import text

FEWEST = 20
"""Orders of several rows. Among fewer, one filled row each may be chance."""
MOSTLY = 0.9
"""Share of them that state the column once."""
AMOUNTS = ("quantity", "net_amount", "list_amount", "unit_cost")


def once_an_order(config: Config) -> Iterator[str]:
    """One sentence for each column of the order lines that is used, and that most orders of several rows state once.

    Raises:
        DataProblem: the files cannot be read.
    """
    settings = config.history.order_lines
    used = _used(settings)
    if settings.columns.order_id is None or not used:
        return
    with connect(config) as database:
        source = filled(database, open_source(database, settings, ORDER_LINES), settings)
        for column, share in _shares(database, source, settings, [*used]).items():
            if share >= MOSTLY:
                yield _told(column, used[column], share)


def _used(settings: OrderLines) -> dict[str, str]:
    """The columns that something rests on, and what: filters first, since what they drop is not seen again."""
    found: dict[str, str] = {}
    for rule in settings.filters:
        found |= {test.column: f"the filter {rule.name!r}" for test in (*rule.keep, *rule.exclude)}
    for test in settings.returns.when:
        found.setdefault(test.column, "returns.when")
    for name, mapped in settings.mapped.items():
        for column in read_from(mapped):
            found.setdefault(column, name)
    for column in read_from(settings.columns.order_id or []):
        found.pop(column, None)
    return found


def _shares(
    database: duckdb.DuckDBPyConnection, source: Source, settings: OrderLines, columns: list[str]
) -> dict[str, float]:
    """By column that is missing somewhere: of the orders of several rows, the share with one row that states it."""
    counts = ", ".join(f"count({text(source, column)})" for column in columns)
    total, *held = database.execute(f"SELECT count(*), {counts} FROM {source.scan}").fetchone() or (0,)
    gaps = [column for column, rows in zip(columns, held, strict=False) if rows < total]
    if not gaps:
        return {}
    keys = ", ".join(text(source, part) for part in read_from(settings.columns.order_id or []))
    each = ", ".join(f"count({text(source, column)}) AS held_{at}" for at, column in enumerate(gaps))
    orders = f"SELECT {each} FROM {source.scan} GROUP BY {keys} HAVING count(*) > 1"
    shares = ", ".join(f"avg(CAST(held_{at} = 1 AS DOUBLE))" for at in range(len(gaps)))
    number, *found = database.execute(f"SELECT count(*), {shares} FROM ({orders})").fetchone() or (0,)
    return dict(zip(gaps, found, strict=True)) if number >= FEWEST else {}


def _told(column: str, used_by: str, share: float) -> str:
    seen = f"The column {column!r}, which {used_by} rests on, stands on one row only of {share:.0%} of the orders of "
    seen += "several rows; on their other rows it counts as missing."
    if used_by in AMOUNTS:
        return f"{seen} If it is the amount of the whole order, map that of the line, such as price times quantity."
    return f'{seen} fill_down = ["{column}"] in [history.order_lines] lets it hold for all rows of its order.'
