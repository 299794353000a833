"""One table of the user, from its files to its rows and the account of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from features.table_declaration import Table
from pipeline.config import Config
from pipeline.sources.account import Account
from pipeline.sources.checks import check_account, check_columns, check_currency, check_dated
from pipeline.sources.contract import judge, raised
from pipeline.sources.files import Source, open_source
from pipeline.sources.filling import filled
from pipeline.sources.first_ids import Spell, spells
from pipeline.sources.mapping import Span
from pipeline.sources.merged import ADDED_UP, adding_up
from pipeline.sources.newer_ids import NewerIds
from pipeline.sources.quarantine import Verdict, quarantine_file, write_quarantine
from pipeline.sources.read import Mapped, read_rows
from pipeline.sources.rows import Rows, compose
from pipeline.sources.unread import unread_values
from pipeline.sources.written_currencies import check_written_currencies

RENAMED = "customer under an older id"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadTable:
    """The rows of a table that keep its contract, the account of all of them, and the currency of their amounts.

    `unread` are the columns without a value in any row.
    """

    rows: pa.Table
    account: Account
    currency: str
    unread: Collection[str]
    spells: Mapping[str, Spell] = field(default_factory=dict)


def read_table(
    database: duckdb.DuckDBPyConnection,
    table: Table,
    config: Config,
    span: Span,
    currency: str,
    newer_ids: NewerIds | None = None,
) -> ReadTable:
    """Read a configured table; `currency` is the one its amounts have to be in, empty where none is known yet.

    Its customers get the ids they are known by now, where `newer_ids` lists them.

    Raises:
        DataProblem: as `pipeline.sources.history.read_history`.
    """
    settings = config.history.table(table.name)
    assert settings is not None, table.name
    check_dated(table, settings)
    source = filled(database, open_source(database, settings, table, newer_ids), settings)
    logger.info("reading %s", settings.path)
    return read_source(database, source, config, span, currency, quarantine_file(config, table.name))


def read_source(
    database: duckdb.DuckDBPyConnection,
    source: Source,
    config: Config,
    span: Span,
    currency: str,
    quarantine: Path,
    *,
    whole: bool = True,
) -> ReadTable:
    """Read one source, broken rows into the file `quarantine`.

    If it is not the `whole` table, whether too many rows are broken, or all of a column, is left to the caller.

    Raises:
        DataProblem: as `pipeline.sources.history.read_history`.
    """
    settings = config.history.table(source.table.name)
    assert settings is not None, source.table.name
    rows = compose(source, settings, config.history.time_zone, span)
    mapped, mended = raised(read_rows(database, source, rows, settings))
    verdict, left = judge(database, source, rows, mapped, settings)
    mapped = replace(mapped, hashes=mapped.hashes[:0].copy())  # as much as a column, and nobody asks for them again
    used = ~(verdict.broken | left.broken)
    found, several = mapped.table(used), adding_up(source.table, mapped, used)
    known = spells(mapped, used, source.newer_ids.listed) if source.newer_ids is not None else {}
    account = _account(source, mapped, verdict, left, found)
    mended |= {} if mapped.renamed is None else {RENAMED: mapped.renamed, ADDED_UP: several}
    remarks = {remark: int(np.count_nonzero(where & used)) for remark, where in mended.items()}
    account = replace(account, remarks={remark: count for remark, count in remarks.items() if count})
    account = _put_aside(database, source, rows, mapped, verdict, account, quarantine)
    if whole:
        account = checked(database, source, account, config, mapped.unread)
        check_written_currencies(database, source, settings, rows.kept, currency)
    currency = check_currency(source, mapped.keys.get("currency"), used, currency)
    return ReadTable(found, account, currency, mapped.unread, known)


def checked(
    database: duckdb.DuckDBPyConnection, source: Source, account: Account, config: Config, unread: Collection[str]
) -> Account:
    """The account of a whole table with the values that could not be read; `unread` are columns without any value.

    Raises:
        DataProblem: nothing of a column could be read, no order line is left, or too many rows are broken.
    """
    settings = config.history.table(source.table.name)
    assert settings is not None, source.table.name
    check_columns(database, source, settings, account, unread)
    check_account(database, source, account, config)
    return replace(account, unread=tuple(unread_values(database, source, config, account)))


def _account(source: Source, mapped: Mapped, verdict: Verdict, dropped: Verdict, rows: pa.Table) -> Account:
    excluded = mapped.excluded | dropped.counts()
    quarantined = verdict.counts() | dict(Counter(why for _, why in mapped.lines))
    return Account(
        table=source.table.name,
        files=len(source.files),
        rows_read=mapped.rows + len(mapped.lines) + sum(mapped.excluded.values()),
        excluded=excluded,
        quarantined=quarantined,
        missing={name: rows.column(name).null_count for name in rows.column_names},
        filled=dict(source.filled),
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
