"""A fingerprint of what a history holds: the same content gives the same one, on any machine and number of threads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.history import History


def fingerprint(history: History) -> str:
    """SHA-256 over currency, columns, and every value in the order of the rows, as 64 hex digits."""
    digest = hashlib.sha256(history.currency.encode())
    for name, column in zip(history.order_lines.column_names, history.order_lines.columns, strict=True):
        digest.update(f"\n{name} {column.type}\n".encode())
        for chunk in column.chunks:
            for part in _parts(chunk):
                digest.update(part)
    return digest.hexdigest()


def _parts(values: pa.Array) -> Iterator[memoryview]:
    """The content of a column as flat memory: texts with their lengths, and which values are missing."""
    if pa.types.is_dictionary(values.type):
        texts = values.dictionary
        yield np.ascontiguousarray(pc.binary_length(texts)).data
        yield memoryview(pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "")[0].as_buffer())
        values = values.indices
    if values.null_count:
        yield np.ascontiguousarray(values.is_null()).data
        values = values.fill_null(pa.scalar(0, pa.int32()).cast(values.type))
    yield np.ascontiguousarray(values).view(np.uint8).data
