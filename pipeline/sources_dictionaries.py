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

from features.engine.kernels_of_keys import number_each
from pipeline.sources_database import quoted
from pipeline.sources_files import Source
from pipeline.sources_quarantine import BATCH
from pipeline.sources_rows import Rows

STORED = pa.dictionary(pa.int32(), pa.string())
Mask = npt.NDArray[np.bool_]


def stored_texts(database: duckdb.DuckDBPyConnection, source: Source, rows: Rows) -> dict[str, pa.ChunkedArray]:
    """The columns of `rows` that are texts of Parquet files as they are, dictionary-encoded; the others are left out.

    In the order of the rows, without those that a rule leaves out, the values of each chunk as they first occur: what
    `dictionary_encode` makes of the texts. Files that cannot be read so are left to the database, which says why.
    """
    plain = {quoted(column): column for column, kind in source.types.items() if kind == "VARCHAR"}
    wanted = {name: plain[sql] for name, sql in rows.columns.items() if "." in name and sql in plain}
    if source.kind != "parquet" or not source.whole or not wanted:
        return {}
    columns = sorted({*wanted.values()})
    chunks: dict[str, list[pa.Array]] = {column: [] for column in columns}
    kept, done = _kept(database, rows), 0
    try:
        for batch in _batches(source, columns):
            chosen = None if kept is None else kept[done : done + batch.num_rows]
            done += batch.num_rows
            for column, values in zip(columns, batch.columns, strict=True):
                chunks[column].append(_as_they_occur(values, chosen))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError):
        return {}
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
        ValueError: a file lacks a column, or holds it as something else than text.
    """
    for path in source.files:
        with pq.ParquetFile(path, read_dictionary=columns) as file:
            if any(file.schema_arrow.get_all_field_indices(column) == [] for column in columns):
                raise ValueError(f"{path} lacks one of {columns}")
            for batch in file.iter_batches(BATCH, columns=columns, use_threads=False):
                if batch.schema.types != [STORED] * len(columns):
                    raise ValueError(f"{path} holds {batch.schema}")
                yield batch.select(columns)


def _as_they_occur(values: pa.DictionaryArray, chosen: Mask | None) -> pa.DictionaryArray:
    """The `chosen` rows (n,), or all, with only the values that occur, in the order of their first rows.

    Raises:
        ArrowInvalid: a text is no UTF-8.
    """
    values.dictionary.validate(full=True)
    codes = pc.fill_null(values.indices, -1) if values.null_count else values.indices
    codes = codes.to_numpy(zero_copy_only=False)
    codes = codes if chosen is None else codes[chosen]
    own, places = np.empty_like(codes), np.zeros((2, len(values.dictionary) + 1), dtype=np.int32)
    number_each(np.array([0, codes.size]), codes, places, own)
    used, missing = np.flatnonzero(places[0]), own < 0
    order = np.empty_like(used)
    order[places[1, used]] = used
    return pa.DictionaryArray.from_arrays(
        pa.array(own, mask=missing if missing.any() else None), values.dictionary.take(pa.array(order))
    )
