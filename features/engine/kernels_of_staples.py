"""The compiled primitive that tells which keys are on most of a customer's days with a purchase.

Plain arrays only, like `kernels.py`. From cutoff to cutoff only the lines that enter or leave the window are looked at.
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.kernels_of_keys import how_many
from features.engine.late import any_late

FIRST_OF_KEY, FIRST_OF_DAY = 1, 2


@njit(cache=True, nogil=True)
def staple_spend(offsets, low, high, day, known, cutoffs, rule, key, cents, seen, days, sums, marks, out):
    """Spend of the window on keys bought on most of its days with a purchase.

    `rule`: on how many of how many days at least, and the fewest days of which anything is said; NaN below. `key` (n,)
    numbers the keys of each customer from 0, -1 is no key. `seen`, `days`, `sums` (keys,) and `marks` (n,) are
    scratch. Customers with a line known later than its day are counted anew at each cutoff. `out` (customers, K).
    """
    part, whole, fewest = rule
    for customer in range(low.shape[0]):
        begin, stop = offsets[customer], offsets[customer + 1]
        late, keys = any_late(day[begin:stop], known[begin:stop]), how_many(key[begin:stop])
        first, last, active = begin, begin, 0
        for k in range(low.shape[1]):
            if late or k == 0:
                first, last, active = low[customer, k], low[customer, k], 0
                days[:keys], sums[:keys], seen[:keys] = 0, 0, -1
                _mark(begin, stop, day, known, cutoffs[k] if late else np.int64(1) << 40, key, seen, marks)
            active += _pass(1, *_rows(last, high[customer, k], key, cents, marks), days, sums)
            active -= _pass(-1, *_rows(first, low[customer, k], key, cents, marks), days, sums)
            first, last = low[customer, k], high[customer, k]
            out[customer, k] = np.nan
            if active >= fewest:
                out[customer, k] = _on_staples(days[:keys], sums[:keys], -(-part * active // whole))


@njit(cache=True, nogil=True)
def _mark(begin, stop, day, known, cutoff, key, seen, marks):
    """Mark the rows `[begin, stop)` that are the first of their day, and of their key on it; -1 for one unknown."""
    latest = np.int64(-1)
    for row in range(begin, stop):
        marks[row] = -1
        if known[row] < cutoff:
            marks[row] = FIRST_OF_DAY * (day[row] != latest)
            latest = np.int64(day[row])
            if key[row] >= 0:
                marks[row] += FIRST_OF_KEY * (seen[key[row]] != latest)
                seen[key[row]] = latest


@njit(cache=True, nogil=True, inline="always")
def _rows(begin, stop, key, cents, marks):
    """Three columns of the rows `[begin, stop)`: their indices are never negative, which a loop is faster for."""
    return key[begin:stop], cents[begin:stop], marks[begin:stop]


@njit(cache=True, nogil=True)
def _pass(sign, key, cents, marks, days, sums):
    """Let rows (n,) enter (1) or leave (-1) the sums of their keys; how many of them stand for a day."""
    active = 0
    for row in range(key.size):
        if marks[row] >= 0:
            active += marks[row] >> 1
            if key[row] >= 0:
                code = np.uint64(key[row])
                days[code] += sign * (marks[row] & FIRST_OF_KEY)
                sums[code] += sign * cents[row]
    return active


@njit(cache=True, nogil=True)
def _on_staples(days, sums, least):
    """The sum of `sums` (keys,) over keys with at least so many `days`."""
    total = 0
    for code in range(days.size):
        total += sums[code] if days[code] >= least else 0
    return total
