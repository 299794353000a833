"""Days as SQL, however a column writes them: dates, timestamps with and without a zone, text, numbers that count."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.settings.history import TableSettings
from pipeline.sources.database import literal, quoted
from pipeline.sources.files import Source
from pipeline.sources.numbers import as_number
from pipeline.sources.sql import has_zone, require, text, written, zoned

UNIX: Mapping[str, float] = {"epoch_seconds": 1000.0, "epoch_milliseconds": 1.0}
"""Milliseconds in what a number counts from 1970-01-01 in Greenwich."""
EXCEL: Mapping[str, int] = {"excel": 25_569, "excel_1904": 24_107}
"""The number of 1970-01-01 where a spreadsheet counts days: from 1900 on, or from 1904 as on old Macintoshes."""
FIRST_SERIAL, LAST_SERIAL = 61, 2_958_465
"""1900-03-01, from which on Excel's count is right (it has a 29th of February in 1900), and 9999-12-31."""
DAY_OF_MILLISECONDS = 86_400_000
LIKELY_SERIALS, LOOKED_AT = (25_000, 60_000), 1_000
"""Counts of days from 1968 to 2064, and how many values are looked at to see whether half of them are such."""


def day(source: Source, column: str, settings: TableSettings, zone: str, setting: str) -> str:
    """A column as DATE in the time zone; null where it is no date.

    A timestamp without a zone is of the zone `timestamps_in`, if that is stated; a day without a time never moves.

    Raises:
        DataProblem: the column is missing or of a type that cannot serve.
    """
    found = require(source, column, ("date", "timestamp", "zoned", "text", "number"), setting)
    name, own = quoted(column), settings.timestamps_in
    if found == "date":
        return name
    if found == "timestamp":
        return _moved(name, own, zone)
    if found == "zoned":
        return f"CAST({name} AT TIME ZONE {literal(zone)} AS DATE)"
    if settings.date_format in UNIX:
        return _counted(text(source, column), UNIX[settings.date_format], zone)
    if settings.date_format in EXCEL:
        is_number = found == "number"
        count = f"CAST({name} AS DOUBLE)" if is_number else as_number(text(source, column), settings)
        return _serial(count, EXCEL[settings.date_format], own, zone)
    return _written(written(source, column), settings.date_format, own, zone)


def _moved(moment: str, own: str, zone: str) -> str:
    """The day, in the time zone, of a moment told by the clock of the zone `own`.

    Midnight to the second is a day without a time: what has only timestamps writes days so, and they must not move.
    """
    plain = f"CAST({moment} AS DATE)"
    if not own or own == zone:
        return plain
    there = f"(CAST({moment} AS TIMESTAMP) AT TIME ZONE {literal(own)}) AT TIME ZONE {literal(zone)}"
    moved = f"coalesce(TRY(CAST({there} AS DATE)), {plain})"  # some days at the ends of time are none elsewhere
    return f"CASE WHEN {moment} = date_trunc('day', {moment}) THEN {plain} ELSE {moved} END"


def _counted(plain: str, milliseconds: float, zone: str) -> str:
    moment = f"TRY(epoch_ms(CAST(TRY_CAST({plain} AS DOUBLE) * {milliseconds!r} AS BIGINT)))"
    return f"CAST(({moment} AT TIME ZONE 'UTC') AT TIME ZONE {literal(zone)} AS DATE)"


def _serial(count: str, epoch: int, own: str, zone: str) -> str:
    """The day of a spreadsheet's count of days; its fraction is the time."""
    since = f"CAST(round(({count} - {epoch}) * {DAY_OF_MILLISECONDS}) AS BIGINT)"
    known = f"{count} >= {FIRST_SERIAL} AND {count} < {LAST_SERIAL + 1}"
    return _moved(f"epoch_ms(CASE WHEN {known} THEN {since} END)", own, zone)


def _written(plain: str, form: str, own: str, zone: str) -> str:
    if form:
        moment = f"try_strptime({plain}, {literal(form)})"
        has_one = "%z" in form.lower().replace("%%", "")
        return f"CAST({moment} AS DATE)" if has_one else _moved(moment, own, zone)
    there = f"CAST({zoned(plain)} AT TIME ZONE {literal(zone)} AS DATE)"
    return f"CASE WHEN {has_zone(plain)} THEN {there} ELSE {_moved(f'TRY_CAST({plain} AS TIMESTAMP)', own, zone)} END"


def look_counted(database: duckdb.DuckDBPyConnection, rows: str, column: str) -> bool:
    """Whether most values of a column of `rows` (what follows FROM) look like a spreadsheet's count of days."""
    plain = f"replace(CAST({quoted(column)} AS VARCHAR), ',', '.')"
    first, last = LIKELY_SERIALS
    is_one = f"coalesce(TRY_CAST({plain} AS DOUBLE) BETWEEN {first} AND {last}, false)"
    some = f"SELECT {is_one} AS is_one FROM {rows} WHERE {quoted(column)} IS NOT NULL LIMIT {LOOKED_AT}"
    return database.execute(f"SELECT avg(is_one::INTEGER) >= 0.5 FROM ({some})").fetchone() == (True,)
