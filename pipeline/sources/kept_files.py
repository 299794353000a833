"""The files that sorted rows are kept in: one array a column, the texts behind codes, and the checksum of each."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.engine.line_columns import nameless_codes
from features.engine.merging import NamedStore
from features.engine.store import ROW_COLUMNS, LineStore

CUSTOMERS = "customer_ids"
BLOCK = 1 << 20
"""Bytes looked at together: they fit into the cache."""


def write_rows(rows: NamedStore, folder: Path, part: str) -> dict[str, int]:
    """Write a store to files whose names begin with `part`; checksums by file."""
    arrays = {name: getattr(rows.store, name) for name in (*ROW_COLUMNS, "offsets")}
    texts = {CUSTOMERS: pa.array(rows.store.customer_ids, pa.string()), **rows.names}
    contents = {f"{part}.{name}.npy": array for name, array in arrays.items() if array is not None} | {
        f"{part}.{name}.arrow": column for name, column in texts.items()
    }
    return {name: _write(folder / name, content) for name, content in contents.items()}


def read_rows(folder: Path, part: str, files: Sequence[str], end: int) -> NamedStore:
    """The store whose files begin with `part`, its arrays mapped into memory."""
    own = [name.split(".") for name in files if name.startswith(f"{part}.")]
    texts = {name: _read_texts(folder / f"{part}.{name}.arrow") for _, name, kind in own if kind == "arrow"}
    columns: dict[str, Any] = dict.fromkeys(ROW_COLUMNS) | {
        name: np.load(folder / f"{part}.{name}.npy", mmap_mode="r", allow_pickle=False)
        for _, name, kind in own
        if kind == "npy"
    }
    customers = texts.pop(CUSTOMERS).to_numpy(zero_copy_only=False)
    store = LineStore(customer_ids=customers, end=end, nameless=nameless_codes(texts), **columns)
    return NamedStore(store, texts)


def _write(path: Path, content: Any) -> int:
    """Write an array or a column of texts; returns its checksum."""
    if isinstance(content, np.ndarray):
        np.save(path, content, allow_pickle=False)
    else:
        table = pa.table({"text": content})
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    return checksum_of(path)


def checksum_of(path: Path) -> int:
    """The CRC-32 of a file.

    It tells damage, as a cut or a flipped bit, from what was written, at less than half of what SHA-256 costs. Who may
    write here may write anything: against that neither helps, and the arrays hold no code.
    """
    found = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found = zlib.crc32(block, found)
    return found


def _read_texts(path: Path) -> pa.Array:
    with pa.memory_map(str(path)) as file:
        column = pa.ipc.open_file(file).read_all().column("text")
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
