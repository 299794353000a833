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
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.declaration import Feature
from features.engine.plan import Matrix, Spine
from features.engine.room import IN_MEMORY, Room
from features.engine.store import LineStore
from pipeline.matrices.content_key import content_key
from pipeline.process.files import replacing
from pipeline.process.locks import locked

logger = logging.getLogger(__name__)
DIGEST_BYTES = 32
BYTES_A_GB = 10**9
CELL_BYTES = 4
CELLS_A_PART = 40_000_000
"""Cells, rows times features, that are built before they are kept: what a killed run may have to build again, about a
second of CPU."""
MOST_PARTS = 4
"""What features share is made anew in every part: two cost 12 % more CPU than one, four 48 % (one million lines)."""
MOST_MATRICES = 200
"""Matrices kept at once, even where there is room for more: all are listed whenever one is written, and new orders make
most of them stale."""
COLUMN = ".f32"
SPINE = {"customer": np.dtype(np.int32), "cutoff": np.dtype(np.int32), "status": np.dtype(np.int8)}
"""The columns of a spine, each a file of its own."""


Build = Callable[[tuple[Feature, ...]], Matrix]


class MatrixCache:
    """Matrices in `folder`, of at most `limit_gb` GB (of 10**9 bytes) together; with 0 nothing is kept.

    What is read of them lies in `room`.
    """

    def __init__(self, folder: Path, limit_gb: float, room: Room = IN_MEMORY) -> None:
        self.folder, self.limit, self.room = folder, int(limit_gb * BYTES_A_GB), room

    def matrix(
        self, store: LineStore, question: tuple[Any, ...], features: tuple[Feature, ...], build: Build, parts: int = 1
    ) -> Matrix:
        """The matrix of `features`, of which only what is not kept is built.

        Args:
            store: the rows it is computed of.
            question: all else it depends on: the sorted cutoffs first, then horizon and population.
            features: the columns, in order.
            build: computes the matrix of some of the features; what it raises is passed on, and nothing of it is kept.
            parts: stretches of the features, each kept as soon as it is built: a killed run goes on from there.
        """
        if not self.limit:
            return build(features)
        place = self.folder / content_key(store, question)
        spine, stretches = _read_spine(place), _stretches(len(features), parts)
        if spine is None:
            begun = self._kept(place, build(features[stretches[0]]), features[stretches[0]])
            if parts == 1:
                return begun
            spine = begun.spine
        rows = int(np.count_nonzero(spine.eligible))
        values = self.room.empty((rows, len(features)), np.float32, "F")
        missing = [at for at, each in enumerate(features) if not _read_into(_file(place, each), values[:, at])]
        if features:
            logger.info("%d of %d features come from %s", len(features) - len(missing), len(features), place)
        matrix = Matrix(spine, question[0], tuple(each.name for each in features), values)
        for stretch in stretches:
            lacking = [at for at in missing if stretch.start <= at < stretch.stop]
            if lacking:
                wanted = tuple(features[at] for at in lacking)
                values[:, lacking] = self._kept(place, build(wanted), wanted).values
        _used(place)
        return matrix

    def parts(self, cells: int) -> int:
        """In how many parts to build a matrix of at most so many cells: one, where it is small or would not be kept."""
        return min(MOST_PARTS, -(-cells // CELLS_A_PART)) if 0 < cells * CELL_BYTES <= self.limit else 1

    def _kept(self, place: Path, matrix: Matrix, features: tuple[Feature, ...]) -> Matrix:
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
        """Take away the matrices that were used longest ago, until the rest is within the limits."""
        there = [place for place in self.folder.iterdir() if place.is_dir()]
        places = sorted(there, key=lambda place: place.stat().st_mtime)
        sizes = {place: _size(place) for place in places}
        for place in places:
            if sum(sizes.values()) <= self.limit and len(sizes) <= MOST_MATRICES:
                break
            if place != newest:
                for file in sorted(place.iterdir(), key=lambda file: file.name not in SPINE):
                    file.unlink()
                place.rmdir()
                del sizes[place]


def _stretches(number: int, parts: int) -> list[slice]:
    """So many places in `parts` stretches, neighbours together: features of a family share what they are made of."""
    edges = [number * part // parts for part in range(parts + 1)]
    return [slice(first, last) for first, last in pairwise(edges)]


def _size(place: Path) -> int:
    """Bytes in the folder of a matrix: its columns are of one size, so that one of them is looked at for all."""
    names = [each.name for each in os.scandir(place)]
    columns = [name for name in names if name.endswith(COLUMN) and not name.startswith(".")]
    others = sum((place / name).stat().st_size for name in {*names} - {*columns})
    return others + (len(columns) * (place / columns[0]).stat().st_size if columns else 0)


def _used(place: Path) -> None:
    """Note the moment a folder was used, finer than the ticks in which file systems note changes."""
    if place.is_dir():
        now = time.time_ns()
        os.utime(place, ns=(now, now))


def _file(place: Path, feature: Feature) -> Path:
    return place / f"{feature.fingerprint}{COLUMN}"


def _write(path: Path, column: npt.NDArray[Any]) -> None:
    content = np.ascontiguousarray(column).view(np.uint8).data
    # a night writes some 500 of them, each checked whenever it is read: none has to wait for the disk
    with replacing(path, lasting=False) as draft, draft.open("wb") as file:
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
