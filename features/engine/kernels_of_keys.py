"""The compiled primitives that follow keys (products, categories) through a customer's lines.

Like `kernels.py`, of plain arrays only. Where events are followed one by one, windows are given as the boundary
map: `enters[d, w]`, the first cutoff that sees day d, and `leaves[d, w]`, the first that no longer does. Values are
asked for by customer, then by cutoff: of customer c `[starts[c], starts[c + 1])`, at the cutoffs `number` (n,).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.unsigned import unsigned

CONCENTRATIONS = {"herfindahl": 0, "entropy": 1, "largest": 2}
"""Columns of the output of `concentration`."""


@njit(cache=True, nogil=True)
def _accumulate(steps, number, out):
    """Running sums of `steps` (windows, K + 1), emptied, to `out` (windows, n) at the cutoffs `number` (n,)."""
    for w in range(out.shape[0]):
        total, k = 0, 0
        for place in range(number.size):
            while k <= number[place]:
                total += steps[w, k]
                k += 1
            out[w, place] = total
        steps[w, :] = 0


@njit(cache=True, nogil=True)
def distinct(offsets, day, key, chosen, day_zero, enters, leaves, seen_by, seen_on, starts, number, steps, out):
    """Different keys per window: `out` (windows, n).

    An occurrence counts from the cutoff that first sees it, or no longer holds the one before, until it leaves the
    window. `enters`, `leaves` (days, windows): windows may end before T. `seen_by`, `seen_on` (keys,) and `steps`
    (windows, K + 1), zeros, are scratch.
    """
    for customer in range(offsets.size - 1):
        if starts[customer] == starts[customer + 1]:
            continue
        begin, end = unsigned(offsets[customer], offsets[customer + 1])
        for line in range(begin, end):
            code, d = unsigned(key[line], day[line] - day_zero)
            again = seen_by[code] == customer + 1
            if not chosen[line] or (again and seen_on[code] == d):
                continue
            before = np.uint64(seen_on[code]) if again else d
            for w in range(out.shape[0]):
                start, stop = unsigned(enters[d, w], leaves[d, w])
                if again:
                    start = max(start, np.uint64(leaves[before, w]))
                counts = start < stop
                steps[w, start] += counts
                steps[w, stop] -= counts
            seen_by[code], seen_on[code] = customer + 1, d
        own = slice(starts[customer], starts[customer + 1])
        _accumulate(steps, number[own], out[:, own])


@njit(cache=True, nogil=True)
def first_times(offsets, day, key, value, chosen, day_zero, enters, leaves, memory, starts, number, steps, out):
    """Keys first bought in a window, those bought on a second day in it, and the spend on them.

    `memory` (3, keys): customer the key was last seen with, day of its first and of its latest purchase. `steps`
    (3, windows, K + 1), zeros, is scratch. `out` (3, windows, n). A key's first day d counts while the window holds d.
    """
    for customer in range(offsets.size - 1):
        if starts[customer] == starts[customer + 1]:
            continue
        begin, end = unsigned(offsets[customer], offsets[customer + 1])
        for line in range(begin, end):
            if not chosen[line]:
                continue
            code, d = unsigned(key[line], day[line] - day_zero)
            new = memory[0, code] != customer + 1
            if new:
                memory[0, code], memory[1, code], memory[2, code] = customer + 1, d, -1
            second = not new and memory[2, code] < 0 and d > memory[1, code]
            if second:
                memory[2, code] = d
            for w in range(out.shape[1]):
                start, stop = unsigned(enters[d, w], leaves[np.uint64(memory[1, code]), w])
                if start < stop:
                    steps[2, w, start] += value[line]
                    steps[2, w, stop] -= value[line]
                    steps[0, w, start] += new
                    steps[0, w, stop] -= new
                    steps[1, w, start] += second
                    steps[1, w, stop] -= second
        own = slice(starts[customer], starts[customer + 1])
        for output in range(3):
            _accumulate(steps[output], number[own], out[output, :, own])


@njit(cache=True, nogil=True)
def concentration(offsets, key, value, chosen, starts, low, high, places, totals, out):
    """Herfindahl index, entropy in nats and largest share of `value` over keys in `[low, high)`.

    Windows slide: lines enter and leave, in whole numbers, so that nothing drifts. Shares are added up in the order in
    which the customer first bought the keys, whatever the other cutoffs. `places` (2, keys), zeros, and `totals`, as
    many as the most lines of a customer, are scratch. `out` (3, n); NaN for no value.
    """
    for customer in range(offsets.size - 1):
        if starts[customer] == starts[customer + 1]:
            continue
        keys = _number_keys(key, chosen, offsets[customer], offsets[customer + 1], customer + 1, places)
        totals[:keys] = 0
        first, last, whole = offsets[customer], offsets[customer], 0
        for place in range(starts[customer], starts[customer + 1]):
            if place > starts[customer] and first == low[place] and last == high[place]:
                out[:, place] = out[:, place - 1]
                continue
            begin, end = unsigned(last, high[place])
            for line in range(begin, end):
                if chosen[line]:
                    totals[np.uint64(places[1, np.uint64(key[line])])] += value[line]
                    whole += value[line]
            last = max(last, np.int64(high[place]))
            begin, end = unsigned(first, low[place])
            for line in range(begin, end):
                if chosen[line]:
                    totals[np.uint64(places[1, np.uint64(key[line])])] -= value[line]
                    whole -= value[line]
            first = max(first, np.int64(low[place]))
            _concentrate(totals[:keys], whole, out[:, place])


@njit(cache=True, nogil=True)
def _number_keys(key, chosen, begin, end, owner, places):
    """Number the keys of one customer in the order of their first lines, into `places`; returns how many there are."""
    count, (begin, end) = 0, unsigned(begin, end)
    for line in range(begin, end):
        code = np.uint64(key[line])
        if chosen[line] and places[0, code] != owner:
            places[0, code], places[1, code] = owner, count
            count += 1
    return count


@njit(cache=True, nogil=True)
def _concentrate(totals, whole, out):
    """Sum of squares, entropy and largest of the shares of `totals` (keys,) in `whole`; a total of 0 is no key."""
    squares, entropy, largest = 0.0, 0.0, 0.0
    for total in totals:
        if total:
            share = total / whole
            squares += share * share
            entropy -= share * np.log(share)
            largest = max(largest, share)
    out[0] = squares if whole else np.nan
    out[1] = entropy if whole else np.nan
    out[2] = largest if whole else np.nan


@njit(cache=True, nogil=True)
def number_each(offsets, key, places, out):
    """The keys (n,) of each customer numbered from 0 in the order of their first lines, `out` (n,); -1 stays no key.

    What is kept for each key of one customer is then small and lies together. `places` (2, keys), zeros, is scratch.
    """
    for customer in range(offsets.size - 1):
        rows = slice(offsets[customer], offsets[customer + 1])
        number_on(key[rows], customer + 1, 0, places, out[rows])


@njit(cache=True, nogil=True)
def number_on(key, owner, count, places, out):
    """Number the keys (n,) of an owner, `count` of which have numbers already; returns how many there are then.

    In the order of their first lines, `out` (n,); -1 stays no key. `places` (2, keys): the owner, not 0, who saw a key
    last, and the number of the key there.
    """
    begin, end = unsigned(0, key.size)
    for line in range(begin, end):
        out[line] = -1
        if key[line] >= 0:
            code = np.uint64(key[line])
            if places[0, code] != owner:
                places[0, code], places[1, code] = owner, count
                count += 1
            out[line] = places[1, code]
    return count


@njit(cache=True, nogil=True)
def how_many(key):
    """How many keys a customer has whose lines are numbered as `number_each` does."""
    most = -1
    for number in key:
        most = max(most, number)
    return most + 1
