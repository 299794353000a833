"""The prediction store: a Delta table with one partition per cutoff, each replaced as a whole in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from features.errors import BusyProblem, DataProblem
from pipeline.locks import locked
from pipeline.predictions import BOUNDS, SCHEMA

Written = Literal["written", "unchanged"]
ORDER = [("customer_id", "ascending")]


@dataclass(frozen=True)
class PredictionStore:
    """Predictions of one configuration, in `folder`. Readers see a partition before or after a write, never between.

    Files of replaced partitions stay, so that a reader who began before a write finishes in peace.
    """

    folder: Path

    def write(self, table: pa.Table, cutoff: date) -> Written:
        """Replace the partition of `cutoff` by `table` (columns of `SCHEMA`), unless it already holds just that.

        Raises:
            BusyProblem: another process writes the same cutoff.
            DataProblem: a row breaks a constraint of the store.
        """
        table = table.select(SCHEMA.names).cast(SCHEMA).sort_by(ORDER)
        with locked(self._lock(str(cutoff)), busy=f"writing the predictions of {cutoff}"):
            self._create()
            if cutoff in self.cutoffs() and self.read(cutoff).equals(table):
                return "unchanged"
            self._commit(table, cutoff)
        return "written"

    def _commit(self, table: pa.Table, cutoff: date) -> None:
        try:
            # one writer at a time: the table is small, and a lost race would cost the whole scoring run
            with locked(self._lock("commit")):
                write_deltalake(
                    str(self.folder), table, mode="overwrite", predicate=f"cutoff = '{cutoff}'", schema_mode="merge"
                )
        except CommitFailedError as error:
            raise BusyProblem(
                "Another process changed the prediction store at the same moment.",
                where=str(self.folder),
                got="a conflicting commit",
                expected="one writer per cutoff",
                todo="run moorings score again",
            ) from error
        except DeltaError:
            # its text quotes rows of customers, which belong in no log
            raise DataProblem(
                "The predictions break a constraint of the store; nothing was written.",
                where=str(self.folder),
                got=f"{table.num_rows:,} rows for {cutoff}",
                expected="; ".join(BOUNDS.values()),
                todo="report this: scoring should never produce such a row",
            ) from None

    def _create(self) -> None:
        if DeltaTable.is_deltatable(str(self.folder)):
            return
        with locked(self._lock("commit")):
            if not DeltaTable.is_deltatable(str(self.folder)):
                self.folder.mkdir(parents=True, exist_ok=True)
                created = DeltaTable.create(str(self.folder), SCHEMA, mode="ignore", partition_by=["cutoff"])
                created.alter.add_constraint(BOUNDS)

    def cutoffs(self) -> tuple[date, ...]:
        """The cutoffs that have predictions, ascending."""
        if not DeltaTable.is_deltatable(str(self.folder)):
            return ()
        return tuple(sorted(date.fromisoformat(part["cutoff"]) for part in DeltaTable(str(self.folder)).partitions()))

    def read(self, cutoff: date) -> pa.Table:
        """The predictions of one cutoff, by customer; no rows where there are none."""
        # read the files themselves: DeltaTable.to_pyarrow_table leaves a thread behind that aborts the interpreter
        # when it ends (deltalake 1.6 with pyarrow 25)
        table = DeltaTable(str(self.folder))
        files = table.file_uris(file_pruning_predicate=f"cutoff = '{cutoff}'")
        parts = [_with_cutoff(pq.read_table(file, partitioning=None), cutoff) for file in sorted(files)]
        return pa.concat_tables(parts or [SCHEMA.empty_table()]).sort_by(ORDER)

    def version(self) -> int:
        """The number of commits so far, less one."""
        return int(DeltaTable(str(self.folder)).version())

    def _lock(self, name: str) -> Path:
        return self.folder.with_name(f".{self.folder.name}.{name}.lock")


def _with_cutoff(table: pa.Table, cutoff: date) -> pa.Table:
    """A partition file as rows of `SCHEMA`; columns it was written without are null."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.array([cutoff if field.name == "cutoff" else None] * table.num_rows, field.type)
        for field in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)
