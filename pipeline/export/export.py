"""Predictions as files for people: Parquet, CSV, XLSX and HTML, each whole or not there, with inert text.

Beside them lies `manifest.json`: the cutoff, the version of the columns, the SHA-256 of each file, and the run that
wrote them. The files themselves name no run: the same predictions are the same bytes whoever wrote them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from features.errors import UsageProblem
from models.explanation.language import ENGLISH, Language
from pipeline.contract.field import TEXTS
from pipeline.contract.reading_order import in_order
from pipeline.contract.version import EXPORT_VERSION
from pipeline.export.store import PredictionStore
from pipeline.process.files import remove_drafts, replacing
from pipeline.process.locks import locked
from pipeline.process.progress import stage
from pipeline.process.run_id import run_id
from pipeline.report.page.document import MOST_CUSTOMERS, write_page
from pipeline.report.workbook import write_workbook

NAMES = ("predictions.parquet", "predictions.csv", "predictions.xlsx", "predictions.html")
MANIFEST = "manifest.json"
LOCK = ".lock"
LEAST_COLUMNS = 4
"""Columns of a list, for example of reasons, where nobody needs more; 4 reasons are what is given by default."""
NO_FACTS: Mapping[str, str] = {}
SHOWN = 12
"""Cutoffs that a message lists, the latest ones."""
UNPRINTABLE = r"[\x00-\x1f\x7f\x{fffe}\x{ffff}]"
LIVE = "^(\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""Text that a spreadsheet takes for a formula, in the letters of any keyboard."""


@dataclass(frozen=True)
class Exported:
    """What lies in `folder`: a `cutoff` of the store, and the SHA-256 of each file by name."""

    folder: Path
    cutoff: date
    digests: Mapping[str, str]

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {"folder": str(self.folder), "cutoff": str(self.cutoff), "files": dict(self.digests)}


@stage("export")
def export_newest(
    store: PredictionStore,
    folder: Path,
    facts: Mapping[str, str] = NO_FACTS,
    language: Language = ENGLISH,
    page_customers: int = MOST_CUSTOMERS,
) -> Exported:
    """Write the newest partition of `store` as `NAMES` into `folder`; nothing is touched that is already so.

    Args:
        store: holds at least one cutoff.
        folder: made where missing.
        facts: what the first sheet's neighbour says about the run, by label, where the store does not know.
        language: of workbook and page; names of columns and codes in the other formats are English in every language.
        page_customers: that the page lists at most.
    """
    with locked(folder / LOCK):
        return _exported(store, store.cutoffs()[-1], folder, facts, NAMES, language, page_customers)


def export_cutoff(
    store: PredictionStore,
    cutoff: date,
    folder: Path,
    facts: Mapping[str, str],
    names: Sequence[str],
    language: Language,
    page_customers: int,
) -> Exported:
    """Write the partition of `cutoff` as some of `NAMES`: the bytes that scoring wrote when it was the newest one.

    Args: as `export_newest`, and

        cutoff: of the partition.
        names: which of `NAMES`.

    Raises:
        UsageProblem: the store holds no predictions of the cutoff.
    """
    check_there(store, cutoff)
    with locked(folder / LOCK):
        return _exported(store, cutoff, folder, facts, names, language, page_customers)


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


def _exported(
    store: PredictionStore,
    cutoff: date,
    folder: Path,
    facts: Mapping[str, str],
    names: Sequence[str],
    language: Language,
    page_customers: int,
) -> Exported:
    origin = store.origin(cutoff)
    facts = (origin and origin.facts) or facts
    table = in_order(store.read(cutoff))
    content, found = (
        _content(table, {**facts, **language.translations, "page_customers": str(page_customers)}),
        _manifest(folder),
    )
    listed = found.get("files") if found.get("content") == content else None
    before = listed if isinstance(listed, dict) else {}
    if any(name not in before or before[name] != _digest(folder / name) for name in names):
        _write(table, folder, cutoff, facts, names, language, page_customers)
        files = {**before, **{name: _digest(folder / name) for name in names}}
        stated = {"content": content, "cutoff": str(cutoff), "export_version": EXPORT_VERSION, "run": run_id()}
        with replacing(folder / MANIFEST) as draft:
            draft.write_text(json.dumps({**stated, "files": files}, indent=1))
    return Exported(folder, cutoff, {name: _digest(folder / name) for name in names})


def _write(
    table: pa.Table,
    folder: Path,
    cutoff: date,
    facts: Mapping[str, str],
    names: Sequence[str],
    language: Language,
    page_customers: int,
) -> None:
    """Write the files named, and take away what a killed run began: the caller holds the lock of the folder."""
    people = widened(table)
    writers: dict[str, Callable[[Path], object]] = {
        NAMES[0]: lambda path: pq.write_table(table, path, compression="zstd"),
        NAMES[1]: lambda path: arrow_csv.write_csv(inert(people), path),
        NAMES[2]: lambda path: write_workbook(printable(people), path, cutoff, facts, language),
        NAMES[3]: lambda path: write_page(table, path, cutoff, facts, language, page_customers),
    }
    for name in (*NAMES, MANIFEST):
        remove_drafts(folder / name)
    for name in names:
        with replacing(folder / name) as draft:
            writers[name](draft)


def widened(table: pa.Table) -> pa.Table:
    """Lists of reasons as one column a reason (`reason_1`, `reason_2`, ...), lists of codes as one text.

    There are `LEAST_COLUMNS` a list even where nobody needs them, so that whoever reads them nightly finds the same.
    """
    columns: dict[str, pa.ChunkedArray] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.type != TEXTS:
            columns[name] = column
        elif name.endswith("codes"):
            columns[name] = pc.binary_join(column, "; ")
        else:
            columns |= _one_each(name.removesuffix("s"), column)
    return pa.table(columns)


def _one_each(name: str, column: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    most = max(LEAST_COLUMNS, pc.max(pc.list_value_length(column)).as_py() or 0)
    lists = column.combine_chunks()
    lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
    padded = pc.list_slice(lists, 0, most, return_fixed_size_list=True)
    return {
        f"{name}_{place + 1}": pa.chunked_array([pc.list_element(padded, place)], pa.string()) for place in range(most)
    }


def printable(table: pa.Table) -> pa.Table:
    """Control characters in texts replaced by spaces."""
    return _texts(table, lambda column: pc.replace_substring_regex(column, UNPRINTABLE, " "))


def inert(table: pa.Table) -> pa.Table:
    """Texts made safe for spreadsheets: printable, and with an apostrophe before what would become a formula."""
    return _texts(printable(table), lambda column: pc.replace_substring_regex(column, LIVE, r"'\1"))


def _texts(table: pa.Table, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.Table:
    columns = [change(column) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _content(table: pa.Table, facts: Mapping[str, str]) -> str:
    """SHA-256 of all that the files are made from."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue().to_pybytes() + json.dumps(dict(facts)).encode()).hexdigest()


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _manifest(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
