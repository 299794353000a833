"""The compiled primitive that tells in how many periods of a window each key was bought.

Plain arrays only, like `kernels.py`. From cutoff to cutoff only the lines that pass the edge of a period are looked at.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from features.engine.kernels_of_keys import how_many
from features.engine.late import any_late
from features.engine.unsigned import unsigned

MOST_PERIODS = 16


def empty_periods(keys: int, number: int) -> tuple[npt.NDArray[Any], ...]:
    """Empty periods, at most `MOST_PERIODS`, for keys from 0: what `steady_spend` notes down about one customer.

    `lines` (periods,), `of_key` (keys, periods): lines of a period, and of them those of the key. `within` (keys,) and
    `spend` (keys,): the periods that hold the key, a bit each, and spend on it in all of them. `by_set`
    (2 ** periods,): spend on the keys that lie in exactly this set of periods.
    """
    assert number <= MOST_PERIODS, "spend is kept for every set of periods"
    shapes = {np.int64: number, np.int32: (keys, number), np.uint32: keys}
    return (
        *(np.zeros(shape, dtype=kind) for kind, shape in shapes.items()),
        np.zeros(keys, dtype=np.int64),
        np.zeros(1 << number, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def steady_spend(offsets, day, known, cutoffs, length, span, key, cents, lines, of_key, within, spend, by_set, out):
    """Spend of the window on keys bought in every period of `length` days before T that holds a line; -1 is no key.

    The window is `[T - start, T - stop)`, `span` both; for the arrays from `lines` on see `empty_periods`. Customers
    with a line known later than its day are counted anew at each cutoff. `out` (customers, K).
    """
    number = lines.size
    old, new = np.empty((2, number + 1), dtype=np.int64)
    for customer in range(out.shape[0]):
        begin, stop = offsets[customer], offsets[customer + 1]
        late, keys = any_late(day[begin:stop], known[begin:stop]), how_many(key[begin:stop])
        new[:] = begin
        for k in range(out.shape[1]):
            old[:] = new
            for edge in range(number + 1):
                limit = cutoffs[k] - min(max(edge * length, span[1]), span[0])
                while new[edge] < stop and day[new[edge]] < limit:
                    new[edge] += 1
            if late or k == 0:
                _clear(lines, of_key[:keys], within[:keys], spend[:keys], by_set)
                old[:] = new[number]
            for edge in range(number + 1):
                low, high = unsigned(old[edge], new[edge])
                for row in range(low, high):
                    if known[row] < cutoffs[k]:
                        _pass(key[row], cents[row], edge, lines, of_key, within, spend, by_set)
            out[customer, k] = by_set[_filled(lines)]


@njit(cache=True, nogil=True, inline="always")
def _pass(key, cents, edge, lines, of_key, within, spend, by_set):
    """A line passes an edge: out of the period before it, if there is one, into the next, if there is one."""
    if edge > 0:
        lines[edge - 1] -= 1
    if edge < lines.size:
        lines[edge] += 1
    if key >= 0:
        code = np.uint64(key)
        by_set[within[code]] -= spend[code]
        if edge > 0:
            of_key[code, edge - 1] -= 1
            within[code] ^= np.uint32(of_key[code, edge - 1] == 0) << np.uint32(edge - 1)
        else:
            spend[code] += cents
        if edge < lines.size:
            of_key[code, edge] += 1
            within[code] |= np.uint32(1) << np.uint32(edge)
        else:
            spend[code] -= cents
        by_set[within[code]] += spend[code]


@njit(cache=True, nogil=True)
def _filled(lines):
    """The periods that hold a line, a bit each."""
    bits = 0
    for period in range(lines.size):
        bits |= (lines[period] > 0) << period
    return bits


@njit(cache=True, nogil=True)
def _clear(lines, of_key, within, spend, by_set):
    """Empty the periods for the keys of one customer."""
    lines[:], by_set[:] = 0, 0
    of_key[:], within[:], spend[:] = 0, 0, 0
