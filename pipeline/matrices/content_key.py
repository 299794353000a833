"""A name for what something is computed of, that changes with any value in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from features.engine.declaration import ENGINE_VERSION
from pipeline.memory.mapped import settle

LARGE = 1 << 24
"""Bytes of a column that memory should not hold longer than it takes to read them."""


def content_key(*parts: Any) -> str:
    """64 hex digits that change with any value in `parts`: stores, cutoffs, numbers, texts, tables of them."""
    digest = hashlib.sha256()
    for part in _flat((f"engine {ENGINE_VERSION}", *parts)):
        digest.update(part)
        if len(part) >= LARGE:
            settle()  # a column of a mapped store has been in memory as a whole
    return digest.hexdigest()


def _flat(value: Any) -> Iterator[bytes | memoryview]:
    """A value as flat memory, with its type and length, so that neighbours cannot run into each other."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield f"\n{value.dtype} {value.shape}\n".encode()
        yield np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
    elif isinstance(value, np.ndarray):
        yield from _flat(np.array([len(str(text)) for text in value], dtype=np.int64))
        yield "".join(map(str, value)).encode("utf-8", "surrogatepass")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield f"\n{field.name}".encode()
            yield from _flat(getattr(value, field.name))
    elif isinstance(value, Mapping | tuple | list):
        yield f"\n{len(value)}\n".encode()
        for part in value.items() if isinstance(value, Mapping) else value:
            yield from _flat(part)
    else:
        yield f"\n{type(value).__name__} {value!r}\n".encode()
