"""The prediction store: a Delta table with one partition per cutoff, each replaced as a whole in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from features.errors import BusyProblem, DataProblem
from models.decision.recommend import ACT, HOLDOUT
from pipeline.contract.predictions import BOUNDS, SCHEMA
from pipeline.export.origin import Origin, origin_of
from pipeline.export.store_columns import prepare
from pipeline.process.locks import locked
from pipeline.process.machine import machine_problem
from pipeline.process.run_id import run_id

Written = Literal["written", "unchanged"]
ORDER = [("customer_id", "ascending")]
PLAY_COLUMNS = ("customer_id", "play", "play_status", "meant_now", "play_campaign")


@dataclass(frozen=True)
class PredictionStore:
    """Predictions of one configuration, in `folder`. Readers see a partition before or after a write, never between.

    Files of replaced partitions stay for a while, so that a reader who began before a write finishes in peace; see
    `pipeline.export.expiry`.
    """

    folder: Path

    def write(self, table: pa.Table, cutoff: date, origin: Origin | None = None) -> Written:
        """Replace the partition of `cutoff` by `table` (columns of `SCHEMA`), unless it already holds just that.

        Args:
            table: the rows, in any order.
            cutoff: of all of them.
            origin: kept with the commit. Where rows are the same, and what it says of them too, none is made.

        Raises:
            BusyProblem: another process writes the same cutoff.
            DataProblem: a row breaks a constraint of the store, a customer has two, or the store has other columns.
        """
        table = table.select(SCHEMA.names).cast(SCHEMA).sort_by(ORDER)
        self._check_single(table, cutoff)
        with locked(self.lock(str(cutoff)), busy=f"writing the predictions of {cutoff}", passing=True):
            if self._holds(table, cutoff, origin):
                return "unchanged"
            self._commit(table, cutoff, origin or Origin(cutoff, run_id()))
        return "written"

    def _holds(self, table: pa.Table, cutoff: date, origin: Origin | None) -> bool:
        if cutoff not in self.cutoffs() or not self.read(cutoff).equals(table):
            return False
        said = self.origin(cutoff)
        return origin is None or (said is not None and (said.facts, said.work) == (origin.facts, origin.work))

    def _commit(self, table: pa.Table, cutoff: date, origin: Origin) -> None:
        said = CommitProperties(custom_metadata=origin.metadata())
        place, only = str(self.folder), f"cutoff = '{cutoff}'"
        try:
            # one writer at a time: the table is small, and a lost race would cost the whole scoring run
            with locked(self.lock("commit")):
                prepare(self.folder)
                write_deltalake(place, table, mode="overwrite", predicate=only, commit_properties=said)
        except CommitFailedError as error:
            raise BusyProblem(
                "Another process changed the prediction store at the same moment.",
                where=place,
                got="a conflicting commit",
                expected="one writer per cutoff",
                todo="run moorings score again",
            ) from error
        except DeltaError as error:
            if (problem := machine_problem(error)) is not None:
                raise problem from None
            # its text quotes rows of customers, which belong in no log
            raise self._broken(f"{table.num_rows:,} rows for {cutoff}") from None

    def _check_single(self, table: pa.Table, cutoff: date) -> None:
        doubled = table.num_rows - pc.count_distinct(table.column("customer_id"), mode="all").as_py()
        if doubled:
            raise self._broken(f"{doubled:,} rows for {cutoff} whose customer has another one")

    def _broken(self, got: str) -> DataProblem:
        return DataProblem(
            "The predictions break a constraint of the store; nothing was written.",
            where=str(self.folder),
            got=got,
            expected="; ".join(["one row a customer", *BOUNDS.values()]),
            todo="report this: scoring should never produce such a row",
        )

    def cutoffs(self) -> tuple[date, ...]:
        """The cutoffs that have predictions, ascending."""
        if not DeltaTable.is_deltatable(str(self.folder)):
            return ()
        return tuple(sorted(date.fromisoformat(part["cutoff"]) for part in DeltaTable(str(self.folder)).partitions()))

    def read(self, cutoff: date) -> pa.Table:
        """The predictions of one cutoff, by customer; no rows where there are none."""
        parts = [_with_cutoff(pq.read_table(file, partitioning=None), cutoff) for file in self._files(cutoff)]
        return pa.concat_tables(parts or [SCHEMA.empty_table()]).sort_by(ORDER)

    def plays(self, cutoff: date) -> pa.Table:
        """Of one cutoff, who was meant for a play, held out or not: columns of `PLAY_COLUMNS`, in no order.

        Those of an older version that lack a column have null in it.
        """
        parts = [_only(file, PLAY_COLUMNS) for file in self._files(cutoff)]
        table = pa.concat_tables(parts or [pa.schema([SCHEMA.field(name) for name in PLAY_COLUMNS]).empty_table()])
        return table.filter(pc.is_in(table.column("play_status"), pa.array([ACT, HOLDOUT])))

    def customers(self, cutoff: date) -> pa.Array:
        """The customers that the predictions of one cutoff are about, (n,) text, in no order."""
        only = ["customer_id"]
        parts = [pq.read_table(file, columns=only, partitioning=None).column(0) for file in self._files(cutoff)]
        texts = [chunk for part in parts for chunk in part.cast(pa.string()).chunks]
        return pa.concat_arrays(texts or [pa.array([], pa.string())])

    def columns(self, cutoff: date, names: Sequence[str]) -> pa.Table | None:
        """Some columns of the predictions of one cutoff, in no order of rows; None where an older version lacks one."""
        files = self._files(cutoff)
        if not files or not all(set(names) <= set(pq.read_schema(file).names) for file in files):
            return None
        return pa.concat_tables([pq.read_table(file, columns=list(names), partitioning=None) for file in files])

    def training_run(self, cutoff: date, kind: str) -> str | None:
        """The training run whose model gave the predictions of one cutoff for a kind of target; None where none did."""
        only = [f"{kind}_run_id"]  # no column where an older version wrote
        parts = [pq.read_table(file, columns=only, partitioning=None).columns for file in self._files(cutoff)]
        return next((run for part in parts for column in part for run in column.unique().to_pylist() if run), None)

    def _files(self, cutoff: date) -> list[Path]:
        # read the files themselves: DeltaTable.to_pyarrow_table leaves a thread behind that aborts the interpreter
        # when it ends (deltalake 1.6 with pyarrow 25)
        files = DeltaTable(str(self.folder)).file_uris(file_pruning_predicate=f"cutoff = '{cutoff}'")
        return [self._inside(file) for file in sorted(files)]

    def _inside(self, file: str) -> Path:
        """A file of the table, which has to be there and in its folder, whatever the log or a link says."""
        path = Path(file).resolve()
        if path.is_relative_to(self.folder.resolve()) and path.is_file():
            return path
        raise DataProblem(
            "The prediction store names a file that is not in its folder; nothing was read.",
            where=str(self.folder),
            got=str(path),
            expected="whole files below the folder of the store",
            todo="restore the file, or find out who changed the store; or move it away, and score again",
        )

    def origin(self, cutoff: date) -> Origin | None:
        """Where the predictions of a cutoff come from; None where there are none, or their commit is forgotten."""
        if cutoff not in self.cutoffs():
            return None
        said = (origin_of(commit) for commit in DeltaTable(str(self.folder)).history())
        return next((origin for origin in said if origin and origin.cutoff == cutoff), None)

    def first_written(self) -> dict[date, datetime]:
        """When each cutoff was first written, in UTC, as far as commits tell; writing it again changes nothing."""
        if not DeltaTable.is_deltatable(str(self.folder)):
            return {}
        said = [(origin_of(commit), commit["timestamp"]) for commit in DeltaTable(str(self.folder)).history()]
        newest_first = [(origin.cutoff, moment) for origin, moment in said if origin]
        return {cutoff: datetime.fromtimestamp(moment / 1000, UTC) for cutoff, moment in newest_first}

    def version(self) -> int:
        """The number of commits so far, less one."""
        return int(DeltaTable(str(self.folder)).version())

    def lock(self, name: str) -> Path:
        """The lock file of a cutoff, or of another thing that one process may do at a time."""
        return self.folder.with_name(f".{self.folder.name}.{name}.lock")


def _only(file: Path, names: tuple[str, ...]) -> pa.Table:
    """Columns of a partition file with the types of `SCHEMA`; those it was written without are null."""
    fields = [SCHEMA.field(name) for name in names]
    there = [name for name in names if name in pq.read_schema(file).names]
    table = pq.read_table(file, columns=there, partitioning=None)
    columns = [
        table.column(field.name).cast(field.type) if field.name in there else pa.nulls(table.num_rows, field.type)
        for field in fields
    ]
    return pa.table(columns, schema=pa.schema(fields))


def _with_cutoff(table: pa.Table, cutoff: date) -> pa.Table:
    """A partition file as rows of `SCHEMA`; columns it was written without are null."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.array([cutoff if field.name == "cutoff" else None] * table.num_rows, field.type)
        for field in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)
