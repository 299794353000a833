"""The newest predictions as files for people: Parquet, CSV and XLSX, each whole or not there, with inert text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from models.explanation.language import ENGLISH, Language
from pipeline.files import replacing
from pipeline.locks import locked
from pipeline.predictions import TEXTS, for_reading
from pipeline.report.workbook import write_workbook
from pipeline.store import PredictionStore

NAMES = ("predictions.parquet", "predictions.csv", "predictions.xlsx")
MANIFEST = "manifest.json"
UNPRINTABLE = r"[\x00-\x1f\x7f\x{fffe}\x{ffff}]"
LIVE = "^(\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""Text that a spreadsheet takes for a formula, in the letters of any keyboard."""


@dataclass(frozen=True)
class Exported:
    """What lies in `folder`: the newest `cutoff` of the store, and the SHA-256 of each file by name."""

    folder: Path
    cutoff: date
    digests: Mapping[str, str]


def export_newest(
    store: PredictionStore, folder: Path, facts: Mapping[str, str], language: Language = ENGLISH
) -> Exported:
    """Write the newest partition of `store` as `NAMES` into `folder`; nothing is touched that is already so.

    Args:
        store: holds at least one cutoff.
        folder: made where missing.
        facts: what the first sheet's neighbour says about the run, by label, in `language`.
        language: of the workbook; names of columns and codes in the other formats are English in every language.
    """
    with locked(folder.with_name(f".{folder.name}.lock")):
        cutoff = store.cutoffs()[-1]
        table = for_reading(store.read(cutoff))
        content = _content(table, {**facts, **language.translations})
        found = _manifest(folder)
        if found.get("content") != content or found.get("files") != _digests(folder):
            _write(table, folder, cutoff, facts, content, language)
    return Exported(folder, cutoff, _digests(folder))


def _write(
    table: pa.Table, folder: Path, cutoff: date, facts: Mapping[str, str], content: str, language: Language
) -> None:
    people = widened(table)
    writers: dict[str, Callable[[Path], object]] = {
        NAMES[0]: lambda path: pq.write_table(table, path, compression="zstd"),
        NAMES[1]: lambda path: arrow_csv.write_csv(inert(people), path),
        NAMES[2]: lambda path: write_workbook(printable(people), path, cutoff, facts, language),
    }
    for name, write in writers.items():
        with replacing(folder / name) as draft:
            write(draft)
    with replacing(folder / MANIFEST) as draft:
        draft.write_text(json.dumps({"content": content, "cutoff": str(cutoff), "files": _digests(folder)}, indent=1))


def widened(table: pa.Table) -> pa.Table:
    """Lists of reasons as one column a reason (`reason_1`, `reason_2`, ...), lists of codes as one text."""
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
    most = pc.max(pc.list_value_length(column)).as_py() or 0
    lists = column.combine_chunks()
    lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
    padded = pc.list_slice(lists, 0, most, return_fixed_size_list=True) if most else None
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


def _digests(folder: Path) -> dict[str, str]:
    paths = (folder / name for name in NAMES)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}


def _manifest(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
