"""The compiled primitives over the events of optional tables.

Like `kernels.py`, of plain arrays only. Each reads, for every customer and cutoff, the rows `[low, high)` of the
window that pass (`chosen`) and were known before the cutoff; `low`, `high` and `out` are (customers, K).
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.unsigned import unsigned


@njit(cache=True, nogil=True)
def totals(low, high, known, cutoffs, chosen, value, out):
    """The sum of `value`, NaN left out."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            total = 0.0
            begin, end = unsigned(low[customer, k], high[customer, k])
            for row in range(begin, end):
                if chosen[row] and known[row] < cutoffs[k] and not np.isnan(value[row]):
                    total += value[row]
            out[customer, k] = total


@njit(cache=True, nogil=True)
def ages(low, high, known, cutoffs, chosen, day, last, out):
    """Days from the first or last row to the cutoff; NaN without one."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            out[customer, k] = np.nan
            for row in range(low[customer, k], high[customer, k]):
                if chosen[row] and known[row] < cutoffs[k]:
                    out[customer, k] = cutoffs[k] - day[row]
                    if not last:
                        break


@njit(cache=True, nogil=True)
def distinct_codes(low, high, known, cutoffs, chosen, code, seen, out):
    """Different codes, -1 left out; `seen` (codes,) zeros is scratch."""
    mark = 0
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            mark += 1
            count = 0
            for row in range(low[customer, k], high[customer, k]):
                if chosen[row] and known[row] < cutoffs[k] and code[row] >= 0 and seen[code[row]] != mark:
                    seen[code[row]] = mark
                    count += 1
            out[customer, k] = count


@njit(cache=True, nogil=True)
def by_code(low, high, known, cutoffs, chosen, code, value, other, least, seen, sums, touched, out):
    """`out` (2, customers, K): the largest code's share of `value`; `value` of codes with `other` >= `least` of it.

    The share is NaN for no value. `seen` (codes,) zeros, `sums` (2, codes) and `touched` (codes,) are scratch.
    """
    mark = 0
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            mark += 1
            count = 0
            for row in range(low[customer, k], high[customer, k]):
                if chosen[row] and known[row] < cutoffs[k] and code[row] >= 0 and not np.isnan(value[row]):
                    if seen[code[row]] != mark:
                        seen[code[row]] = mark
                        sums[:, code[row]] = 0.0
                        touched[count] = code[row]
                        count += 1
                    sums[0, code[row]] += value[row]
                    sums[1, code[row]] += 0.0 if np.isnan(other[row]) else other[row]
            largest, held, whole = 0.0, 0.0, 0.0
            for index in range(count):
                own, part = sums[0, touched[index]], sums[1, touched[index]]
                largest = max(largest, own)
                whole += own
                if own > 0.0 and part >= least * own:
                    held += own
            out[0, customer, k] = largest / whole if whole > 0.0 else np.nan
            out[1, customer, k] = held


@njit(cache=True, nogil=True)
def latest(low, high, known, cutoffs, chosen, value, ended, ago, out):
    """The value of the last row that had not ended on day T - ago - 1; NaN without one."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            out[customer, k] = np.nan
            for row in range(high[customer, k] - 1, low[customer, k] - 1, -1):
                if chosen[row] and known[row] < cutoffs[k] and not ended[row] < cutoffs[k] - ago:
                    out[customer, k] = value[row]
                    break


@njit(cache=True, nogil=True)
def stocks(low, high, known, cutoffs, chosen, value, starts, ends, ended, out):
    """The sum of `value` x share of `[starts, ends)` left at T, at most 1; rows that ended or do not say add 0."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            total = 0.0
            for row in range(low[customer, k], high[customer, k]):
                if chosen[row] and known[row] < cutoffs[k] and not ended[row] < cutoffs[k]:
                    life = ends[row] - starts[row]
                    if life > 0 and ends[row] > cutoffs[k] and not np.isnan(value[row]):
                        total += value[row] * min(1.0, (ends[row] - cutoffs[k]) / life)
            out[customer, k] = total


@njit(cache=True, nogil=True)
def standing(low, high, known, cutoffs, chosen, value, ends, ended, longest, out):
    """Over rows that neither ended before T nor end at T or earlier: the sum of `value`, or the `longest` ends - T."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            total, left = 0.0, 0.0
            for row in range(low[customer, k], high[customer, k]):
                if (
                    chosen[row]
                    and known[row] < cutoffs[k]
                    and not ended[row] < cutoffs[k]
                    and not ends[row] <= cutoffs[k]
                ):
                    total += 0.0 if np.isnan(value[row]) else value[row]
                    left = max(left, ends[row] - cutoffs[k])
            out[customer, k] = left if longest else total


@njit(cache=True, nogil=True)
def fading(low, high, known, cutoffs, chosen, day, value, life, out):
    """The sum of `value` x (1 - age / life), of rows younger than `life` days."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            total = 0.0
            for row in range(low[customer, k], high[customer, k]):
                if chosen[row] and known[row] < cutoffs[k] and not np.isnan(value[row]):
                    total += value[row] * max(0.0, 1.0 - (cutoffs[k] - day[row]) / life)
            out[customer, k] = total
