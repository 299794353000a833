"""Columns of numbers and dates gathered batch by batch into one piece of memory: nothing is put together afterwards.

Memory that is touched for the first time costs more than what is written into it, so each value is held once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class GatheredColumn:
    """Values of one Arrow `kind`, of about as many rows as are expected, in the order they are appended."""

    def __init__(self, kind: pa.DataType, expected: int) -> None:
        self._kind, self._rows = kind, 0
        self._values: npt.NDArray[Any] = np.empty(expected, dtype=_plain(kind).to_pandas_dtype())
        self._missing: dict[int, pa.Array] = {}

    @staticmethod
    def holds(kind: pa.DataType) -> bool:
        """Whether values of a kind can be gathered: whole numbers, fractions and days."""
        return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_date32(kind)

    def append(self, part: pa.Array) -> None:
        """Take further values in; those that are null stay so."""
        end = self._rows + len(part)
        if end > self._values.size:
            self._values = np.concatenate([self._values, np.empty(end, dtype=self._values.dtype)])
        if part.null_count:
            self._missing[self._rows] = part.is_null()
        content = np.frombuffer(part.buffers()[1], dtype=self._values.dtype)
        self._values[self._rows : end] = content[part.offset : part.offset + len(part)]
        self._rows = end

    def column(self) -> pa.ChunkedArray:
        """All values, in the memory they were gathered in."""
        missing = None
        if self._missing:
            missing = np.zeros(self._rows, dtype=bool)
            for start, part in self._missing.items():
                missing[start : start + len(part)] = part
        return pa.chunked_array([pa.array(self._values[: self._rows], mask=missing).view(self._kind)])


def _plain(kind: pa.DataType) -> pa.DataType:
    """The numbers a kind of value is stored as."""
    return pa.int32() if pa.types.is_date32(kind) else kind
