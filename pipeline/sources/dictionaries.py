"""Texts of Parquet files as the dictionaries they are stored as: nothing is written out and looked up again.

The database writes every text out, row by row; turning those into codes again costs as much as all other columns of the
order lines together.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.engine.kernels_of_keys import number_on
from pipeline.sources.database import quoted
from pipeline.sources.files import Source
from pipeline.sources.quarantine import BATCH
from pipeline.sources.rows import Rows

STORED = pa.dictionary(pa.int32(), pa.string())
Mask = npt.NDArray[np.bool_]


def stored_texts(database: duckdb.DuckDBPyConnection, source: Source, rows: Rows) -> dict[str, pa.ChunkedArray]:
    """The columns of `rows` that are texts of Parquet files as they are, dictionary-encoded; the others are left out.

    In the order of the rows, without those that a rule leaves out, the values as they first occur: what
    `dictionary_encode` makes of the texts. Files that cannot be read so are left to the database, which says why.
    """
    plain = {quoted(column): column for column, kind in source.types.items() if kind == "VARCHAR"}
    wanted = {name: plain[sql] for name, sql in rows.columns.items() if "." in name and sql in plain}
    if source.kind != "parquet" or not source.whole or not wanted:
        return {}
    columns = sorted({*wanted.values()})
    runs: dict[str, list[_Run]] = {column: [] for column in columns}
    kept, done = _kept(database, rows), 0
    try:
        for batch in _batches(source, columns):
            chosen = None if kept is None else kept[done : done + batch.num_rows]
            done += batch.num_rows
            for column, values in zip(columns, batch.columns, strict=True):
                _run_of(runs[column], values.dictionary).add(values, chosen)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError, KeyError):
        return {}
    chunks = {column: [chunk for run in runs[column] for chunk in run.chunks()] for column in columns}
    return {name: pa.chunked_array(chunks[column], STORED) for name, column in wanted.items()}


def _kept(database: duckdb.DuckDBPyConnection, rows: Rows) -> Mask | None:
    """Which rows (n,) no rule leaves out; None where there is no rule."""
    if not rows.rules:
        return None
    gone = database.sql(f"SELECT ({' OR '.join(rows.rules.values())}) AS gone FROM {rows.scan}").to_arrow_table()
    return ~gone.column("gone").to_numpy()


def _batches(source: Source, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """The columns of all files, in their order.

    Raises:
        KeyError: a file lacks a column.
        ValueError: a file holds a column as something else than text.
    """
    for path in source.files:
        with pq.ParquetFile(path, read_dictionary=columns) as file:
            for batch in file.iter_batches(BATCH, columns=columns, use_threads=False):
                if batch.schema.types != [STORED] * len(columns):
                    raise ValueError(f"{path} holds {batch.schema}")
                yield batch.select(columns)


class _Run:
    """Batches that come one after the other and share a dictionary; of its values, those that occur, as they first do.

    Files that were written from one table often hold the same dictionary each: what it stands for is then looked up
    once, not file by file.

    Raises:
        ArrowInvalid: a text is no UTF-8.
    """

    def __init__(self, dictionary: pa.StringArray) -> None:
        dictionary.validate(full=True)
        self.dictionary = dictionary
        self._codes: list[npt.NDArray[np.int32]] = []
        self._places, self._count = np.zeros((2, len(dictionary)), dtype=np.int32), 0

    def add(self, values: pa.DictionaryArray, chosen: Mask | None) -> None:
        """The `chosen` rows (n,) of a batch, or all."""
        codes = pc.fill_null(values.indices, -1) if values.null_count else values.indices
        codes = codes.to_numpy(zero_copy_only=False)
        codes = codes if chosen is None else codes[chosen]
        own = np.empty_like(codes)
        self._count = number_on(codes, 1, self._count, self._places, own)
        self._codes.append(own)

    def chunks(self) -> list[pa.DictionaryArray]:
        """The batches, with one dictionary of the values that occur."""
        used = np.flatnonzero(self._places[0])
        order = np.empty_like(used)
        order[self._places[1, used]] = used
        values, missing = self.dictionary.take(pa.array(order)), [own < 0 for own in self._codes]
        masks = [each if each.any() else None for each in missing]
        codes = [pa.array(own, mask=mask) for own, mask in zip(self._codes, masks, strict=True)]
        return [pa.DictionaryArray.from_arrays(each, values) for each in codes]


def _run_of(runs: list[_Run], dictionary: pa.StringArray) -> _Run:
    """The last of the runs if it has this dictionary, else a new one behind it."""
    if not runs or not runs[-1].dictionary.equals(dictionary):
        runs.append(_Run(dictionary))
    return runs[-1]
