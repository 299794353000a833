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
EARLIER, LATER = 0, 1
ALWAYS = np.int64(1) << 40


@njit(cache=True, nogil=True)
def price_changes(offsets, day, known, cutoffs, first, bounds, key, cents, pieces, by, memory, steps, out):
    """Changes of the price between neighbouring days with the same key, by a share `by` or more.

    How many there were, how many were answered (more pieces where cheaper, fewer where dearer), and how many met the
    contrary. `key` (n,) numbers the keys of each customer from 0, -1 is no key. `memory` (3, 2, keys) and `steps`
    (3, K + 1), zeros, are scratch. Customers with a line known later than its day are followed anew at each cutoff.
    `out` (3, customers, K).
    """
    for customer in range(out.shape[1]):
        rows = slice(offsets[customer], offsets[customer + 1])
        lines = day[rows], known[rows], key[rows], cents[rows], pieces[rows]
        if any_late(lines[0], lines[1]):
            for k in range(out.shape[2]):
                _follow(lines, cutoffs[k], first, bounds, by, memory, steps)
                for kind in range(out.shape[0]):
                    out[kind, customer, k] = steps[kind, : k + 1].sum()
                steps[:] = 0
        else:
            _follow(lines, ALWAYS, first, bounds, by, memory, steps)
            for kind in range(out.shape[0]):
                out[kind, customer] = np.cumsum(steps[kind, :-1])
            steps[:] = 0


@njit(cache=True, nogil=True)
def _follow(lines, before, first, bounds, by, memory, steps):
    """Go through the lines (n,) of a customer known `before` a day; those without pieces have no price."""
    day, known, key, cents, pieces = lines
    memory[:, :, : how_many(key)] = -1
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        if key[row] < 0 or pieces[row] <= 0 or known[row] >= before:
            continue
        own = memory[:, :, np.uint64(key[row])]
        if own[0, LATER] != day[row]:
            _settle(own, first, bounds, by, steps)
            own[:, EARLIER] = own[:, LATER]
            own[0, LATER], own[1, LATER], own[2, LATER] = day[row], 0, 0
        own[1, LATER] += cents[row]
        own[2, LATER] += pieces[row]
    for code in range(how_many(key)):
        _settle(memory[:, :, code], first, bounds, by, steps)


@njit(cache=True, nogil=True, inline="always")
def _settle(own, first, bounds, by, steps):
    """Count a change between the two days of a key, `own` (3, 2): day, cents and pieces; -1 where there is no day."""
    if own[0, EARLIER] < 0:
        return
    now, then = np.float64(own[1, LATER]) * own[2, EARLIER], np.float64(own[1, EARLIER]) * own[2, LATER]
    cheaper, dearer = now <= (1.0 - by) * then, then <= (1.0 - by) * now
    if not (cheaper or dearer):
        return
    latest = bounds.shape[1] - 1
    start = np.uint64(bounds[0, np.uint64(min(own[0, LATER] - first, latest))])
    stop = np.uint64(bounds[1, np.uint64(min(own[0, EARLIER] - first, latest))])
    if start < stop:
        more, fewer = own[2, LATER] > own[2, EARLIER], own[2, LATER] < own[2, EARLIER]
        answered, contrary = more if cheaper else fewer, fewer if cheaper else more
        steps[0, start] += 1
        steps[0, stop] -= 1
        steps[1, start] += answered
        steps[1, stop] -= answered
        steps[2, start] += contrary
        steps[2, stop] -= contrary
