"""The sorted rows of a history kept on disk as plain arrays, so that a day's new lines are merged, not read with all.

A folder holds one `.npy` file per column, the texts behind codes as Arrow files, and `contents.json` with the SHA-256
of each and the fingerprints of the inputs. It is written beside its place and moved into it whole. What does not match
its digest is not trusted.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.engine.merging import NamedStore
from features.engine.store import ROW_COLUMNS, LineStore

VERSION = 1
"""Raised when the arrays change their meaning: rows kept before count as missing."""
CONTENTS = "contents.json"
CUSTOMERS = "customer_ids"


@dataclass(frozen=True)
class KeptRows:
    """Rows with the fingerprints of the readings they came from, in order."""

    rows: NamedStore
    inputs: tuple[str, ...]

    def extended(self, later: NamedStore, fingerprint: str) -> KeptRows:
        """These rows and later ones, the content of which is `fingerprint`.

        Raises:
            DataProblem: the later rows have other columns.
        """
        return KeptRows(self.rows.merged(later), (*self.inputs, fingerprint))

    def save(self, folder: Path) -> None:
        """Write the rows to `folder` in place of what was there; readers see one of the two, or for a moment none."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            digests = {name: _write(draft / name, content) for name, content in self._contents().items()}
            stated = {"version": VERSION, "end": self.rows.store.end, "inputs": self.inputs, "sha256": digests}
            (draft / CONTENTS).write_text(json.dumps(stated, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _contents(self) -> dict[str, Any]:
        """What is written, by the name of its file."""
        store = self.rows.store
        arrays = {name: getattr(store, name) for name in (*ROW_COLUMNS, "offsets")}
        texts = {CUSTOMERS: pa.array(store.customer_ids, pa.string()), **self.rows.names}
        return {f"{name}.npy": array for name, array in arrays.items() if array is not None} | {
            f"{name}.arrow": column for name, column in texts.items()
        }


def load_rows(folder: Path) -> KeptRows | None:
    """The rows kept in `folder`, mapped into memory; None where there are none, or a file is damaged."""
    try:
        stated = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        sound = stated["version"] == VERSION
        sound = sound and all(_digest(folder / name) == digest for name, digest in stated["sha256"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not sound:
        return None
    names = {Path(name).stem for name in stated["sha256"] if name.endswith(".arrow")}
    texts = {name: _read_texts(folder / f"{name}.arrow") for name in names}
    columns: dict[str, Any] = {
        name: np.load(file, mmap_mode="r", allow_pickle=False) if (file := folder / f"{name}.npy").exists() else None
        for name in (*ROW_COLUMNS, "offsets")
    }
    customers = texts.pop(CUSTOMERS).to_numpy(zero_copy_only=False)
    store = LineStore(customer_ids=customers, end=stated["end"], **columns)
    return KeptRows(NamedStore(store, texts), tuple(stated["inputs"]))


def _write(path: Path, content: Any) -> str:
    """Write an array or a column of texts; returns its digest."""
    if isinstance(content, np.ndarray):
        np.save(path, content, allow_pickle=False)
    else:
        table = pa.table({"text": content})
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_texts(path: Path) -> pa.Array:
    with pa.memory_map(str(path)) as file:
        column = pa.ipc.open_file(file).read_all().column("text")
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
