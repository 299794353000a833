"""The columns of a prediction store: added where a newer version writes more, refused where they are other ones.

A store written by an older version is widened, and its rows are null in the columns they were written without. A column
that changed its type, or that this version does not know, is refused: rows of two meanings would stand in one table.
"""

from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable, Schema

from features.errors import DataProblem
from pipeline.contract.predictions import BOUNDS, SCHEMA
from pipeline.contract.version import EXPORT_VERSION

CONSTRAINT = "delta.constraints."
LOG = {"delta.logRetentionDuration": "interval 3650 days"}
"""Ten years of commits: what they say of runs, models and inputs is small, and outlives the rows."""


def prepare(folder: Path) -> None:
    """Make the store in `folder` where there is none, and give it the columns, settings and constraints it lacks.

    The caller holds the lock of commits. A constraint that changes takes a new name: the text that Delta keeps of one
    is not the text it was given.

    Raises:
        DataProblem: a column has another type than this version writes, or this version does not write it.
    """
    if not DeltaTable.is_deltatable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(str(folder), SCHEMA, mode="ignore", partition_by=["cutoff"], configuration=LOG)
    table = DeltaTable(str(folder))
    there = {field.name: field for field in table.schema().fields}
    ours = {field.name: field for field in Schema.from_arrow(SCHEMA).fields}
    _check(folder, {name: str(field.type) for name, field in there.items()}, {n: str(f.type) for n, f in ours.items()})
    added = [field for name, field in ours.items() if name not in there]
    if added:
        table.alter.add_columns(added)
    held = DeltaTable(str(folder)).metadata().configuration
    if not LOG.keys() <= held.keys():
        DeltaTable(str(folder)).alter.set_table_properties(LOG)
    missing = {name: rule for name, rule in BOUNDS.items() if CONSTRAINT + name not in held}
    if missing:
        DeltaTable(str(folder)).alter.add_constraint(missing)


def _check(folder: Path, there: dict[str, str], ours: dict[str, str]) -> None:
    changed = [name for name, kind in there.items() if name in ours and ours[name] != kind]
    unknown = [name for name in there if name not in ours]
    if not changed and not unknown:
        return
    raise DataProblem(
        "The prediction store has other columns than this version writes; nothing was written.",
        where=str(folder),
        got="; ".join([*(f"{name} is {there[name]}" for name in changed), *(f"{name} is unknown" for name in unknown)]),
        expected="; ".join([*(f"{name} {ours[name]}" for name in changed), f"columns of contract {EXPORT_VERSION}"]),
        todo="use the version that wrote the store, or move its folder away: the next scoring begins a new one",
    )
