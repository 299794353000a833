"""The compiled ranks among the rows of one cutoff, their median, and where most of them lie near each other."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

DIGIT_BITS = 11
DIGITS = 1 << DIGIT_BITS
CELLS_A_ROW = 4
"""A table of at most so many whole numbers for each row costs less than sorting the rows."""


@njit(cache=True, nogil=True)
def ranks(value, chosen, out):
    """`out` (n,): the share of the `chosen` values (n,) that is lower, ties counting half; returns their median.

    NaN for NaN, and for everybody where no value is chosen. Small whole numbers are counted, other values sorted; equal
    ones share the middle of the rows they span.
    """
    most = _most(value)
    return _by_counts(value, chosen, most, out) if most < CELLS_A_ROW * value.size else _by_order(value, chosen, out)


@njit(cache=True, nogil=True)
def _most(value):
    """The largest of `value` (n,) if all are whole numbers from 0, or NaN; else a number larger than any count."""
    most, odd = 0.0, False
    for row in range(value.size):
        each = value[row]
        odd |= each < 0.0 or each != np.floor(each)  # NaN is unlike itself, and odd
        most = max(most, each)
    if odd:
        for row in range(value.size):
            if not np.isnan(value[row]) and (value[row] < 0.0 or value[row] != np.floor(value[row])):
                return np.int64(1) << 60
    return np.int64(min(most, 2.0**60))


@njit(cache=True, nogil=True)
def _by_counts(value, chosen, most, out):
    """`ranks` of whole numbers from 0 to `most`, by a table of them all."""
    counts, there = np.zeros(most + 1, dtype=np.int64), 0
    for row in range(value.size):
        if not np.isnan(value[row]):
            counts[np.uint64(value[row])] += chosen[row]
            there += chosen[row]
    share, passed, middle = np.full(most + 1, np.nan), 0, 0.0
    for number in range(most + 1 if there else 0):
        lower, passed = passed, passed + counts[number]
        share[number] = (lower + passed) / (2 * there)
        for place in ((there - 1) // 2, there // 2):
            if lower <= place < passed:
                middle += number / 2
    for row in range(value.size):
        out[row] = np.nan if np.isnan(value[row]) else share[np.uint64(value[row])]
    return middle if there else np.nan


@njit(cache=True, nogil=True)
def _by_order(value, chosen, out):
    """`ranks` of any values, by one radix sort."""
    keys, rows = np.empty(value.size, dtype=np.uint64), np.empty(value.size, dtype=np.int32)
    bits, size, there = (value + 0.0).view(np.uint64), 0, 0  # -0.0 becomes 0.0
    for row in range(value.size):
        out[row] = np.nan
        if not np.isnan(value[row]):
            negative = bits[row] >> np.uint64(63)
            keys[size] = ~bits[row] if negative else bits[row] | (np.uint64(1) << np.uint64(63))
            rows[size] = row
            size += 1
            there += chosen[row]
    if not there:
        return np.nan
    keys, rows = _sorted(keys[:size], rows[:size])
    first, passed, middle = 0, 0, 0.0
    while first < size:
        last, lower = first, passed
        while last < size and keys[last] == keys[first]:
            passed += chosen[rows[last]]
            last += 1
        for place in ((there - 1) // 2, there // 2):
            if lower <= place < passed:
                middle += value[rows[first]] / 2
        for position in range(first, last):
            out[rows[position]] = (lower + passed) / (2 * there)
        first = last
    return middle


@njit(cache=True, nogil=True)
def _sorted(keys, rows):
    """Both arrays (n,) in ascending order of the keys, digit by digit; digits that are all alike are passed over."""
    digits = 64 // DIGIT_BITS + 1
    counts = np.zeros((digits, DIGITS), dtype=np.int64)
    for key in keys:
        for digit in range(digits):
            counts[digit, (key >> np.uint64(digit * DIGIT_BITS)) & np.uint64(DIGITS - 1)] += 1
    other_keys, other_rows = np.empty_like(keys), np.empty_like(rows)
    for digit in range(digits):
        if counts[digit].max() == keys.size:
            continue
        place = 0
        for bucket in range(DIGITS):
            counts[digit, bucket], place = place, place + counts[digit, bucket]
        for index in range(keys.size):
            bucket = (keys[index] >> np.uint64(digit * DIGIT_BITS)) & np.uint64(DIGITS - 1)
            other_keys[counts[digit, bucket]] = keys[index]
            other_rows[counts[digit, bucket]] = rows[index]
            counts[digit, bucket] += 1
        keys, rows, other_keys, other_rows = other_keys, other_rows, keys, rows
    return keys, rows


@njit(cache=True, nogil=True)
def most_alike(ascending, most):
    """From which of the `ascending` values (n,) to `most` times it most of them are, the first such; and how many.

    There is at least one value, and none is below 0.
    """
    best, number, last = 0, 0, 0
    for first in range(ascending.size):
        while last < ascending.size and ascending[last] <= most * ascending[first]:
            last += 1
        if last - first > number:
            best, number = first, last - first
    return best, number
