"""Predictions as files for people: Parquet, CSV, XLSX and HTML, each whole or not there, with inert text.

Beside them lies `manifest.json`: the cutoff, the version of the columns, the SHA-256 of each file, and the run that
wrote them. The files themselves name no run: the same predictions are the same bytes whoever wrote them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from features.errors import UsageProblem
from models.explanation.language import ENGLISH, Language
from pipeline.config import Config
from pipeline.contract.reading_order import in_order
from pipeline.contract.version import EXPORT_VERSION
from pipeline.export.spreadsheet_columns import inert, printable, widened
from pipeline.export.store import PredictionStore
from pipeline.languages import language
from pipeline.process.files import remove_drafts, replacing
from pipeline.process.locks import locked
from pipeline.process.progress import stage
from pipeline.process.run_id import run_id
from pipeline.report.page.document import MOST_CUSTOMERS, write_page
from pipeline.report.workbook import write_workbook

NAMES = ("predictions.parquet", "predictions.csv", "predictions.xlsx", "predictions.html")
MANIFEST = "manifest.json"
LOCK = ".lock"
SHOWN = 12
"""Cutoffs that a message lists, the latest ones."""


@dataclass(frozen=True)
class Exported:
    """What lies in `folder`: a `cutoff` of the store, and the SHA-256 of each file by name."""

    folder: Path
    cutoff: date
    digests: Mapping[str, str]

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {"folder": str(self.folder), "cutoff": str(self.cutoff), "files": dict(self.digests)}


@dataclass(frozen=True)
class Edition:
    """How an export is written for its readers.

    `language`: of workbook and page; names of columns and codes in the other formats are English in every language.
    `page_customers`: that the page lists at most. `facts`: what workbook and page say of the export, by label, where
    the store has kept none with the rows.
    """

    language: Language = ENGLISH
    page_customers: int = MOST_CUSTOMERS
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config) -> Edition:
        """As the configuration asks for it."""
        return cls(language(config.scoring.language), config.scoring.page_customers)


@stage("export")
def export_newest(store: PredictionStore, folder: Path, edition: Edition) -> Exported:
    """Write the newest partition of `store` as `NAMES` into `folder`; nothing is touched that is already so.

    Args:
        store: holds at least one cutoff.
        folder: made where missing.
        edition: how it is written.
    """
    with locked(folder / LOCK):
        return _exported(store, store.cutoffs()[-1], folder, NAMES, edition)


def export_cutoff(
    store: PredictionStore, cutoff: date, folder: Path, names: Sequence[str], edition: Edition
) -> Exported:
    """Write the partition of `cutoff` as some of `NAMES`: the bytes that scoring wrote when it was the newest one.

    Args:
        store: the predictions.
        cutoff: of the partition.
        folder: made where missing.
        names: the files wanted.
        edition: how they are written.

    Raises:
        UsageProblem: the store holds no predictions of the cutoff.
    """
    check_there(store, cutoff)
    with locked(folder / LOCK):
        return _exported(store, cutoff, folder, names, edition)


def check_there(store: PredictionStore, cutoff: date | None) -> None:
    """Refuse a cutoff, or any where it is None, that the store does not hold.

    Raises:
        UsageProblem: with the cutoffs there are.
    """
    there = store.cutoffs()
    if cutoff in there or (cutoff is None and there):
        return
    which = "one of" if len(there) <= SHOWN else f"a date scored, the newest {SHOWN} being"
    raise UsageProblem(
        f"There are no predictions for {cutoff}: that date has not been scored."
        if cutoff
        else "Nothing was scored yet.",
        where=str(store.folder),
        got=f"predictions of {len(there)} other date{'s' if len(there) > 1 else ''}"
        if there
        else "no predictions at all",
        expected=f"{which} {', '.join(map(str, there[-SHOWN:]))}" if there else "the predictions of at least one date",
        todo=f"score it first: moorings score --as-of {cutoff or 'DATE'}",
    )


def _exported(store: PredictionStore, cutoff: date, folder: Path, names: Sequence[str], edition: Edition) -> Exported:
    """Write the files named unless they are there as the manifest of the folder knows them."""
    origin = store.origin(cutoff)
    edition = replace(edition, facts=(origin and origin.facts) or edition.facts)
    table = in_order(store.read(cutoff))
    content, found = _content(table, edition), _manifest(folder)
    listed = found.get("files") if found.get("content") == content else None
    before = listed if isinstance(listed, dict) else {}
    if any(name not in before or before[name] != _digest(folder / name) for name in names):
        _write(table, folder, cutoff, names, edition)
        files = {**before, **{name: _digest(folder / name) for name in names}}
        stated = {"content": content, "cutoff": str(cutoff), "export_version": EXPORT_VERSION, "run": run_id()}
        with replacing(folder / MANIFEST) as draft:
            draft.write_text(json.dumps({**stated, "files": files}, indent=1))
    return Exported(folder, cutoff, {name: _digest(folder / name) for name in names})


def _write(table: pa.Table, folder: Path, cutoff: date, names: Sequence[str], edition: Edition) -> None:
    """Write the files named, and take away what a killed run began: the caller holds the lock of the folder."""
    people, facts, spoken = widened(table), edition.facts, edition.language
    writers: dict[str, Callable[[Path], object]] = {
        NAMES[0]: lambda path: pq.write_table(table, path, compression="zstd"),
        NAMES[1]: lambda path: arrow_csv.write_csv(inert(people), path),
        NAMES[2]: lambda path: write_workbook(printable(people), path, cutoff, facts, spoken),
        NAMES[3]: lambda path: write_page(table, path, cutoff, facts, spoken, edition.page_customers),
    }
    for name in (*NAMES, MANIFEST):
        remove_drafts(folder / name)
    for name in names:
        with replacing(folder / name) as draft:
            writers[name](draft)


def _content(table: pa.Table, edition: Edition) -> str:
    """SHA-256 of all that the files are made from."""
    said = {**edition.facts, **edition.language.translations, "page_customers": str(edition.page_customers)}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue().to_pybytes() + json.dumps(said).encode()).hexdigest()


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _manifest(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
