"""The user's tables as a history: read and mapped by DuckDB, checked row by row, accounted for to the last row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from features.history import OPTIONAL_TABLES, ORDER_LINES, History
from pipeline.config import Config
from pipeline.settings.tables import CUSTOMER_IDS
from pipeline.sources.account import Account
from pipeline.sources.customer_ids import read_newer_ids
from pipeline.sources.database import connect
from pipeline.sources.fingerprint import fingerprints
from pipeline.sources.first_ids import Spell, drawn_by
from pipeline.sources.mapping import Span
from pipeline.sources.newer_ids import NewerIds
from pipeline.sources.quarantine import quarantine_file
from pipeline.sources.table import ReadTable, read_table
from pipeline.sources.unmet import keys_of, unmet_ids, unmet_tables

STRANGER = "customer without order lines"


@dataclass(frozen=True)
class Reading:
    """A history, what became of every row, and a fingerprint of the content (64 hex digits).

    `account` is that of the order lines, `beside` holds those of the other tables that are configured. `tables` is the
    fingerprint of each table's rows by its name. `unmet` says which keys a spreadsheet rounded, and which tables speak
    of hardly any customer of the order lines. `ids` is the account of the list of older and newer ids of customers, if
    there is one, `renamed` the id by now for each older one, and `first_ids` for each of those by now the one that its
    lots are drawn by. They are part of the fingerprint, and of no table's: they also say who is meant where no row
    does.
    """

    history: History
    account: Account
    fingerprint: str
    beside: tuple[Account, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()
    ids: Account | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    first_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[str, ...]:
        """Sentences on figures that were put aside and that another setting would read, of all tables."""
        return tuple(told for account in (self.account, *self.beside) for told in account.unread)

    def summary(self) -> dict[str, object]:
        """JSON-able: the account of the order lines, and below `optional_tables` that of every other table."""
        beside = {each.table: each.summary() for each in self.beside}
        ids = {} if self.ids is None else {CUSTOMER_IDS: self.ids.summary() | {"older_ids": len(self.renamed)}}
        return self.account.summary() | {"optional_tables": beside, "unmet_ids": list(self.unmet)} | ids

    def text(self) -> str:
        """The accounts of all tables, one block each, for people."""
        return "\n\n".join(account.text() for account in (self.account, *self.beside, *filter(None, [self.ids])))


def read_history(config: Config, known_before: date | None = None) -> Reading:
    """Read the tables of a configuration.

    Args:
        config: where the tables lie and how they are mapped.
        known_before: leave out what was not known before this day (the day itself is left out).

    Rows that break the contract go to `<runs>/quarantine/<name>/<table>.parquet`, with the reason; a file of an earlier
    reading that no longer holds is taken away. The fingerprint depends on the content of the rows used, not on their
    order, on threads or the names of files. An optional table of which no row can be used is absent from the history.

    Raises:
        UsageProblem: the time zone is unknown.
        DataProblem: files or columns are missing, a column cannot serve or would leak the future, currencies are mixed,
            no order line is left, or more than `history.max_quarantined_share` of the rows of a table are broken.
    """
    with connect(config) as database:
        span = span_of(database, config, known_before)
        newer, ids = read_newer_ids(database, config, span)
        lines = read_table(database, ORDER_LINES, config, span, config.history.currency, newer)
        others: dict[str, ReadTable] = {}
        currency = lines.currency
        for table in OPTIONAL_TABLES:
            if config.history.table(table.name) is None:
                quarantine_file(config, table.name).unlink(missing_ok=True)
                continue
            others[table.name] = _beside(read_table(database, table, config, span, currency, newer), lines.rows)
            currency = others[table.name].currency
    optional = {name: other.rows for name, other in others.items() if other.rows.num_rows}
    history = History(lines.rows, currency, optional)
    digest, tables = fingerprints(history)
    unmet = (*unmet_ids(keys_of(lines.rows)), *unmet_tables(lines.rows, optional))
    pa.default_memory_pool().release_unused()  # as much as the table holds, for whoever comes next
    beside = tuple(other.account for other in others.values())
    return by_now(Reading(history, lines.account, digest, beside, tables, unmet), newer, ids, lines.spells)


def by_now(reading: Reading, newer: NewerIds | None, ids: Account | None, known: Mapping[str, Spell]) -> Reading:
    """The reading with the ids that customers are known by now; `known` is when lines under each id were."""
    newer = newer or NewerIds({})
    newer = replace(newer, first=drawn_by(newer.step, known))
    mark = newer.marked(reading.fingerprint)
    return replace(reading, fingerprint=mark, ids=ids, renamed=newer.now, first_ids=newer.first)


def span_of(database: duckdb.DuckDBPyConnection, config: Config, known_before: date | None) -> Span:
    """The days the history may hold, and the day before which a row had to be known."""
    last = config.history.last_day
    if isinstance(last, date):
        return Span(config.history.earliest_day, last, known_before)
    today = database.execute("SELECT CAST(now() AS DATE)").fetchone()
    return Span(config.history.earliest_day, (today or (date.max,))[0], known_before)


def _beside(other: ReadTable, lines: pa.Table) -> ReadTable:
    """The table with its rows of customers without order lines counted: they are kept."""
    key, known = other.rows.column("customer_id").combine_chunks(), lines.column("customer_id").combine_chunks()
    strangers = pc.invert(pc.is_in(key.dictionary, value_set=known.dictionary))
    count = pc.sum(strangers.take(key.indices)).as_py()
    remarks = other.account.remarks | ({STRANGER: count} if count else {})
    return replace(other, account=replace(other.account, remarks=remarks))
