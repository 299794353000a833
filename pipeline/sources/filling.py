"""What an order states on one of its rows, written into all of them, as shops export it: payment, e-mail, shipping.

Only an order that states one value throughout is filled; where it states two, which of them a row means is not for us
to guess, and what is missing stays missing. Rows keep their order, and nothing that is stated is changed. Where numbers
of orders begin anew for each customer, an order is one of its customer; an id that is filled itself cannot tell.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pipeline.settings.history import TableSettings, read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import folder_of, identifier, literal, quoted, reading
from pipeline.sources.files import Source
from pipeline.sources.mapping import ANY
from pipeline.sources.sql import family, require, text

AS_READ, FILLED = "lines as read", "lines filled"
PLACE = "filling: place"
"""The column that keeps the order of rows: a join may change it."""
MARK = "filled from its order"
"""The column that names what was filled in a row: the first line of an order is no copy of a later one like it."""


def filled(database: duckdb.DuckDBPyConnection, source: Source, settings: TableSettings) -> Source:
    """The source with its `fill_down` columns filled within each order, and how many rows each was filled in.

    All rows are put down in the database once, so this costs memory or room in its folder.

    Raises:
        DataProblem: a column is missing, or the files cannot be read.
    """
    if not isinstance(settings, OrderLines) or not settings.fill_down:
        return source
    for column in settings.fill_down:
        require(source, column, ("text", "number", "date", "timestamp", "flag"), f"{source.setting}.fill_down")
    place = identifier(PLACE)
    folder_of(database).parent.mkdir(parents=True, exist_ok=True)  # the database makes its own folder alone
    with reading(source.where, source.table.name, source.texts):
        rows = f"SELECT *, row_number() OVER () AS {place} FROM {source.scan}"
        database.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(AS_READ)} AS {rows}")
        database.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(FILLED)} AS {_joined(source, settings)}")
        counts = ", ".join(_held(source, column) for column in settings.fill_down)
        before, after = (
            database.execute(f"SELECT {counts} FROM {identifier(name)} AS src").fetchone() or ()
            for name in (AS_READ, FILLED)
        )
        database.execute(f"DROP TABLE {identifier(AS_READ)}")
    scan = f"(SELECT * EXCLUDE ({place}) FROM {identifier(FILLED)}) AS src"
    counted = dict(zip(settings.fill_down, (int(b) - int(a) for a, b in zip(before, after, strict=True)), strict=True))
    return replace(source, scan=scan, types=source.types | {MARK: "VARCHAR"}, whole=False, filled=counted)


def _joined(source: Source, settings: OrderLines) -> str:
    """All rows in their order, each beside what its order states."""
    keys = [text(source, part) for part in _order_of(source, settings)]
    named = ", ".join(f"{sql} AS key_{at}" for at, sql in enumerate(keys))
    stated = ", ".join(f"{_only(source, name)} AS value_{at}" for at, name in enumerate(settings.fill_down))
    orders = f"SELECT {named}, {stated} FROM {identifier(AS_READ)} AS src GROUP BY ALL"
    same = " AND ".join(f"{sql} = key_{at}" for at, sql in enumerate(keys))
    put = ", ".join(
        f"coalesce({_stated(source, name)}, value_{at}) AS {identifier(name)}"
        for at, name in enumerate(settings.fill_down)
    )
    gained = ", ".join(
        f"CASE WHEN {_stated(source, name)} IS NULL AND value_{at} IS NOT NULL THEN {literal(name)} END"
        for at, name in enumerate(settings.fill_down)
    )
    put += f", nullif(concat_ws(', ', {gained}), '') AS {identifier(MARK)}"
    joined = f"{identifier(AS_READ)} AS src LEFT JOIN ({orders}) ON {same}"
    columns = ", ".join(f"src.{identifier(name)}" for name in (*source.types, PLACE) if name not in settings.fill_down)
    shown = ", ".join(identifier(name) for name in (*source.types, MARK, PLACE))
    return f"SELECT {shown} FROM (SELECT {columns}, {put} FROM {joined}) ORDER BY {identifier(PLACE)}"


def _order_of(source: Source, settings: OrderLines) -> list[str]:
    """The columns that say which order a row is of.

    Raises:
        DataProblem: one is missing.
    """
    found: dict[str, None] = {}
    for name in ("order_id", "customer_id"):
        for part in read_from(settings.mapped[name]):
            require(source, part, ANY, f"{source.setting}.columns.{name}")
            found |= {} if part in settings.fill_down else {part: None}
    return [*found]


def _stated(source: Source, column: str) -> str:
    """A column as it is, null where it is blank."""
    return text(source, column) if family(source.types[column]) == "text" else quoted(column)


def _only(source: Source, column: str) -> str:
    """The one value that the rows of an order state; null where they state none or several."""
    value = _stated(source, column)
    return f"CASE WHEN min({value}) = max({value}) THEN min({value}) END"


def _held(source: Source, column: str) -> str:
    return f"count({_stated(source, column)})"
