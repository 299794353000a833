"""The compiled primitives that follow keys (products, categories) through a customer's lines.

Like `kernels.py`, of plain arrays only. Where events are followed one by one, windows are given as the boundary
map: `enters[w, d]`, the first cutoff that sees day d, and `leaves[w, d]`, the first that no longer does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

CONCENTRATIONS = {"herfindahl": 0, "entropy": 1, "largest": 2}
"""Columns of the output of `concentration`."""


@njit(cache=True, nogil=True)
def _accumulate(steps, out):
    """Running sums over cutoffs of `steps` (windows, K + 1), written to `out` (windows, K)."""
    for w in range(out.shape[0]):
        total = 0
        for k in range(out.shape[1]):
            total += steps[w, k]
            out[w, k] = total
        steps[w, :] = 0


@njit(cache=True, nogil=True)
def distinct(offsets, day, key, chosen, day_zero, enters, leaves, seen_by, seen_on, out):
    """Different keys per window: `out` (windows, customers, K).

    An occurrence counts from the cutoff that first sees it until the next occurrence of its key is seen or it
    leaves the window, whichever comes first. `enters`, `leaves` (windows, days): windows may end before T.
    """
    windows, cutoffs = out.shape[0], out.shape[2]
    steps = np.zeros((windows, cutoffs + 1), dtype=np.int64)
    for customer in range(offsets.size - 1):
        for line in range(offsets[customer], offsets[customer + 1]):
            if not chosen[line]:
                continue
            code, d = key[line], day[line] - day_zero
            again = seen_by[code] == customer + 1
            if again and seen_on[code] == d:
                continue
            for w in range(windows):
                begin, end = enters[w, d], leaves[w, d]
                if begin < end:
                    steps[w, begin] += 1
                    steps[w, end] -= 1
                if again and begin < leaves[w, seen_on[code]]:
                    steps[w, begin] -= 1
                    steps[w, leaves[w, seen_on[code]]] += 1
            seen_by[code], seen_on[code] = customer + 1, d
        _accumulate(steps, out[:, customer, :])


@njit(cache=True, nogil=True)
def first_times(offsets, day, key, value, chosen, day_zero, enters, leaves, memory, out):
    """Keys first bought in a window, those bought on a second day in it, and the spend on them.

    `memory` (3, keys): customer the key was last seen with, day of its first and of its latest purchase.
    `out` (3, windows, customers, K). A key's first day d counts while the window holds d.
    """
    windows, cutoffs = out.shape[1], out.shape[3]
    steps = np.zeros((3, windows, cutoffs + 1), dtype=np.int64)
    for customer in range(offsets.size - 1):
        for line in range(offsets[customer], offsets[customer + 1]):
            if not chosen[line]:
                continue
            code, d = key[line], day[line] - day_zero
            new = memory[0, code] != customer + 1
            if new:
                memory[0, code], memory[1, code], memory[2, code] = customer + 1, d, -1
            second = not new and memory[2, code] < 0 and d > memory[1, code]
            if second:
                memory[2, code] = d
            for w in range(windows):
                begin, end = enters[w, d], leaves[w, memory[1, code]]
                if begin < end:
                    steps[2, w, begin] += value[line]
                    steps[2, w, end] -= value[line]
                    if new:
                        steps[0, w, begin] += 1
                        steps[0, w, end] -= 1
                    if second:
                        steps[1, w, begin] += 1
                        steps[1, w, end] -= 1
        for output in range(3):
            _accumulate(steps[output], out[output, :, customer, :])


@njit(cache=True, nogil=True)
def concentration(key, value, chosen, low, high, totals, touched, out):
    """Herfindahl index, entropy in nats and largest share of `value` over keys in `[low, high)`.

    `totals` (keys,) zeros and `touched` (keys,) are scratch. `out` (3, customers, K); NaN for no value.
    """
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            count, whole = 0, 0
            for line in range(low[customer, k], high[customer, k]):
                if chosen[line]:
                    if totals[key[line]] == 0:
                        touched[count] = key[line]
                        count += 1
                    totals[key[line]] += value[line]
                    whole += value[line]
            squares, entropy, largest = 0.0, 0.0, 0.0
            for index in range(count):
                share = totals[touched[index]] / whole
                totals[touched[index]] = 0
                squares += share * share
                entropy -= share * np.log(share)
                largest = max(largest, share)
            out[0, customer, k] = squares if count else np.nan
            out[1, customer, k] = entropy if count else np.nan
            out[2, customer, k] = largest if count else np.nan
