"""The mapping as SQL: expressions over quoted identifiers and literals, never text of the user's own."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches

from features.errors import DataProblem
from pipeline.settings.filters import Condition, Filter
from pipeline.settings.history import TableSettings
from pipeline.sources.database import literal, quoted
from pipeline.sources.files import Source
from pipeline.sources.header import form, looks_like_a_row, looks_like_a_title
from pipeline.sources.numbers import as_number

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
NUMBERS = (*WHOLE, "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE")
FLAGS = {True: ("true", "t", "yes", "y", "1", "1.0"), False: ("false", "f", "no", "n", "0", "0.0")}
WHITE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space of Unicode: tabs, line breaks, and blanks of all kinds."""
LARGEST = 1e13
"""Amounts and quantities beyond this are mistakes, and their sums would not fit into whole cents."""


def family(duckdb_type: str) -> str:
    """What a DuckDB type can serve as: text, number, date, timestamp, zoned, flag or other."""
    if duckdb_type in NUMBERS or duckdb_type.startswith("DECIMAL"):
        return "number" if "[" not in duckdb_type else "other"
    if duckdb_type in ("VARCHAR", "UUID", '"NULL"') or (duckdb_type.startswith("ENUM") and "[" not in duckdb_type):
        return "text"
    if duckdb_type == "TIMESTAMP WITH TIME ZONE":
        return "zoned"
    if duckdb_type.startswith("TIMESTAMP") and "[" not in duckdb_type:
        return "timestamp"
    return {"DATE": "date", "BOOLEAN": "flag"}.get(duckdb_type, "other")


def require(source: Source, column: str, families: tuple[str, ...], setting: str) -> str:
    """The family of a column of the user's files.

    Raises:
        DataProblem: the column is missing, there are several of that name, or it is of a type that cannot serve.
    """
    if column in source.doubled:
        raise _twice(source, column, setting)
    if column not in source.types:
        raise _missing(source, column, setting)
    found = family(source.types[column])
    if found in families:
        return found
    raise DataProblem(
        f"The column {column!r} has the wrong type.",
        where=f"{source.where}, setting {setting}",
        got=source.types[column],
        expected=" or ".join(families),
        todo="map another column, or have this one delivered in a type that fits",
    )


def _twice(source: Source, column: str, setting: str) -> DataProblem:
    return DataProblem(
        f"There are several columns {column!r}.",
        where=f"{source.doubled[column]}, setting {setting}",
        got="the columns " + ", ".join(source.types) + " (of one name, numbered here)",
        expected=f"one column {column!r}: which of them is meant is not for us to guess",
        todo=f"map {f'{column}_0'!r} for the first or {f'{column}_1'!r} for the second, or have them renamed",
    )


def _missing(source: Source, column: str, setting: str) -> DataProblem:
    """What to say of a column that is not there; of a row that was taken for the names, its form alone."""
    plain = {name.strip().casefold(): name for name in source.types}
    nearest = get_close_matches(column.strip().casefold(), plain, n=1, cutoff=0.5)
    row = source.kind == "csv" and looks_like_a_row(source.types)
    title = source.kind == "csv" and (len(source.types) == 1 or (not nearest and looks_like_a_title(source.types)))
    todo = f"did you mean {plain[nearest[0]]!r}?" if nearest and not row else f"name an existing column in {setting}"
    if row or title:
        todo = (
            f"if this is not the line with the names of the columns, state in [{source.setting}.csv] how many "
            "lines_above it there are, and the delimiter; a file without such a line needs one"
        )
    return DataProblem(
        f"There is no column {column!r}.",
        where=f"{source.where}, setting {setting}",
        got=f"columns of the form {', '.join(map(form, source.types))} (9: a digit, a: a letter)"
        if row
        else "the columns " + ", ".join(source.types),
        expected=f"a column {column!r}",
        todo=todo,
    )


def trimmed(name: str) -> str:
    """A column's SQL as text without white space at its ends, as `pipeline.sources.keys.cleaned` trims a key.

    All signs are looked for only where there is one: taking any of so many away costs eighteen times what blanks do.
    """
    plain = f"CAST({name} AS VARCHAR)"
    ends = literal(f"^[{WHITE}]|[{WHITE}]$")
    return f"CASE WHEN regexp_matches({plain}, {ends}) THEN trim({plain}, {literal(WHITE)}) ELSE {plain} END"


def text(source: Source, column: str) -> str:
    """A column as trimmed text; null where nothing is left."""
    of_text = family(source.types[column]) == "text"  # nothing else has white space at its ends
    return f"nullif({trimmed(quoted(column)) if of_text else f'CAST({quoted(column)} AS VARCHAR)'}, '')"


def written(source: Source, column: str) -> str:
    """A column as text, of numbers those without a fraction as whole ones: 13085.0 is 13085."""
    fractional = family(source.types[column]) == "number" and source.types[column] not in WHOLE
    plain = text(source, column)
    return f"regexp_replace({plain}, '\\.0*$', '')" if fractional else plain


def present(source: Source, column: str) -> str:
    """Whether a column holds anything; blanks are nothing."""
    held = text(source, column) if family(source.types[column]) == "text" else quoted(column)
    return f"{held} IS NOT NULL"


def one_number(source: Source, column: str, settings: TableSettings, setting: str) -> str:
    """A column as DOUBLE; null where it is no number."""
    if require(source, column, ("number", "text"), setting) == "number":
        return f"CAST({quoted(column)} AS DOUBLE)"
    return as_number(text(source, column), settings)


def has_zone(plain: str) -> str:
    """Whether a text ends in a zone, after a date: `Z`, `+02:00`, `+0200`, `-05`, `UTC`."""
    return f"length({plain}) > 10 AND regexp_matches({plain}, '(Z|[A-Z]{{3,4}}|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')"


def zoned(plain: str) -> str:
    """A text that ends in a zone as TIMESTAMPTZ, a space before the zone or not; null where it is none."""
    offset = f"regexp_replace({plain}, ' ?([+-][0-9]{{2}}):?([0-9]{{2}})$', '\\1:\\2')"
    return f"TRY_CAST({offset} AS TIMESTAMPTZ)"


def flag(source: Source, column: str, setting: str) -> str:
    """A column as BOOLEAN; null where it says neither yes nor no."""
    require(source, column, ("flag", "number", "text"), setting)
    plain = f"lower({text(source, column)})"
    yes, no = (", ".join(literal(word) for word in FLAGS[side]) for side in (True, False))
    return f"CASE WHEN {plain} IN ({yes}) THEN true WHEN {plain} IN ({no}) THEN false END"


def left_out(source: Source, rule: Filter, setting: str) -> str:
    """Whether a filter leaves a row out: never null."""
    held = " AND ".join(condition(source, each, setting) for each in (rule.keep or rule.exclude))
    return f"NOT ({held})" if rule.keep else f"({held})"


def condition(source: Source, test: Condition, setting: str) -> str:
    """Whether a condition holds: never null, a missing value equals nothing.

    Raises:
        DataProblem: the column is missing.
    """
    require(source, test.column, ("text", "number", "date", "timestamp", "zoned", "flag"), setting)
    return f"coalesce({_test(source, test)}, false)"


def _test(source: Source, test: Condition) -> str:  # noqa: PLR0911 - one line for each test there is
    name = quoted(test.column)
    if test.is_null is not None:
        missing = f"{text(source, test.column)} IS NULL"
        return missing if test.is_null else f"NOT ({missing})"
    if test.equals is not None:
        return _equal(source, name, test.equals)
    if test.not_equals is not None:
        return f"NOT coalesce({_equal(source, name, test.not_equals)}, false)"
    if test.is_in is not None:
        return _any_equal(source, name, test.is_in)
    if test.not_in is not None:
        return f"NOT coalesce({_any_equal(source, name, test.not_in)}, false)"
    if test.prefix is not None:
        return f"starts_with(CAST({name} AS VARCHAR), {literal(test.prefix)})"
    if test.not_prefix is not None:
        return f"NOT coalesce(starts_with(CAST({name} AS VARCHAR), {literal(test.not_prefix)}), false)"
    ends = ((">=", test.range.start), ("<", test.range.before)) if test.range else ()
    return " AND ".join(_compared(source, name, sign, value) for sign, value in ends if value is not None)


def _any_equal(source: Source, name: str, values: list[bool | int | float | datetime | date | str]) -> str:
    return "(" + (" OR ".join(_equal(source, name, value) for value in values) or "false") + ")"


def _equal(source: Source, name: str, value: bool | int | float | datetime | date | str) -> str:
    return _compared(source, name, "=", value)


def _compared(source: Source, name: str, sign: str, value: bool | int | float | datetime | date | str) -> str:
    """A comparison in the type of the configured value, whatever the type of the column."""
    if isinstance(value, bool):
        return f"TRY_CAST({name} AS BOOLEAN) {sign} {str(value).lower()}"
    if isinstance(value, int | float):
        return f"TRY_CAST({name} AS DOUBLE) {sign} CAST({literal(repr(value))} AS DOUBLE)"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return f"TRY_CAST({name} AS TIMESTAMP) {sign} TIMESTAMP {literal(value.isoformat(' '))}"
        return f"{_moment(source, name)} {sign} TIMESTAMPTZ {literal(value.isoformat(' '))}"
    if isinstance(value, date):
        return f"{_local(source, name)} {sign} TIMESTAMP {literal(value.isoformat())}"
    return f"CAST({name} AS VARCHAR) {sign} {literal(value)}"


def _local(source: Source, name: str) -> str:
    """A column as the time where the supplier is, so that a row belongs to the day it is read as.

    Midnight to the second is a day without a time, and stays, as in `pipeline.sources.dates`.
    """
    plain = f"TRY_CAST({name} AS TIMESTAMP)"
    if not source.timestamps_in:
        return plain
    is_day = f"NOT ({has_zone(trimmed(name))}) AND {plain} = date_trunc('day', {plain})"
    return f"CASE WHEN {is_day} THEN {plain} ELSE TRY_CAST({_moment(source, name)} AS TIMESTAMP) END"


def _moment(source: Source, name: str) -> str:
    """A column as a moment, told by the clock that timestamps without a zone are told by."""
    if not source.timestamps_in:
        return f"TRY_CAST({name} AS TIMESTAMPTZ)"
    plain, ours = trimmed(name), literal(source.timestamps_in)
    naive = f"TRY_CAST({name} AS TIMESTAMP) AT TIME ZONE {ours}"
    return f"CASE WHEN {has_zone(plain)} THEN {zoned(plain)} ELSE {naive} END"
