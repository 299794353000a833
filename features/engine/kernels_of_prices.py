"""The compiled primitive that follows what a customer paid for each product, and what it did when that changed.

Plain arrays only, like `kernels.py`. A change counts for a run of cutoffs, from `first` and `bounds` as in `runs.py`:
from the first that sees the later of its two days until the window no longer holds the earlier one.
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.kernels_of_keys import how_many
from features.engine.late import any_late
from features.engine.unsigned import unsigned

CHANGES = {"met": 0, "answered": 1, "contrary": 2}
"""Rows of the output of `price_changes`."""
ALWAYS = np.int64(1) << 40
NEVER, NO_DAY = -1, -(1 << 31)


@njit(cache=True, nogil=True)
def price_changes(offsets, day, known, cutoffs, first, bounds, key, cents, pieces, by, last, before, sums, steps, out):
    """Changes of the price between neighbouring days with the same key, by a share `by` or more.

    How many there were, how many were answered (more pieces where cheaper, fewer where dearer), and how many met the
    contrary. `key` (n,) numbers the keys of each customer from 0, -1 is no key. `last` (2, keys), `before` (rows,) and
    `sums` (2, rows), as many as the most lines of a customer, and `steps` (3, K + 1), zeros, are scratch. Customers
    with a line known later than its day are followed anew at each cutoff. `out` (3, customers, K).
    """
    for customer in range(out.shape[1]):
        rows = slice(offsets[customer], offsets[customer + 1])
        own, late = (day[rows], known[rows], key[rows]), any_late(day[rows], known[rows])
        out[:, customer] = 0
        for k in range(out.shape[2] if late else 1):
            cutoff = np.int64(cutoffs[k]) if late else ALWAYS
            _link(*own, cents[rows], pieces[rows], cutoff, last[:, : how_many(own[2])], before, sums)
            if _compare(own[0], before, sums, first, bounds, by, steps):
                _add_up(steps, out[:, customer], k if late else 0, k + 1 if late else out.shape[2])


@njit(cache=True, nogil=True)
def _link(day, known, key, cents, pieces, cutoff, last, before, sums):
    """Put what a key cost on a day, and how many pieces, at the day's first line, and link it to the key's day before.

    Of the lines (n,) of a customer known before the cutoff; one without pieces has no price. `before` is the first line
    of the day before, `NEVER` at other lines and where there is none. `last` is that of the latest day of each key, and
    the day. A branch that is mostly not taken costs nothing, others half of the loop: there is one, for a second line.
    """
    last[0], last[1] = NEVER, NO_DAY
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        before[row] = NEVER
        if key[row] < 0 or pieces[row] <= 0 or known[row] >= cutoff:
            continue
        code = np.uint64(key[row])
        if last[1, code] == day[row]:
            latest = np.uint64(last[0, code])
            sums[0, latest] += cents[row]
            sums[1, latest] += pieces[row]
        else:
            before[row] = last[0, code]
            last[0, code], last[1, code] = row, day[row]
            sums[0, row], sums[1, row] = cents[row], pieces[row]


@njit(cache=True, nogil=True)
def _compare(day, before, sums, first, bounds, by, steps):
    """Count the changes between linked days (n,) into `steps` (3, K + 1); whether there was any."""
    found, beyond = False, bounds.shape[1] - 1
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        then = np.uint64(max(before[row], 0))  # looked at without need where there is none, rather than guessed
        now_at_then, then_at_now = float(sums[0, row]) * sums[1, then], float(sums[0, then]) * sums[1, row]
        cheaper, dearer = now_at_then <= (1.0 - by) * then_at_now, then_at_now <= (1.0 - by) * now_at_then
        if (before[row] == NEVER) | (cheaper == dearer):
            continue
        start = np.uint64(bounds[0, np.uint64(min(day[row] - first, beyond))])
        stop = np.uint64(bounds[1, np.uint64(min(day[then] - first, beyond))])
        if start < stop:
            more, fewer = sums[1, row] > sums[1, then], sums[1, row] < sums[1, then]
            found = True
            _step(steps[0], start, stop, True)
            _step(steps[1], start, stop, more if cheaper else fewer)
            _step(steps[2], start, stop, fewer if cheaper else more)
    return found


@njit(cache=True, nogil=True, inline="always")
def _step(steps, start, stop, counts):
    """One more from `start` on, until `stop`, if it counts."""
    steps[start] += counts
    steps[stop] -= counts


@njit(cache=True, nogil=True)
def _add_up(steps, out, begin, end):
    """Running sums of `steps` (3, K + 1), emptied, to `out` (3, K) at the cutoffs `[begin, end)`."""
    for kind in range(out.shape[0]):
        total = 0
        for k in range(end):
            total += steps[kind, k]
            if k >= begin:
                out[kind, k] = total
    steps[:] = 0
