"""Matrices kept on disk, a file for each column: what was computed once is not computed again.

A column belongs to its feature's fingerprint, within a folder for the rows, cutoffs, horizon and population it was
computed of. So a changed feature is computed anew, and alone. Nothing is trusted: every file begins with the SHA-256 of
what follows, and one that does not match counts as missing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.declaration import ENGINE_VERSION, Feature
from features.engine.plan import ELIGIBLE, Matrix, Spine
from features.engine.store import LineStore
from pipeline.files import replacing
from pipeline.locks import locked

logger = logging.getLogger(__name__)
DIGEST_BYTES = 32
BYTES_A_GB = 10**9
SPINE = {"customer": np.dtype(np.int32), "cutoff": np.dtype(np.int32), "status": np.dtype(np.int8)}
"""The columns of a spine, each a file of its own."""


def content_key(*parts: Any) -> str:
    """64 hex digits that change with any value in `parts`: stores, cutoffs, numbers, texts, tables of them."""
    digest = hashlib.sha256()
    for part in _flat((f"engine {ENGINE_VERSION}", *parts)):
        digest.update(part)
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


Build = Callable[[tuple[Feature, ...]], Matrix]


class MatrixCache:
    """Matrices in `folder`, of at most `limit_gb` GB (of 10**9 bytes) together; with 0 nothing is kept."""

    def __init__(self, folder: Path, limit_gb: float) -> None:
        self.folder, self.limit = folder, int(limit_gb * BYTES_A_GB)

    def matrix(
        self, store: LineStore, question: tuple[Any, ...], features: tuple[Feature, ...], build: Build
    ) -> Matrix:
        """The matrix of `features`, of which only what is not kept is built.

        Args:
            store: the rows it is computed of.
            question: all else it depends on: the sorted cutoffs first, then horizon and population.
            features: the columns, in order.
            build: computes the matrix of some of the features; what it raises is passed on, and nothing is kept.
        """
        if not self.limit:
            return build(features)
        place = self.folder / content_key(store, question)
        spine = _read_spine(place)
        if spine is None:
            return self._kept(place, build(features), features)
        values = np.empty((np.count_nonzero(spine.status == ELIGIBLE), len(features)), dtype=np.float32, order="F")
        missing = [at for at, each in enumerate(features) if not _read_into(_file(place, each), values[:, at])]
        logger.info("%d of %d features come from %s", len(features) - len(missing), len(features), place)
        matrix = Matrix(spine, question[0], tuple(each.name for each in features), values)
        if missing:
            built = self._kept(place, build(tuple(features[at] for at in missing)), [features[at] for at in missing])
            values[:, missing] = built.values
        _used(place)
        return matrix

    def _kept(self, place: Path, matrix: Matrix, features: Any) -> Matrix:
        """Write the columns of a matrix, its spine last: without one a folder counts as empty."""
        if matrix.values.nbytes > self.limit:
            logger.info("a matrix of %.1f GB is more than the cache may hold", matrix.values.nbytes / BYTES_A_GB)
            return matrix
        with locked(self.folder / ".lock"):
            for feature, column in zip(features, matrix.values.T, strict=True):
                _write(_file(place, feature), column)
            for name in SPINE:
                _write(place / name, getattr(matrix.spine, name))
            _used(place)
            self._expire(place)
        return matrix

    def _expire(self, newest: Path) -> None:
        """Take away the matrices that were used longest ago, until the rest is within the limit."""
        there = [place for place in self.folder.iterdir() if place.is_dir()]
        places = sorted(there, key=lambda place: place.stat().st_mtime)
        sizes = {place: sum(file.stat().st_size for file in place.iterdir()) for place in places}
        for place in places:
            if sum(sizes.values()) <= self.limit:
                break
            if place != newest:
                for file in sorted(place.iterdir(), key=lambda file: file.name not in SPINE):
                    file.unlink()
                place.rmdir()
                del sizes[place]


def _used(place: Path) -> None:
    """Note the moment a folder was used, finer than the ticks in which file systems note changes."""
    if place.is_dir():
        now = time.time_ns()
        os.utime(place, ns=(now, now))


def _file(place: Path, feature: Feature) -> Path:
    return place / f"{feature.fingerprint}.f32"


def _write(path: Path, column: npt.NDArray[Any]) -> None:
    content = np.ascontiguousarray(column).view(np.uint8).data
    with replacing(path) as draft, draft.open("wb") as file:
        file.write(hashlib.sha256(content).digest())
        file.write(content)


def _read_into(path: Path, column: npt.NDArray[Any]) -> bool:
    """Fill `column` (rows,) from a file; False, with anything in it, where the file is missing or damaged."""
    content = column.view(np.uint8).data
    try:
        with path.open("rb") as file:
            stated, read = file.read(DIGEST_BYTES), file.readinto(content)
            whole = read == len(content) and not file.read(1)
    except OSError:
        return False
    sound = whole and hashlib.sha256(content).digest() == stated
    if not sound:
        logger.warning("%s is damaged, and is made again", path)
    return sound


def _read_spine(place: Path) -> Spine | None:
    """The rows of a kept matrix; None where there is none, or its files are damaged."""
    try:
        sizes = {name: (place / name).stat().st_size - DIGEST_BYTES for name in SPINE}
    except OSError:
        return None
    rows = sizes["status"]
    columns = {name: np.empty(max(rows, 0), dtype=kind) for name, kind in SPINE.items()}
    return Spine(**columns) if all(_read_into(place / name, column) for name, column in columns.items()) else None
