"""The database that reads the files: in memory, without network, without extensions, without SQL of the user's."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from features.errors import DataProblem, UsageProblem
from features.history import TABLES
from pipeline.config import Config
from pipeline.settings.tables import CUSTOMER_IDS
from pipeline.sources.header import two_ends

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
    "threads": "1",
}
"""On more threads a join mixes up the order of rows, whatever `preserve_insertion_order` says, and a list of six values
after IN is one. What several queries read of a row, as `sources_dictionaries` does, is put together by that order."""

LEFT_FOR_SECONDS = 24 * 3600
"""Longer than any reading takes."""


def quoted(name: str) -> str:
    """A column of the user's files as an SQL identifier."""
    return f"src.{identifier(name)}"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal; DuckDB knows no escapes but the doubled quote."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def connect(config: Config) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory, closed to extensions and to Python's variables; what it put down goes with it.

    Raises:
        UsageProblem: a time zone is unknown, or `date_format` is no strptime form.
    """
    _sweep(config.runs / "tmp")
    folder = config.runs / "tmp" / f"reading-{uuid.uuid4().hex}"  # made by whoever needs it
    try:
        with duckdb.connect(config={**SETTINGS, "temp_directory": str(folder)}) as database:
            _prepare(database, config)
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Take away what readings that were killed left more than a day ago: copies of the user's files among it."""
    for left in place.glob("reading-*"):
        with suppress(OSError):  # another run may be faster
            if time.time() - left.stat().st_mtime > LEFT_FOR_SECONDS:
                shutil.rmtree(left)


def folder_of(database: duckdb.DuckDBPyConnection) -> Path:
    """Where files may lie for as long as the database is open; it need not be there yet."""
    ((folder,),) = database.execute("SELECT current_setting('temp_directory')").fetchall()
    return Path(folder)


def _prepare(database: duckdb.DuckDBPyConnection, config: Config) -> None:
    if database.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (True,):
        # only where it is on: Jupyter without widgets has it off, and fails when told so
        database.execute("SET enable_progress_bar = false")
    _check_zone(database, config.history.time_zone, "history.time_zone")
    for table in (*TABLES, CUSTOMER_IDS):
        if (settings := config.history.table(table)) is not None:
            _check_form(database, settings.date_format, f"history.{table}.date_format")
            if settings.timestamps_in:
                _check_zone(database, settings.timestamps_in, f"history.{table}.timestamps_in")
    database.execute(f"SET TimeZone = {literal(config.history.time_zone)}")


def _check_zone(database: duckdb.DuckDBPyConnection, zone: str, setting: str) -> None:
    known = database.execute("SELECT count(*) FROM pg_timezone_names() WHERE name = ?", [zone]).fetchone()
    if known == (0,):
        raise UsageProblem(
            "The time zone is unknown.",
            where=f"setting {setting}",
            got=zone,
            expected="an IANA name such as Europe/Berlin or UTC",
            todo=f"correct {setting} in the configuration",
        )


def _check_form(database: duckdb.DuckDBPyConnection, form: str, setting: str) -> None:
    try:
        database.execute(f"SELECT try_strptime('', {literal(form or '%Y')})")
    except duckdb.Error as error:
        raise UsageProblem(
            "The form of dates cannot be understood.",
            where=f"setting {setting}",
            got=f"{form}: {str(error).splitlines()[0]}",
            expected="strptime signs such as %d.%m.%Y; or epoch_seconds, epoch_milliseconds, excel, excel_1904; or "
            "nothing for ISO dates",
            todo=f"correct {setting} in the configuration",
        ) from None


@contextmanager
def reading(where: str, table: str, texts: Iterable[Path] = ()) -> Iterator[None]:
    """Turn what DuckDB says about unreadable files, `texts` if they are CSV, into a problem without the rows it quotes.

    Raises:
        DataProblem: DuckDB could not read the files.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise  # the files may be sound
    except duckdb.Error as error:
        ends, got = two_ends(texts), str(error).split("\n", 1)[0]
        todo = f"open the file named; settings [history.{table}.csv] state delimiter, quote and encoding"
        if "not latin-1" in got:
            todo = f'state in [history.{table}.csv] encoding = "windows-1252", which has signs where latin-1 has none'
        if ends:
            todo = "write the file with one end of lines, such as by tr -d '\\r' < old.csv > new.csv"
        raise DataProblem(
            f"The table {table} cannot be read.",
            where=where,
            got=ends or got,
            expected="lines that all end in one way" if ends else "whole CSV or Parquet files whose columns agree",
            todo=todo,
        ) from None
