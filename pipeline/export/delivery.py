"""Predictions of one cutoff given out again: as files, into a database, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from features.errors import UsageProblem
from pipeline.config import Config
from pipeline.contract.version import EXPORT_VERSION
from pipeline.export.database import Delivered, deliver
from pipeline.export.export import NAMES, Edition, Exported, check_there, export_cutoff
from pipeline.export.places import export_folder, store_of
from pipeline.export.store import PredictionStore


@dataclass(frozen=True)
class Request:
    """What is asked for: the files `names` in `folder` (None: below the newest export), and a database `to`."""

    names: tuple[str, ...] = NAMES
    folder: Path | None = None
    to: str = ""
    table: str = ""


@dataclass(frozen=True)
class Delivery:
    """Where the predictions of a cutoff were given out to."""

    cutoff: date
    rows: int
    run_id: str
    exported: Exported | None
    delivered: Delivered | None

    def summary(self) -> dict[str, Any]:
        """JSON-able; `scored_by` is the run that wrote the predictions."""
        return {
            "cutoff": str(self.cutoff),
            "rows": self.rows,
            "export_version": EXPORT_VERSION,
            "scored_by": self.run_id,
            "export": self.exported.summary() if self.exported else None,
            "database": self.delivered.summary() if self.delivered else None,
        }

    def text(self) -> str:
        """What went where."""
        lines = [f"{self.rows:,} customers at {self.cutoff}, contract {EXPORT_VERSION}"]
        if self.exported:
            lines += [f"  {self.exported.folder / name}" for name in self.exported.digests]
        if self.delivered:
            gone = f", {self.delivered.removed:,} taken away" if self.delivered.removed else ""
            lines.append(f"  table {self.delivered.table} in {self.delivered.database}{gone}")
        return "\n".join(lines)


def _files(store: PredictionStore, cutoff: date, folder: Path, config: Config, names: tuple[str, ...]) -> Exported:
    edition = replace(Edition.of(config), facts={"Supplier": config.name})
    try:
        return export_cutoff(store, cutoff, folder, names, edition)
    except OSError as error:
        raise UsageProblem(
            "The files cannot be written.",
            where=str(folder),
            got=error.strerror or type(error).__name__,
            expected="a folder, or a place where one can be made, with enough room",
            todo="name another one with --folder; what was there is whole",
        ) from None


def give_out(config: Config, cutoff: date | None, request: Request) -> Delivery:
    """Give out the predictions of a cutoff (None: the newest) from the store; nothing is computed again.

    Raises:
        UsageProblem: the store does not hold the cutoff, or folder or database cannot be used.
        DataProblem: the database refused the rows.
    """
    store = store_of(config)
    check_there(store, cutoff)
    chosen = cutoff or store.cutoffs()[-1]
    origin, table, exported = store.origin(chosen), store.read(chosen), None
    if request.names:
        folder = request.folder or export_folder(config) / str(chosen)
        exported = _files(store, chosen, folder, config, request.names)
    name = request.table or f"{config.name}_predictions"
    delivered = deliver(table, chosen, request.to, name) if request.to else None
    return Delivery(chosen, table.num_rows, origin.run_id if origin else "", exported, delivered)
