"""Order lines read bucket by bucket of customers, so that memory holds one bucket's rows at a time.

A bucket is a stretch of customers in the order of their names. Its rows are read, checked, sorted and appended to files
of plain arrays, which the store then maps: the system may drop pages that are not in use. The files have no name any
more once they are mapped, so nothing is left behind whatever happens. A failing bucket fails the reading.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.engine.line_columns import nameless_codes
from features.engine.merging import KEYS, NamedStore, joined_texts
from features.engine.store import ROW_COLUMNS, LineStore
from features.errors import DataProblem, UsageProblem
from features.history import OPTIONAL_TABLES, ORDER_LINES, History
from pipeline.config import Config
from pipeline.memory.limit import buckets_for, database_bytes
from pipeline.memory.mapped import from_file
from pipeline.process.files import replacing
from pipeline.process.progress import stage
from pipeline.sources.account import Account
from pipeline.sources.copies_apart import check_copies
from pipeline.sources.customer_ids import read_newer_ids
from pipeline.sources.database import connect, folder_of
from pipeline.sources.files import Source, open_source
from pipeline.sources.filling import filled
from pipeline.sources.fingerprint import fingerprint
from pipeline.sources.first_ids import Spell
from pipeline.sources.history import Reading, by_now, read_history, span_of
from pipeline.sources.keys import cleaned, encoded, in_capitals
from pipeline.sources.mapping import key_parts
from pipeline.sources.product_names import Products
from pipeline.sources.quarantine import quarantine_file
from pipeline.sources.rows import compose
from pipeline.sources.table import ReadTable, checked, read_source
from pipeline.sources.unmet import unmet_ids

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoreReading:
    """A sorted store and how it was read; read by buckets, the reading's history holds no order lines any more.

    `names` are the texts of products by code, where they were let go of with the lines.
    """

    store: LineStore
    reading: Reading
    names: pa.Array | None = None

    def products(self) -> Products | None:
        """What products are called; by code alone where names were let go of with the lines; None without products."""
        if self.names is None:
            return Products.of(self.reading.history.order_lines)
        codes = np.asarray(self.names.to_numpy(zero_copy_only=False), dtype=object)
        return Products(codes, codes)

    def without_lines(self) -> StoreReading:
        """The same without the order lines as they came, where nobody reads them beside the store.

        They take more memory than the store does. Of list prices and deliveries, outcomes are told from them.
        """
        history = self.reading.history
        if history.optional or history.has("list_amount"):
            return self
        return replace(self, reading=replace(self.reading, history=replace(history, order_lines=pa.table({}))))


@stage("reading the history")
def read_store(config: Config, known_before: date | None = None) -> StoreReading:
    """Read the history of a configuration into a store, within `history.memory_limit_gb` where one is set.

    The store and the account do not depend on the limit; the fingerprint is of the buckets, in their order.

    Raises:
        UsageProblem: as `read_history`; or a limit is set that the lines are beyond, and there is more to be read than
            order lines without list prices, or lines are copies of other customers'.
        DataProblem: as `read_history`.
    """
    if config.history.memory_limit_gb:
        with connect(config) as database:
            newer, ids = read_newer_ids(database, config, span_of(database, config, known_before))
            lines = config.history.order_lines
            source = open_source(database, lines, ORDER_LINES, newer)
            _limit(database, config.history.memory_limit_gb)
            source = filled(database, source, lines)
            number = _deal(database, source, config)
            if number > 1:
                _check_plain(config, number)
                found, known = _in_buckets(database, source, config, known_before, number)
                return replace(found, reading=by_now(found.reading, newer, ids, known))
    reading = read_history(config, known_before)
    return StoreReading(LineStore.from_history(reading.history), reading)


def _limit(database: duckdb.DuckDBPyConnection, limit_gb: float) -> None:
    """Hold the database to its part of the limit; it makes its own folder for the rest, and none to put that in."""
    folder_of(database).parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"SET memory_limit = '{database_bytes(limit_gb)}B'")


def _check_plain(config: Config, number: int) -> None:
    """Refuse what needs all lines in memory at once: what it would give without them is another result."""
    history = config.history
    more = [table.name for table in OPTIONAL_TABLES if history.table(table.name) is not None]
    more += ["order_lines.columns.list_amount"] if history.order_lines.columns.list_amount else []
    more += ['churn.target = "partial"'] if config.churn.target == "partial" else []
    if more:
        raise UsageProblem(
            "The order lines do not fit into the memory allowed, and by buckets only order lines can be read.",
            where="setting history.memory_limit_gb",
            got=f"{history.memory_limit_gb:g} GB, {number} buckets needed, beside {', '.join(more)}",
            expected="order lines alone, without list prices, or a limit that holds them at once",
            todo="raise the limit or set it to 0, or leave out the settings named",
        )


def _deal(database: duckdb.DuckDBPyConnection, source: Source, config: Config) -> int:
    """How many buckets there are, with about as many rows each; the table `buckets` says whose rows are in which."""
    ((lines,),) = database.execute(f"SELECT count(*) FROM {source.scan}").fetchall()
    number = buckets_for(lines, config.history.memory_limit_gb)
    if number == 1:
        return 1
    parts = _customer_parts(source, config)
    columns = ", ".join(f"{sql} AS part_{at}" for at, sql in enumerate(parts))
    counted = database.sql(f"SELECT {columns}, count(*) AS lines FROM {source.scan} GROUP BY ALL").to_arrow_table()
    raw = [column.combine_chunks().dictionary_encode() for column in counted.columns[:-1]]
    keys = cleaned([encoded(pa.chunked_array([column])) for column in raw])
    keys = in_capitals(keys) if "customer_id" in config.history.order_lines.uppercase else keys
    keys = keys if source.newer_ids is None else source.newer_ids.of(keys)
    order = pc.sort_indices(keys.values).to_numpy()
    ranks = np.append(np.argsort(order), 0)  # rows without a customer go into the first bucket, and into quarantine
    rank, rows = ranks[keys.codes], counted.column("lines").to_numpy()
    before = np.cumsum(np.bincount(rank, weights=rows))
    bucket = np.minimum(before * number // max(1, lines + 1), number - 1).astype(np.int32)
    database.register("buckets", counted.append_column("bucket", pa.array(bucket[rank])))
    return number


def _customer_parts(source: Source, config: Config) -> list[str]:
    """The columns a customer's key is made of, as SQL."""
    return [sql for name, sql in key_parts(source, config.history.order_lines) if name.startswith("customer_id.")]


def _same(source: Source, config: Config) -> str:
    """Whether a row is of the customer of a row `dealt` of the table `buckets`."""
    parts = _customer_parts(source, config)
    return " AND ".join(f"{sql} IS NOT DISTINCT FROM dealt.part_{at}" for at, sql in enumerate(parts))


def _bucket(source: Source, config: Config, number: int) -> Source:
    """The rows of one bucket, in the order of the files; of lines that cannot be split the first one tells."""
    dealt = f"(SELECT * FROM buckets WHERE bucket = {number}) AS dealt"
    scan = f"(SELECT * FROM {source.scan} SEMI JOIN {dealt} ON {_same(source, config)}) AS src"
    return replace(source, scan=scan, whole=False, rejects=number == 0)


def _in_buckets(
    database: duckdb.DuckDBPyConnection, source: Source, config: Config, known_before: date | None, number: int
) -> tuple[StoreReading, dict[str, Spell]]:
    place, span = config.runs / "tmp", span_of(database, config, known_before)
    stated, lines = config.history.currency, config.history.order_lines
    kept_rows = compose(source, lines, config.history.time_zone, span).kept
    check_copies(database, source, kept_rows, _same(source, config), lines)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="buckets-", dir=place) as folder:
        kept = _Appended(Path(folder))
        readings, unread = [], {*ORDER_LINES.by_name}
        known: dict[str, Spell] = {}
        for bucket in range(number):
            logger.info("reading bucket %d of %d", bucket + 1, number)
            part, quarantine = _bucket(source, config, bucket), Path(folder) / f"quarantine-{bucket}.parquet"
            found = read_source(database, part, config, span, stated, quarantine, whole=False)
            unread &= {*found.unread}
            known |= found.spells
            readings.append(_appended(kept, found))
            del found
            pa.default_memory_pool().release_unused()  # the next one is as large, and begins with other columns
        account = _together([reading.account for reading in readings], quarantine_file(config, ORDER_LINES.name))
        account = checked(database, source, account, config, unread)
        digest = hashlib.sha256("".join(reading.fingerprint for reading in readings).encode()).hexdigest()
        empty = History(pa.table({}), _one_currency(readings))
        unmet = unmet_ids(kept.keys())  # not of orders: what they are called is let go of with each bucket
        reading = Reading(empty, account, digest, tables={ORDER_LINES.name: digest}, unmet=unmet)
        return StoreReading(kept.store(), reading, kept.names.get("product")), known


def _appended(kept: _Appended, found: ReadTable) -> Reading:
    """The reading of a bucket without its rows, which are put behind those that are kept."""
    history = History(found.rows, found.currency)
    if found.account.rows_used:
        kept.append(NamedStore.of(history))
    return Reading(replace(history, order_lines=pa.table({})), found.account, fingerprint(history))


class _Appended:
    """Stores of ascending customers put one behind the other on disk, product and category codes common to all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, pa.Array] = {}
        self.customers: list[Any] = []
        self.rows: list[Any] = []
        self.kinds: dict[str, np.dtype[Any]] = {}
        self.end = 0

    def append(self, bucket: NamedStore) -> None:
        """Write the rows of one bucket behind those there are."""
        store, codes = bucket.store, {}
        for key in KEYS:
            if key != "order" and key in bucket.names:  # an order's code only has to differ from the customer's others
                known = self.names.get(key, bucket.names[key][:0])
                self.names[key], places = joined_texts(known, bucket.names[key])
                codes[key] = places[getattr(store, key)]
        for name in ROW_COLUMNS:
            column = codes.get(name, getattr(store, name))
            if name == "known":
                column = store.day if column is None else column
            if column is not None:
                self.kinds[name] = column.dtype
                with (self.folder / name).open("ab") as file:
                    column.tofile(file)
        self.customers.append(store.customer_ids)
        self.rows.append(np.diff(store.offsets))
        self.end = max(self.end, store.end)

    def keys(self) -> dict[str, pa.Array]:
        """The ids of customers, and of products where there are any, by column."""
        products = {"product_id": self.names["product"]} if "product" in self.names else {}
        return {"customer_id": pa.array(np.concatenate(self.customers), pa.string()), **products}

    def store(self) -> LineStore:
        """The whole, mapped into memory."""
        columns: dict[str, Any] = dict.fromkeys(ROW_COLUMNS)
        for name, kind in self.kinds.items():
            columns[name] = from_file(self.folder / name, kind)
        if np.array_equal(columns["known"], columns["day"]):
            columns["known"] = None
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(self.rows))])
        columns |= {"offsets": offsets, "end": self.end, "nameless": nameless_codes(self.names)}
        return LineStore(customer_ids=np.concatenate(self.customers), **columns)


def _together(accounts: Sequence[Account], path: Path) -> Account:
    """The account of all buckets, and their quarantines as one file."""
    first = accounts[0]
    path.unlink(missing_ok=True)
    files = [account.quarantine for account in accounts if account.quarantine is not None]
    if files:
        with replacing(path) as draft, ExitStack() as stack:
            writer: pq.ParquetWriter | None = None
            for file in files:
                table = pq.read_table(file)
                writer = writer or stack.enter_context(pq.ParquetWriter(draft, table.schema, compression="zstd"))
                writer.write_table(table)
    return replace(
        first,
        rows_read=sum(account.rows_read for account in accounts),
        excluded=_added(account.excluded for account in accounts),
        quarantined=_added(account.quarantined for account in accounts),
        missing=_added(account.missing for account in accounts),
        remarks=_added(account.remarks for account in accounts),
        quarantine=path if files else None,
    )


def _added(counts: Iterator[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _one_currency(readings: Sequence[Reading]) -> str:
    found = sorted({reading.history.currency for reading in readings if reading.account.rows_used})
    if len(found) == 1:
        return found[0]
    raise DataProblem(
        "The amounts are not all in one currency.",
        where="table order_lines",
        got=", ".join(found),
        expected="one currency in every row",
        todo="keep one with a filter on the column of the currency",
    )
