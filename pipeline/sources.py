"""The user's order lines as a history: read and mapped by DuckDB, checked row by row, accounted for to the last row."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from features.history import ORDER_LINES, History
from pipeline.config import Config
from pipeline.sources_account import Account
from pipeline.sources_checks import check_account, check_columns, check_currency
from pipeline.sources_database import connect
from pipeline.sources_files import Source, open_source
from pipeline.sources_fingerprint import fingerprint
from pipeline.sources_keys import LONGEST, Mask, too_long, unprintable
from pipeline.sources_mapping import Span
from pipeline.sources_quarantine import REJECTED, Verdict, copies, write_quarantine
from pipeline.sources_read import Mapped, read_rows
from pipeline.sources_rows import Rows, compose

logger = logging.getLogger(__name__)

COPY = "copy of another line"


@dataclass(frozen=True)
class Reading:
    """A history, what became of every row, and a fingerprint of the content (64 hex digits)."""

    history: History
    account: Account
    fingerprint: str


def read_history(config: Config, known_before: date | None = None) -> Reading:
    """Read the order lines of a configuration.

    Args:
        config: where the lines lie and how they are mapped.
        known_before: leave out what was not known before this day (the day itself is left out).

    Rows that break the contract go to `<runs>/quarantine/<name>/order_lines.parquet`, with the reason. The
    fingerprint depends on the content and the order of the rows used, not on threads or the names of files.

    Raises:
        UsageProblem: the time zone is unknown.
        DataProblem: files or columns are missing, a column cannot serve, currencies are mixed, no row is left, or
            more than `history.max_quarantined_share` of the rows are broken.
    """
    with connect(config) as database:
        source = open_source(database, config.history.order_lines)
        logger.info("reading %s", config.history.order_lines.path)
        reading = read_source(database, source, config, known_before, quarantine_file(config))
    check_account(reading.account, config)
    return reading


def quarantine_file(config: Config) -> Path:
    """Where the broken rows of the order lines go."""
    return config.runs / "quarantine" / config.name / f"{ORDER_LINES.name}.parquet"


def read_source(
    database: duckdb.DuckDBPyConnection, source: Source, config: Config, known_before: date | None, quarantine: Path
) -> Reading:
    """Read one source, broken rows into the file `quarantine`; whether too many are broken the caller has to check."""
    settings = config.history.order_lines
    rows = compose(source, settings, config.history.time_zone, _span(database, config, known_before))
    mapped = read_rows(database, source, rows, settings)
    verdict, dropped = _judge(database, source, rows, mapped, config)
    used = ~(verdict.broken | dropped)
    table = mapped.table(used)
    account = _account(source, mapped, verdict, dropped, table)
    account = _put_aside(database, source, rows, mapped, verdict, account, quarantine)
    check_columns(database, source, settings, account)
    history = History(table, check_currency(mapped.keys.get("currency"), used, config))
    return Reading(history, account, fingerprint(history))


def _span(database: duckdb.DuckDBPyConnection, config: Config, known_before: date | None) -> Span:
    last = config.history.last_day
    if isinstance(last, date):
        return Span(config.history.earliest_day, last, known_before)
    today = database.execute("SELECT CAST(now() AS DATE)").fetchone()
    return Span(config.history.earliest_day, (today or (date.max,))[0], known_before)


def _judge(
    database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, mapped: Mapped, config: Config
) -> tuple[Verdict, Mask]:
    """What is wrong with each row, and which copies are dropped without being called wrong."""
    verdict = mapped.verdict
    for column in ORDER_LINES.columns:
        key = mapped.keys.get(column.name)
        if key is None or column.kind != "key":
            continue
        if column.required:
            verdict = verdict.also(f"{column.name} is missing", key.codes < 0)
        verdict = verdict.also(f"{column.name} is longer than {LONGEST} characters", too_long(key))
        verdict = verdict.also(f"{column.name} holds control characters", unprintable(key))
    settings = config.history.order_lines
    if settings.duplicates == "keep":
        return verdict, np.zeros(mapped.rows, dtype=bool)
    again = copies(database, source, rows, mapped.hashes, settings.duplicate_key)
    if settings.duplicates == "drop":
        return verdict, again & ~verdict.broken
    return verdict.also(COPY, again), np.zeros(mapped.rows, dtype=bool)


def _account(source: Source, mapped: Mapped, verdict: Verdict, dropped: Mask, table: pa.Table) -> Account:
    excluded = mapped.excluded | ({COPY: int(dropped.sum())} if dropped.any() else {})
    quarantined = verdict.counts() | ({REJECTED: len(mapped.lines)} if mapped.lines else {})
    return Account(
        table=ORDER_LINES.name,
        files=len(source.files),
        rows_read=mapped.rows + len(mapped.lines) + sum(mapped.excluded.values()),
        excluded=excluded,
        quarantined=quarantined,
        missing={name: table.column(name).null_count for name in table.column_names},
    )


def _put_aside(
    database: duckdb.DuckDBPyConnection,
    source: Source,
    rows: Rows,
    mapped: Mapped,
    verdict: Verdict,
    account: Account,
    path: Path,
) -> Account:
    """Write the broken rows, or take away those of an earlier reading where now there are none."""
    if not account.rows_quarantined:
        path.unlink(missing_ok=True)
        return account
    write_quarantine(database, source, rows, verdict, mapped.lines, path)
    return replace(account, quarantine=path)
