"""How each column of the history is had from the user's columns, as SQL expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from features.table_declaration import Column
from pipeline.settings.history import MadeOf, TableSettings, read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import literal, quoted
from pipeline.sources.dates import day
from pipeline.sources.files import Source
from pipeline.sources.numbers import cents
from pipeline.sources.sql import LARGEST, WHOLE, condition, flag, one_number, require, text
from pipeline.sources.words import as_stated, holds_nothing

KEYS = ("text", "number", "date", "timestamp")
ANY = ("text", "number", "date", "timestamp", "zoned", "flag", "other")


@dataclass(frozen=True)
class Span:
    """The days the history may hold, both ends included, and the day before which a row had to be known."""

    earliest: date
    latest: date
    known_before: date | None = None

    def last(self, column: Column) -> date:
        """The last day a column of dates may hold: only what was agreed or promised lies ahead."""
        return date.max if column.ahead else self.latest


def key_parts(source: Source, settings: TableSettings) -> Iterator[tuple[str, str]]:
    """Keys and texts as they are, one expression per column they are made of, named `<column>.<n>`."""
    mapped, setting = settings.mapped, f"{source.setting}.columns"
    for column in source.table.columns:
        if column.kind not in ("key", "text") or column.name not in mapped:
            continue
        for index, part in enumerate(read_from(mapped[column.name])):
            families = (*KEYS, "flag") if column.choices else KEYS
            found = require(source, part, families, f"{setting}.{column.name}")
            plain = found in ("text", "timestamp", "flag") and source.types[part] != "VARCHAR"
            yield f"{column.name}.{index}", f"CAST({quoted(part)} AS VARCHAR)" if plain else quoted(part)
    if "currency" in mapped:
        (currency,) = read_from(mapped["currency"])
        require(source, currency, ("text",), f"{setting}.currency")
        yield "currency.0", f"upper({text(source, currency)})"


def parsed_values(source: Source, settings: TableSettings, zone: str) -> dict[str, str]:
    """Every column that is not a key, parsed; null where the value is missing or cannot be read."""
    mapped = settings.mapped
    values = {
        column.name: _parsed(source, column, mapped[column.name], settings, zone)
        for column in source.table.columns
        if column.name in mapped and column.kind not in ("key", "text")
    }
    if isinstance(settings, OrderLines) and (settings.columns.is_return or settings.returns.when):
        values["is_return"] = _taken_back(source, settings)
    return values


def _parsed(source: Source, column: Column, mapped: MadeOf, settings: TableSettings, zone: str) -> str:
    setting, words = f"{source.setting}.columns.{column.name}", settings.meanings.get(column.name, {})
    if column.kind in ("number", "money"):
        factors = ((part, one_number(source, part, settings, setting)) for part in read_from(mapped))
        held = " * ".join(as_stated(source, part, words, factor) for part, factor in factors)
    else:
        (only,) = read_from(mapped)
        plain = day(source, only, settings, zone, setting) if column.kind == "date" else flag(source, only, setting)
        held = as_stated(source, only, words, plain)
    nothing = holds_nothing(source, settings, column.name)
    return f"CASE WHEN NOT ({nothing}) THEN {held} END" if nothing else held


def _taken_back(source: Source, settings: OrderLines) -> str:
    """Whether a line is marked as a return; never null."""
    column, when = settings.columns.is_return, settings.returns.when
    marks = [f"coalesce({flag(source, column, f'{source.setting}.columns.is_return')}, false)"] if column else []
    if when:
        tests = [condition(source, test, "history.order_lines.returns.when") for test in when]
        marks.append(f"({' AND '.join(tests)})")
    return f"({' OR '.join(marks)})"


def held_values(
    source: Source, values: dict[str, str], settings: TableSettings, span: Span
) -> Iterator[tuple[str, str]]:
    """The columns as the history holds them; what cannot be held is null, and a problem says so."""
    turned = isinstance(settings, OrderLines) and settings.returns.sign == "negate" and "is_return" in values
    for name, sql in values.items():
        column = source.table.by_name[name]
        if column.kind == "date":
            first, last = date_literal(span.earliest), date_literal(span.last(column))
            yield name, f"CASE WHEN {sql} BETWEEN {first} AND {last} THEN {sql} END"
        elif column.kind in ("number", "money"):
            back = values["is_return"] if turned and name != "unit_cost" else ""
            used = f"CASE WHEN {back} THEN -({sql}) ELSE {sql} END" if back else sql
            yield name, f"CASE WHEN {in_range(sql)} THEN {cents(used) if column.kind == 'money' else used} END"
        else:
            yield name, sql


def date_literal(day: date) -> str:
    """A date as an SQL literal."""
    return f"DATE {literal(day.isoformat())}"


def in_range(sql: str) -> str:
    """Finite and of a size that whole cents can hold: NaN compares as the greatest of all numbers."""
    return f"abs({sql}) <= {LARGEST!r}"


def row_hash(source: Source, settings: TableSettings) -> Iterator[tuple[str, str]]:
    """A number that true copies of a line share, over the columns that tell lines apart and are not coded anyway."""
    if settings.duplicates == "keep" and not settings.newest_by:
        return
    for column in settings.duplicate_key:
        require(source, column, ANY, f"{source.setting}.duplicate_key")
    if settings.newest_by:
        require(source, settings.newest_by, (*KEYS, "zoned"), f"{source.setting}.newest_by")
    coded = coded_apart(source, settings)
    rest = [quoted(column) for column in settings.duplicate_key or source.types if column not in coded]
    yield "row_hash", f"hash({', '.join(rest) or '0'})"


def coded_apart(source: Source, settings: TableSettings) -> dict[str, str]:
    """The columns that tell lines apart and are read as keys as they are, and the raw part that holds each.

    Their codes agree exactly where they do; of fractions, of which some are equal and not the same, that is not so.
    """
    apart = settings.duplicate_key or source.types
    raw = {sql: name for name, sql in key_parts(source, settings)}
    return {
        column: raw[quoted(column)]
        for column in apart
        if quoted(column) in raw and source.types[column] in ("VARCHAR", *WHOLE)
    }
