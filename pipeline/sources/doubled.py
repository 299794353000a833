"""Names that a file gives to several of its columns: the database numbers all but the first, and says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def doubled(names: Iterable[tuple[Path, Iterable[str]]]) -> dict[str, Path]:
    """The names that occur more than once in a file, each with the first such file; `names` by file as they stand."""
    found: dict[str, Path] = {}
    for file, columns in names:
        for name, times in Counter(columns).items():
            if times > 1:
                found.setdefault(name, file)
    return found


def may_be_doubled(columns: Collection[str]) -> bool:
    """Whether any column may be the second of a name: the database calls it by that name and `_1`."""
    plain = {name.casefold() for name in columns}
    return any(f"{name}_1" in plain for name in plain)


def text_names(database: duckdb.DuckDBPyConnection, scan: str) -> list[str]:
    """The first row of a scan of a text file without a header: the names as they stand; none if it cannot be read."""
    try:
        row = database.execute(f"{scan} LIMIT 1").fetchone()
    except duckdb.Error:
        return []  # whoever reads all of it says why
    return [str(name) for name in row or () if name is not None]


def parquet_names(file: Path) -> list[str]:
    """The names of the columns of a Parquet file as they stand; none if it cannot be read."""
    try:
        return list(pq.read_schema(file).names)
    except (pa.ArrowInvalid, OSError):
        return []
