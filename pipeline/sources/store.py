"""The history of a configuration, read and sorted: at once, or by buckets of customers where memory is limited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb

from features.engine.store import LineStore
from features.errors import UsageProblem
from features.history import OPTIONAL_TABLES, ORDER_LINES
from pipeline.config import Config
from pipeline.memory.limit import database_bytes
from pipeline.process.progress import stage
from pipeline.sources.buckets import deal, read_in_buckets
from pipeline.sources.customer_ids import read_newer_ids
from pipeline.sources.database import connect, folder_of
from pipeline.sources.files import open_source
from pipeline.sources.filling import filled
from pipeline.sources.history import by_now, read_history, span_of
from pipeline.sources.store_reading import StoreReading

__all__ = ["StoreReading", "read_store"]


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
            _limit_memory(database, config.history.memory_limit_gb)
            source = filled(database, source, lines)
            number = deal(database, source, config)
            if number > 1:
                _check_nothing_else(config, number)
                found, known = read_in_buckets(database, source, config, known_before, number)
                return replace(found, reading=by_now(found.reading, newer, ids, known))
    reading = read_history(config, known_before)
    return StoreReading(LineStore.from_history(reading.history), reading)


def _limit_memory(database: duckdb.DuckDBPyConnection, limit_gb: float) -> None:
    """Hold the database to its part of the limit; it makes its own folder for the rest, and none to put that in."""
    folder_of(database).parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"SET memory_limit = '{database_bytes(limit_gb)}B'")


def _check_nothing_else(config: Config, number: int) -> None:
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
