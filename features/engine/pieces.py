"""Columns as one array each: nothing is copied where they are one already."""

from __future__ import annotations

import pyarrow as pa


def in_one_piece(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array, dictionaries of its chunks as one."""
    if column.num_chunks == 1:
        return column.chunk(0)
    whole = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
    found = whole.combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
