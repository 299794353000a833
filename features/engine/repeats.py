"""Numbers that occur more than once, found part by part in tables that stay in the cache."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from features.engine.blocks import blocks, counts
from features.engine.kernels_of_columns import cut

PARTS = 256


def repeated(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The numbers, such as hashes of rows, that occur more than once among `numbers` (n,), ascending.

    Half the cost of sorting them, as long as they are spread evenly; correct however they are.
    """
    part = np.empty(numbers.size, dtype=np.uint8)
    for rows in blocks(numbers.size):
        part[rows] = numbers[rows] >> np.uint64(56)
    starts = np.concatenate([[0], np.cumsum(counts(part, PARTS))])
    dealt, found = np.empty_like(numbers), np.zeros(numbers.size, dtype=np.bool_)
    cut(numbers, part, starts.copy(), dealt)
    _seen_before(dealt, starts, found)
    return np.unique(dealt[found])


def among(numbers: npt.NDArray[np.uint64], few: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """The `numbers` (n,) that are among the `few` ascending ones, of which there is at least one.

    NumPy's `isin` sorts all of them, which takes four times the memory that they do.
    """
    found = np.empty(numbers.size, dtype=bool)
    for rows in blocks(numbers.size):
        place = np.minimum(np.searchsorted(few, numbers[rows]), few.size - 1)
        found[rows] = few[place] == numbers[rows]
    return found


@njit(cache=True, nogil=True)
def _seen_before(numbers, starts, found):
    """`found` (n,): the numbers that occurred before in their part `[starts[p], starts[p + 1])`.

    One open hash table serves all parts. It holds rows, from 1, so that any number may be looked for.
    """
    most = 1
    for part in range(starts.size - 1):
        most = max(most, starts[part + 1] - starts[part])
    size = 2
    while size < 2 * most:
        size *= 2
    slots = np.empty(size, dtype=np.int32)
    for part in range(starts.size - 1):
        slots[:] = 0
        begin = starts[part]
        for row in range(begin, starts[part + 1]):
            slot = np.int64(numbers[row] & np.uint64(size - 1))
            while slots[slot] != 0 and numbers[begin + slots[slot] - 1] != numbers[row]:
                slot = (slot + 1) & (size - 1)
            found[row] = slots[slot] != 0
            slots[slot] = row - begin + 1
