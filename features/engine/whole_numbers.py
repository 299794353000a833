"""Whole numbers as codes: their ranks among the numbers that occur, by one bit for each number there could be."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

WORD = 64
WIDEST = 64
"""Bits a row that the span of the numbers may take; with more, a table of the numbers that occur is smaller."""
LEAST_SPAN = 1 << 16

Longs = npt.NDArray[np.int64]


def ranked(parts: Sequence[Longs]) -> tuple[npt.NDArray[np.int32], Longs] | None:
    """Codes (n,) of all numbers of the parts, one behind the other, and what they stand for, ascending.

    None if there are no numbers, or the span between the least and the largest is too wide for one bit each. Numbers
    such as those of orders lie near each other, and near in the rows: neither is looked for in a table that misses the
    cache. Source: rank on a bit vector, Jacobson 1989.
    """
    filled = [part for part in parts if part.size]
    rows = sum(part.size for part in filled)
    if not rows:
        return None
    least, largest = min(int(part.min()) for part in filled), max(int(part.max()) for part in filled)
    if largest - least >= max(WIDEST * rows, LEAST_SPAN):
        return None
    marks = np.zeros((largest - least) // WORD + 1, dtype=np.uint64)
    for part in filled:
        _mark(part, least, marks)
    before = np.zeros(marks.size + 1, dtype=np.int32)
    values = np.empty(_count(marks, before), dtype=np.int64)
    _list(marks, before, least, values)
    codes, done = np.empty(rows, dtype=np.int32), 0
    for part in filled:
        _rank(part, least, marks, before, codes[done : done + part.size])
        done += part.size
    return codes, values


@njit(cache=True, nogil=True)
def _ones(word: Any) -> Any:
    """How many bits of a word of 64 are set. Source: Warren 2012, Hacker's Delight, chapter 5."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int32((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _mark(numbers, least, marks):
    """Set the bit of every number."""
    for number in numbers:
        place = np.uint64(number - least)
        marks[place >> np.uint64(6)] |= np.uint64(1) << (place & np.uint64(63))


@njit(cache=True, nogil=True)
def _count(marks, before):
    """How many bits are set in all, and in `before` (words + 1,) how many before each word."""
    for word in range(marks.size):
        before[word + 1] = before[word] + _ones(marks[word])
    return before[marks.size]


@njit(cache=True, nogil=True)
def _list(marks, before, least, values):
    """The numbers whose bits are set, ascending, in `values`."""
    for word in range(marks.size):
        left, place = marks[word], before[word]
        while left != np.uint64(0):
            below = (left - np.uint64(1)) & ~left
            values[place] = least + word * 64 + _ones(below)
            left &= left - np.uint64(1)
            place += 1


@njit(cache=True, nogil=True)
def _rank(numbers, least, marks, before, codes):
    """The rank of each number among those whose bits are set."""
    for row in range(numbers.size):
        place = np.uint64(numbers[row] - least)
        word = place >> np.uint64(6)
        below = (np.uint64(1) << (place & np.uint64(63))) - np.uint64(1)
        codes[row] = before[word] + _ones(marks[word] & below)
