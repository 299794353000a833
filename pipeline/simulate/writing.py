"""Where a world is kept: a folder per table, a file per block; the truth beside them. Only its own is touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import UsageProblem
from pipeline.process.files import replacing

MARK = "_simulation.json"
TRUTH = "truth"


def clear(folder: Path, owned: tuple[str, ...]) -> None:
    """Make room for a world: an earlier one in `folder` goes. The mark comes first, so that a part is known as ours.

    Raises:
        UsageProblem: the folder holds something else than an earlier simulation.
    """
    if folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(
            "The simulation does not overwrite what it has not made.",
            where=str(folder),
            got="a file" if folder.is_file() else f"a folder without {MARK}",
            expected="no folder, an empty one, or one that an earlier simulation made",
            todo="use a configuration whose history.order_lines.path is a folder for the simulation, such as demo",
        )
    mark(folder, {"complete": False})
    for name in owned:
        shutil.rmtree(folder / name, ignore_errors=True)


def mark(folder: Path, content: dict[str, object]) -> None:
    """Say in the folder what the simulation made there."""
    with replacing(folder / MARK) as draft:
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def put(table: pa.Table, folder: Path, name: str, part: str) -> None:
    """Write a part of a table to `folder`/`name`/`part`.parquet."""
    with replacing(folder / name / f"{part}.parquet") as draft:
        pq.write_table(table, draft, compression="zstd")
