"""How each column of the history is had from the user's columns, as SQL expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from features.history import ORDER_LINES
from pipeline.settings_history import Key, OrderLines, Product
from pipeline.sources_database import literal, quoted
from pipeline.sources_files import Source
from pipeline.sources_sql import LARGEST, cents, condition, day, flag, number, require, text

SETTING = "history.order_lines.columns"
ANY = ("text", "number", "date", "timestamp", "zoned", "flag", "other")


@dataclass(frozen=True)
class Span:
    """The days the history may hold, both ends included, and the day before which a row had to be known."""

    earliest: date
    latest: date
    known_before: date | None = None


def as_parts(key: Key) -> list[str]:
    """The columns a key is made of."""
    return [key] if isinstance(key, str) else key


def read_from(mapped: str | Product | None) -> list[str]:
    """The columns a value is read from."""
    if mapped is None:
        return []
    return mapped.multiply if isinstance(mapped, Product) else [mapped]


def key_parts(source: Source, settings: OrderLines) -> Iterator[tuple[str, str]]:
    """Keys and texts as they are, one expression per column they are made of, named `<column>.<n>`."""
    for column in ORDER_LINES.columns:
        mapped = getattr(settings.columns, column.name)
        if column.kind not in ("key", "text") or mapped is None:
            continue
        for index, part in enumerate(as_parts(mapped)):
            found = require(source, part, ("text", "number", "date", "timestamp"), f"{SETTING}.{column.name}")
            plain = found in ("text", "timestamp") and source.types[part] != "VARCHAR"
            yield f"{column.name}.{index}", f"CAST({quoted(part)} AS VARCHAR)" if plain else quoted(part)
    if settings.columns.currency:
        require(source, settings.columns.currency, ("text",), f"{SETTING}.currency")
        yield "currency.0", f"upper({text(source, settings.columns.currency)})"


def parsed_values(source: Source, settings: OrderLines, zone: str) -> dict[str, str]:
    """Every column that is not a key, parsed; null where the value is missing or cannot be read."""
    values: dict[str, str] = {}
    for column in ORDER_LINES.columns:
        mapped, setting = getattr(settings.columns, column.name), f"{SETTING}.{column.name}"
        if column.kind == "date" and mapped:
            values[column.name] = day(source, mapped, settings, zone, setting)
        elif column.kind in ("number", "money") and mapped:
            values[column.name] = number(source, mapped, settings, setting)
    if settings.columns.is_return or settings.returns.when:
        values["is_return"] = _taken_back(source, settings)
    return values


def _taken_back(source: Source, settings: OrderLines) -> str:
    """Whether a line is marked as a return; never null."""
    column, when = settings.columns.is_return, settings.returns.when
    marks = [f"coalesce({flag(source, column, f'{SETTING}.is_return')}, false)"] if column else []
    if when:
        tests = [condition(source, test, "history.order_lines.returns.when") for test in when]
        marks.append(f"({' AND '.join(tests)})")
    return f"({' OR '.join(marks)})"


def held_values(values: dict[str, str], settings: OrderLines, span: Span) -> Iterator[tuple[str, str]]:
    """The columns as the history holds them; what cannot be held is null, and a problem says so."""
    turned = settings.returns.sign == "negate" and "is_return" in values
    for name, sql in values.items():
        kind = ORDER_LINES.by_name[name].kind
        if kind == "date":
            yield (
                name,
                f"CASE WHEN {sql} BETWEEN {date_literal(span.earliest)} AND {date_literal(span.latest)} THEN {sql} END",
            )
        elif kind in ("number", "money"):
            back = values["is_return"] if turned and name != "unit_cost" else ""
            used = f"CASE WHEN {back} THEN -({sql}) ELSE {sql} END" if back else sql
            yield name, f"CASE WHEN {in_range(sql)} THEN {cents(used) if kind == 'money' else used} END"
        else:
            yield name, sql


def date_literal(day: date) -> str:
    """A date as an SQL literal."""
    return f"DATE {literal(day.isoformat())}"


def in_range(sql: str) -> str:
    """Finite and of a size that whole cents can hold: NaN compares as the greatest of all numbers."""
    return f"abs({sql}) <= {LARGEST!r}"


def row_hash(source: Source, settings: OrderLines) -> Iterator[tuple[str, str]]:
    """A number that true copies of a line share, over the columns that tell lines apart."""
    if settings.duplicates == "keep":
        return
    for column in settings.duplicate_key:
        require(source, column, ANY, "history.order_lines.duplicate_key")
    yield "row_hash", f"hash({', '.join(quoted(column) for column in settings.duplicate_key or source.types)})"
