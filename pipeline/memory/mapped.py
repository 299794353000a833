"""Large arrays within a limit: in memory as long as they fit, else in files that the system may write out.

The files have no name: nothing is left behind whatever happens, and the disk gets its room back with the array. What
such an array holds is in memory only while it is in use: `settle` lets go of it, and the system, which has written it
to the disk or will, brings it back when it is asked for. Filling one costs no more than memory nobody has used yet.
"""

from __future__ import annotations

import logging
import math
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from features.engine.room import Order

logger = logging.getLogger(__name__)
BYTES_A_GB = 10**9
LEAST_MAPPED = 1 << 20
"""Bytes: what is smaller stays in memory."""

_maps: WeakSet[mmap.mmap] = WeakSet()


class LimitedRoom:
    """Arrays of at most `free` bytes together in memory; those that find no place there lie in files in `folder`.

    `free` is what is left, `filed` how many bytes were given room in files.
    """

    def __init__(self, folder: Path, free: int) -> None:
        self.folder, self.free, self.filed = folder, free, 0

    def empty(self, shape: tuple[int, ...], kind: npt.DTypeLike, order: Order = "C") -> npt.NDArray[Any]:
        """An array to be written, in memory or mapped from a file.

        Raises:
            OSError: the disk has no room for it.
        """
        size = math.prod(shape) * np.dtype(kind).itemsize
        if size < LEAST_MAPPED or size <= self.free:
            self.free -= size
            return np.empty(shape, dtype=kind, order=order)
        if not self.filed:
            logger.info("what finds no place in memory of a matrix lies in files in %s", self.folder)
        self.filed += size
        return np.ndarray(shape, dtype=kind, buffer=_mapped(self.folder, size), order=order)

    def settle(self) -> None:
        """Let go of the memory of all that lies in files."""
        settle()


def settle() -> None:
    """Let go of the memory of every array of this process that lies in a file; what they hold stays as it is."""
    for each in list(_maps):
        each.madvise(mmap.MADV_DONTNEED)


def from_file(path: Path, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """All that a file holds, (n,), at least one value. The file may lose its name afterwards."""
    with path.open("r+b") as file:
        made = mmap.mmap(file.fileno(), 0)
    _maps.add(made)
    return np.frombuffer(made, dtype=kind)


def _mapped(folder: Path, size: int) -> mmap.mmap:
    """So many bytes of a file without a name. They are taken from the disk now, for later nobody could be told."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, size)
        made = mmap.mmap(file.fileno(), size)
    _maps.add(made)
    return made
