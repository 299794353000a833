"""Columns put together batch by batch in memory of their final size: no value is held twice, and none moved at the end.

Memory for one value of each column and row is what reading takes at its peak; lists of batches, put together when all
are there, would take half as much again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.sources.keys import Codes, Key


class Flat:
    """A column of numbers or days, its values in `values` (rows,); of `rows` rows as far as that is known beforehand.

    `otherwise` stands where a value is missing; None: missing values are kept in mind, and become null.
    """

    def __init__(self, kind: pa.DataType, rows: int, otherwise: int | None = None) -> None:
        self.kind, self.otherwise, self.done = kind, otherwise, 0
        self._values: npt.NDArray[Any] = np.empty(
            rows, dtype=np.int32 if kind == pa.date32() else kind.to_pandas_dtype()
        )
        self._there: npt.NDArray[np.bool_] | None = None

    def add(self, column: pa.Array) -> None:
        """Put the values of a batch behind those there are."""
        end = self.done + len(column)
        self._values = _reaching(self._values, end)
        plain = column.view(pa.int32()) if self.kind == pa.date32() else column
        if self.otherwise is None and (column.null_count or self._there is not None):
            self._there = _reaching(np.ones(end, dtype=bool) if self._there is None else self._there, end)
            self._there[self.done : end] = column.is_valid().to_numpy(zero_copy_only=False)
        self._values[self.done : end] = plain.fill_null(self.otherwise or 0).to_numpy()
        self.done = end

    @property
    def values(self) -> npt.NDArray[Any]:
        """The values (rows,), anything where one is missing and nothing stands for it."""
        return self._values[: self.done]

    def to_arrow(self) -> pa.ChunkedArray:
        """The column, in the same memory."""
        there = None if self._there is None else pa.array(self._there[: self.done]).buffers()[1]
        whole = pa.Array.from_buffers(self.kind, self.done, [there, pa.py_buffer(self.values)])
        return pa.chunked_array([whole])


class Texts:
    """A column of texts, or of anything else that is looked up: codes into the values of each batch, then of all.

    Batches whose values are those of the batch before them count as one with it.
    """

    def __init__(self, kind: pa.DataType, rows: int) -> None:
        self.kind, self.done = kind, 0
        self._codes: Codes = np.empty(rows, dtype=np.int32)
        self._batches: list[tuple[int, pa.Array]] = []

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Texts:
        """The texts of a dictionary-encoded column, chunk by chunk."""
        made = cls(column.type.value_type, len(column))
        for chunk in column.chunks:
            made.add(chunk)
        return made

    def add(self, column: pa.Array) -> None:
        """Put the values of a batch, dictionary-encoded or not yet, behind those there are."""
        coded, end = column.dictionary_encode(), self.done + len(column)
        self._codes = _reaching(self._codes, end)
        self._codes[self.done : end] = coded.indices.fill_null(-1).to_numpy()
        if not self._batches or not self._batches[-1][1].equals(coded.dictionary):
            self._batches.append((self.done, coded.dictionary))
        self.done = end

    def key(self) -> Key:
        """The column as one key, its values as they came; what was collected is in use by it."""
        if not self._batches:
            return Key(self._codes[:0], pa.array([], self.kind))
        if len(self._batches) == 1:
            return Key(self._codes[: self.done], self._batches[0][1])
        each = [
            pa.DictionaryArray.from_arrays(pa.array(np.arange(len(values), dtype=np.int32)), values)
            for _, values in self._batches
        ]
        common = pa.chunked_array(each).unify_dictionaries()
        ends = [*(start for start, _ in self._batches[1:]), self.done]
        for (start, _), end, found in zip(self._batches, ends, common.chunks, strict=True):
            places = np.append(found.indices.to_numpy(), np.int32(-1))
            self._codes[start:end] = places[self._codes[start:end]]
        return Key(self._codes[: self.done], common.chunk(0).dictionary)


class Listed:
    """A column of any other kind, as it came."""

    def __init__(self, kind: pa.DataType) -> None:
        self.kind, self.done = kind, 0
        self._parts: list[pa.Array] = []

    def add(self, column: pa.Array) -> None:
        """Put a batch behind those there are, in memory of its own: DuckDB frees a batch when no column is in use."""
        self._parts.append(pa.concat_arrays([column, column.slice(0, 0)]))
        self.done += len(column)

    def to_arrow(self) -> pa.ChunkedArray:
        """The column, in the batches it came in."""
        return pa.chunked_array(self._parts, self.kind)


def collector(name: str, kind: pa.DataType, rows: int) -> Flat | Texts | Listed:
    """What collects a column of the query: of raw parts of keys, whole numbers stay as they are."""
    if "." in name and not pa.types.is_integer(kind):
        return Texts(kind, rows)
    flat = pa.types.is_integer(kind) or pa.types.is_floating(kind) or kind == pa.date32()
    return Flat(kind, rows) if flat else Listed(kind)


def _reaching(values: npt.NDArray[Any], end: int) -> npt.NDArray[Any]:
    """The values with room for `end` of them: a file may have grown since its rows were counted."""
    if end <= values.size:
        return values
    larger = np.empty(max(end, values.size * 2), dtype=values.dtype)
    larger[: values.size] = values
    return larger
