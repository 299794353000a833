"""Order lines read bucket by bucket of customers, so that memory holds one bucket's rows at a time.

A bucket is a stretch of customers in the order of their names. Its rows are read, checked, sorted and put behind those
of the buckets before, in files, see `appended_store.py`. A failing bucket fails the reading.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.engine.merging import NamedStore
from features.errors import DataProblem
from features.history import ORDER_LINES, History
from pipeline.config import Config
from pipeline.memory.limit import buckets_for
from pipeline.process.files import replacing
from pipeline.sources.account import Account
from pipeline.sources.appended_store import AppendedStore
from pipeline.sources.copies_apart import check_copies
from pipeline.sources.files import Source
from pipeline.sources.fingerprint import fingerprint
from pipeline.sources.first_ids import Spell
from pipeline.sources.history import Reading, span_of
from pipeline.sources.keys import cleaned, encoded, in_capitals
from pipeline.sources.mapping import key_parts
from pipeline.sources.quarantine import quarantine_file
from pipeline.sources.rows import compose
from pipeline.sources.store_reading import StoreReading
from pipeline.sources.table import ReadTable, checked, read_source
from pipeline.sources.unmet import unmet_ids
from pipeline.sources.written_currencies import check_written_currencies

logger = logging.getLogger(__name__)


def deal(database: duckdb.DuckDBPyConnection, source: Source, config: Config) -> int:
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


def _same_customer(source: Source, config: Config) -> str:
    """Whether a row is of the customer of a row `dealt` of the table `buckets`."""
    parts = _customer_parts(source, config)
    return " AND ".join(f"{sql} IS NOT DISTINCT FROM dealt.part_{at}" for at, sql in enumerate(parts))


def _rows_of_bucket(source: Source, config: Config, number: int) -> Source:
    """The rows of one bucket, in the order of the files.

    Every bucket scans all files, so lines that cannot be split into columns are reported with the first one alone.
    """
    dealt = f"(SELECT * FROM buckets WHERE bucket = {number}) AS dealt"
    scan = f"(SELECT * FROM {source.scan} SEMI JOIN {dealt} ON {_same_customer(source, config)}) AS src"
    return replace(source, scan=scan, whole=False, rejects=number == 0)


def read_in_buckets(
    database: duckdb.DuckDBPyConnection, source: Source, config: Config, known_before: date | None, number: int
) -> tuple[StoreReading, dict[str, Spell]]:
    """The store and how its `number` buckets were read, and when lines under each customer id were, by id."""
    place, span = config.runs / "tmp", span_of(database, config, known_before)
    stated, lines = config.history.currency, config.history.order_lines
    kept_rows = compose(source, lines, config.history.time_zone, span).kept
    check_copies(database, source, kept_rows, _same_customer(source, config), lines)
    check_written_currencies(database, source, lines, kept_rows, stated)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="buckets-", dir=place) as folder:
        kept = AppendedStore(Path(folder))
        readings, unread = [], {*ORDER_LINES.by_name}
        known: dict[str, Spell] = {}
        for bucket in range(number):
            logger.info("reading bucket %d of %d", bucket + 1, number)
            part, quarantine = _rows_of_bucket(source, config, bucket), Path(folder) / f"quarantine-{bucket}.parquet"
            found = read_source(database, part, config, span, stated, quarantine, whole=False)
            unread &= {*found.unread}
            known |= found.spells
            readings.append(_append(kept, found))
            del found
            pa.default_memory_pool().release_unused()  # the next one is as large, and begins with other columns
        account = _combined_account(
            [reading.account for reading in readings], quarantine_file(config, ORDER_LINES.name)
        )
        account = checked(database, source, account, config, unread)
        digest = hashlib.sha256("".join(reading.fingerprint for reading in readings).encode()).hexdigest()
        empty = History(pa.table({}), _one_currency(readings))
        unmet = unmet_ids(kept.keys())  # not of orders: what they are called is let go of with each bucket
        reading = Reading(empty, account, digest, tables={ORDER_LINES.name: digest}, unmet=unmet)
        return StoreReading(kept.store(), reading, kept.names.get("product")), known


def _append(kept: AppendedStore, found: ReadTable) -> Reading:
    """The reading of a bucket without its rows, which are put behind those that are kept."""
    history = History(found.rows, found.currency)
    if found.account.rows_used:
        kept.append(NamedStore.of(history))
    return Reading(replace(history, order_lines=pa.table({})), found.account, fingerprint(history))


def _combined_account(accounts: Sequence[Account], path: Path) -> Account:
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
        excluded=_summed(account.excluded for account in accounts),
        quarantined=_summed(account.quarantined for account in accounts),
        missing=_summed(account.missing for account in accounts),
        remarks=_summed(account.remarks for account in accounts),
        quarantine=path if files else None,
    )


def _summed(counts: Iterator[dict[str, int]]) -> dict[str, int]:
    """The counts added up by name."""
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
