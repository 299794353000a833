"""Reading the mapped rows batch by batch: what is text becomes codes at once, so that memory holds each value once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.freed_memory import keep_freed_memory
from features.engine.hashing import mix_in
from features.engine.pieces import in_one_piece
from features.history import Table
from pipeline.settings_history import TableSettings
from pipeline.settings_tables import OrderLines
from pipeline.sources_columns import GatheredColumn
from pipeline.sources_database import reading
from pipeline.sources_dictionaries import stored_texts
from pipeline.sources_files import Source
from pipeline.sources_keys import Key, Mask, cleaned, encoded, in_capitals, joined, printable, without
from pipeline.sources_mapping import coded_apart
from pipeline.sources_quarantine import BATCH, Verdict, rejected
from pipeline.sources_rows import Rows
from pipeline.sources_words import in_our_words


@dataclass(frozen=True)
class Mapped:
    """The rows no rule left out, in the order of the files.

    `keys`: keys and texts by column. `flat`: every other column, and its missing values. `hashes` (n,) is empty where
    copies are not looked for. `lines`: text of CSV lines that could not be split. `excluded`: rows per rule.
    """

    declared: Table
    keys: dict[str, Key]
    flat: dict[str, pa.ChunkedArray]
    hashes: npt.NDArray[np.uint64]
    verdict: Verdict
    lines: list[str]
    excluded: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.verdict.codes.size

    def table(self, used: Mask) -> pa.Table:
        """The history table of the rows `used` (n,), columns in the order of their declaration."""
        chosen = None if used.all() else pa.array(used)
        columns = {}
        for column in self.declared.columns:
            if column.name in self.keys:
                columns[column.name] = self.keys[column.name].taken(used).to_arrow()
            elif column.name in self.flat:
                flat = self.flat[column.name]
                columns[column.name] = in_one_piece(flat if chosen is None else flat.filter(chosen))
        return pa.table(columns)


def read_rows(database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, settings: TableSettings) -> Mapped:
    """Read, map and clean the rows of a table.

    Raises:
        DataProblem: the files cannot be read.
    """
    with reading(source.where, source.table.name):
        counted = dict(database.execute(rows.count).fetchall())
        chunks = _chunks(database, source, rows, counted.get(None, 0))
        lines = rejected(database, source)
    names = tuple(rows.rules)
    codes = _numpy(chunks.pop("problem"), -1).astype(np.int16)
    raw = {name: encoded(chunks.pop(name)) for name in [*chunks] if "." in name}  # one column at a time is held twice
    mapped = Mapped(
        declared=source.table,
        keys={},
        flat={name: column for name, column in chunks.items() if name != "row_hash"},
        hashes=_hashes(chunks, raw, coded_apart(source, settings).values()),
        verdict=Verdict(codes, tuple(rows.problems)),
        lines=lines,
        excluded={name: counted.get(index, 0) for index, name in enumerate(names)},
    )
    return replace(mapped, keys=_keys(raw, mapped, settings))


def _chunks(
    database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, expected: int
) -> dict[str, pa.ChunkedArray]:
    """Every column of the rows; raw parts of keys dictionary-encoded, if they are no whole numbers."""
    keep_freed_memory()
    stored = stored_texts(database, source, rows)
    others = {name: sql for name, sql in rows.columns.items() if name not in stored}
    chunks = _queried(database, replace(rows, columns=others), expected) | stored
    if any(len(column) != len(chunks["problem"]) for column in stored.values()):  # a file changed in between
        return _queried(database, rows, expected)
    return {name: chunks[name] for name in (*rows.columns, "problem")}


def _queried(database: duckdb.DuckDBPyConnection, rows: Rows, expected: int) -> dict[str, pa.ChunkedArray]:
    """Every column of the query, of about as many rows as `expected`; texts are encoded batch by batch."""
    reader = database.sql(rows.select).to_arrow_reader(BATCH)
    texts = {field.name for field in reader.schema if "." in field.name and not pa.types.is_integer(field.type)}
    gathered = {
        field.name: GatheredColumn(field.type, expected)
        for field in reader.schema
        if field.name not in texts and GatheredColumn.holds(field.type)
    }
    chunks: dict[str, list[pa.Array]] = {name: [] for name in reader.schema.names if name not in gathered}
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in gathered:
                gathered[name].append(column)
            else:
                chunks[name].append(column.dictionary_encode() if name in texts else _copied(column))
    types = {
        field.name: pa.dictionary(pa.int32(), field.type) if field.name in texts else field.type
        for field in reader.schema
    }
    whole = {name: column.column() for name, column in gathered.items()}
    return whole | {name: pa.chunked_array(parts, types[name]) for name, parts in chunks.items()}


def _copied(column: pa.Array) -> pa.Array:
    """The column in memory of its own: DuckDB frees a batch, texts and all, when none of its columns is in use."""
    return pa.concat_arrays([column, column.slice(0, 0)])


def _hashes(chunks: dict[str, pa.ChunkedArray], raw: dict[str, Key], parts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """What copies of a line share (n,), of the database's hash and the codes of the raw `parts`; empty without one.

    The codes are mixed into the memory that the column was gathered in.
    """
    if "row_hash" not in chunks:
        return np.empty(0, dtype=np.uint64)
    column = chunks.pop("row_hash").chunk(0)
    hashes = np.frombuffer(column.buffers()[1], dtype=np.uint64)[: len(column)]
    for part in parts:
        mix_in(hashes, raw[part].codes)
    return hashes


def _keys(raw: dict[str, Key], mapped: Mapped, settings: TableSettings) -> dict[str, Key]:
    """Keys and texts, cleaned as configured, the user's words for choices as ours."""
    names = dict.fromkeys(name.split(".")[0] for name in raw)
    keys = {name: cleaned([key for part, key in raw.items() if part.split(".")[0] == name]) for name in names}
    for name in settings.uppercase:
        if name in keys:
            keys[name] = in_capitals(keys[name])
    for column in mapped.declared.columns:
        if column.kind == "text" and column.name in keys:
            keys[column.name] = printable(keys[column.name])
        if column.choices and column.name in keys:
            keys[column.name] = in_our_words(keys[column.name], column.choices, settings.meanings.get(column.name, {}))
    return _order_keys(keys, mapped, settings) if isinstance(settings, OrderLines) else keys


def _order_keys(keys: dict[str, Key], mapped: Mapped, settings: OrderLines) -> dict[str, Key]:
    """The keys without what is no product; without a mapped order an order is a customer's day."""
    rule = settings.not_products
    if "product_id" in keys and rule.how == "keep_amount":
        product = without(keys["product_id"], rule.values, rule.prefixes, ignore_case=rule.ignore_case)
        keys = keys | {"product_id": product}
    if "order_id" in keys:
        return keys
    days = cleaned([encoded(mapped.flat["ordered_on"].dictionary_encode())])
    return keys | {"order_id": joined(keys["customer_id"], days)}


def _numpy(column: pa.ChunkedArray, missing: int) -> Any:
    return np.asarray((column.fill_null(missing) if column.null_count else column).to_numpy())
