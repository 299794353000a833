"""Rows that broke the contract: copies found, reasons given, and the rows themselves kept for people to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.engine.repeats import among, repeated
from pipeline.config import Config
from pipeline.process.files import replacing
from pipeline.sources.database import literal, quoted, reading
from pipeline.sources.files import Source
from pipeline.sources.rows import Rows
from pipeline.sources.sql import present

BATCH = 500_000
REJECTED = "the line cannot be split into its columns"
UNDECODED = "the line is no text in the encoding stated"
REASON, LINE = "reason", "line"
"""What the quarantine says beside the user's columns."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with each row: `codes` (n,) into `reasons`, -1 where all is well."""

    codes: npt.NDArray[np.int16]
    reasons: tuple[str, ...]

    def also(self, reason: str, rows: Mask) -> Verdict:
        """The verdict with a further reason for the `rows` (n,) that had none."""
        if not rows.any():
            return self
        codes = np.where(rows & (self.codes < 0), np.int16(len(self.reasons)), self.codes)
        return Verdict(codes.astype(np.int16), (*self.reasons, reason))

    @property
    def broken(self) -> Mask:
        """The rows (n,) that have a reason."""
        return self.codes >= 0

    def counts(self) -> dict[str, int]:
        """Rows per reason that occurs, in the order of the reasons."""
        counted = np.bincount(self.codes[self.broken], minlength=len(self.reasons))
        return {reason: int(rows) for reason, rows in zip(self.reasons, counted, strict=True) if rows}


def copies(
    database: duckdb.DuckDBPyConnection,
    source: Source,
    rows: Rows,
    hashes: npt.NDArray[np.uint64],
    key: list[str],
    newest_first: str = "",
) -> Mask:
    """The rows (n,) that repeat another one in every column of `key` (all columns if empty).

    Equal hashes only nominate: the rows themselves decide. The first row is none, or that by `newest_first` (what
    follows ORDER BY); with it, a row whose key has a gap repeats nothing.
    """
    doubled = repeated(hashes)
    found = np.zeros(hashes.size, dtype=bool)
    if not doubled.size:
        return found
    nominated = among(hashes, doubled)
    candidates = pa.Table.from_batches(list(_picked(database, source, rows, nominated)))
    candidates = candidates.append_column("copies: place", pa.array(np.flatnonzero(nominated)))
    database.register("candidates", candidates)
    columns = ", ".join(quoted(column) for column in key or source.types)
    by = newest_first or quoted("copies: place")
    again = f"row_number() OVER (PARTITION BY {columns} ORDER BY {by}) > 1"
    again += "".join(f" AND {present(source, column)}" for column in key if newest_first)
    places = database.execute(f"SELECT {quoted('copies: place')} FROM candidates AS src QUALIFY {again}")
    found[places.fetchnumpy()["copies: place"]] = True
    database.unregister("candidates")
    return found


def quarantine_file(config: Config, table: str) -> Path:
    """Where the broken rows of a table are kept."""
    return config.runs / "quarantine" / config.name / f"{table}.parquet"


def beside(name: str, columns: Collection[str]) -> str:
    """The name of what is said beside the user's columns: with a number behind it where one of them is called so.

    For the database that reads the file again, names that differ by capitals alone are one.
    """
    taken = {column.casefold() for column in columns}
    names = (name, *(f"{name}_{number}" for number in range(1, len(taken) + 1)))
    return next(each for each in names if each not in taken)


def rejected(database: duckdb.DuckDBPyConnection, source: Source) -> list[tuple[str, str]]:
    """The lines of the last scan of CSV files that could not be decoded or split into columns, each with the reason."""
    if source.kind != "csv" or not source.rejects:
        return []
    last = "scan_id = (SELECT max(scan_id) FROM reject_scans)"
    reason = f"if(bool_or(error_type = 'INVALID ENCODING'), {literal(UNDECODED)}, {literal(REJECTED)})"
    found = f"SELECT any_value(csv_line), {reason} FROM reject_errors WHERE {last}"
    query = f"{found} GROUP BY file_id, line ORDER BY file_id, line"
    return [(str(line), str(why)) for line, why in database.execute(query).fetchall()]


def write_quarantine(
    database: duckdb.DuckDBPyConnection,
    source: Source,
    rows: Rows,
    verdict: Verdict,
    lines: list[tuple[str, str]],
    path: Path,
) -> None:
    """Write the broken rows with all their columns, `reason`, and for CSV the text of lines that could not be split."""
    reasons = verdict.codes[verdict.broken]
    said, text = (beside(name, source.types) for name in (REASON, LINE))
    done = 0
    with replacing(path) as draft:
        writer: pq.ParquetWriter | None = None
        for batch in _picked(database, source, rows, verdict.broken):
            why = pa.array(verdict.reasons).take(pa.array(reasons[done : done + batch.num_rows]))
            done += batch.num_rows
            table = pa.table([*batch.columns, why], [*batch.schema.names, said])
            if source.kind == "csv":
                table = table.append_column(text, pa.nulls(table.num_rows, pa.string()))
            writer = writer or pq.ParquetWriter(draft, table.schema, compression="zstd")
            writer.write_table(table)
        if writer is not None:
            if lines:
                writer.write_table(_unsplit(writer.schema, said, text, lines))
            writer.close()


def _unsplit(schema: pa.Schema, said: str, text: str, lines: list[tuple[str, str]]) -> pa.Table:
    """The lines that could not be split as rows of the quarantine, with the reason in `said` and the line in `text`."""
    known = {said: pa.array([why for _, why in lines]), text: pa.array([line for line, _ in lines])}
    return pa.table([known.get(field.name, pa.nulls(len(lines), field.type)) for field in schema], schema=schema)


def _picked(database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, chosen: Mask) -> Iterator[pa.RecordBatch]:
    """The user's rows as they are, those of `chosen` (n,) among the rows no rule left out; at least one batch."""
    with reading(source.where, source.table.name, source.texts):
        reader = database.sql(f"SELECT * {rows.kept}").to_arrow_reader(BATCH)
        done = 0
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        for batch in reader:
            mask = chosen[done : done + batch.num_rows]
            done += batch.num_rows
            if mask.any():
                yield batch.filter(pa.array(mask))
