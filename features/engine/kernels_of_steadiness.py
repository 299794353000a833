"""The compiled primitive that tells in how many periods of a window each key was bought.

Plain arrays only, like `kernels.py`. A word of 64 bits says of up to 64 cutoffs at once for which of them something
holds: a line is looked at once, whatever the number of cutoffs.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from features.engine.kernels_of_keys import how_many
from features.engine.unsigned import unsigned

MOST_CUTOFFS = 64

Words = npt.NDArray[np.uint64]


@lru_cache(maxsize=64)
def periods_of(cutoffs: tuple[int, ...], span: tuple[int, int], length: int) -> tuple[int, Words, Words]:
    """The first day of the window `[T - start, T - stop)`, `span`, of any cutoff, and what each day from it counts for.

    `held` (days, periods + 1): the cutoffs, a bit each, of which a period of `length` days before T holds the day, the
    newest period first, and last those whose window does. `knows` (days,): the cutoffs after the day. The last day is
    the latest cutoff, which sees nothing of it.
    """
    assert len(cutoffs) <= MOST_CUTOFFS, "a word has a bit for each cutoff"
    edges = [min(max(edge * length, span[1]), span[0]) for edge in range(-(-span[0] // length) + 1)]
    days = np.arange(cutoffs[0] - span[0], cutoffs[-1] + 1)
    bits = np.uint64(1) << np.arange(len(cutoffs), dtype=np.uint64)
    ago = np.array(cutoffs)[np.newaxis, :] - days[:, np.newaxis]
    parts = [*pairwise(edges), (span[1], span[0])]
    held = np.stack([((ago > stop) & (ago <= start)) @ bits for stop, start in parts], axis=1)
    return int(days[0]), held, (ago > 0) @ bits


def no_sets(columns: int, keys: int, held: Words) -> tuple[npt.NDArray[Any], ...]:
    """What `steady_spend` notes down about one customer, empty.

    `sets` (columns, keys, periods + 1): the cutoffs for which a period holds the key, and last those where it is
    steady. `filled` (periods,): the cutoffs for which a period holds any line.
    """
    return np.zeros((columns, keys, held.shape[1]), dtype=np.uint64), np.zeros(held.shape[1] - 1, dtype=np.uint64)


@njit(cache=True, nogil=True)
def steady_spend(offsets, day, known, first, held, knows, key, cents, sets, filled, sums, out):
    """Spend of the window on keys bought in every period that holds a line; -1 is no key.

    `key` (columns, n) are the keys of several columns, each numbered from 0 for every customer. For `first`, `held`,
    `knows` see `periods_of`, for `sets`, `filled` see `no_sets`; `sums` (K,) is scratch. `out` (columns, customers, K).
    """
    for customer in range(out.shape[1]):
        begin, stop = offsets[customer], offsets[customer + 1]
        while begin < stop and day[begin] < first:
            begin += 1
        filled[:] = 0
        rows = slice(begin, stop)
        _note(day[rows], known[rows], first, held, knows, key[:, rows], sets, filled)
        for column in range(out.shape[0]):
            own = key[column, rows]
            _judge(sets[column, : how_many(own)], filled)
            sums[:] = 0
            _add(day[rows], known[rows], first, held, knows, own, cents[rows], sets[column], sums)
            for k in range(sums.size):
                out[column, customer, k] = sums[k]


@njit(cache=True, nogil=True, inline="always")
def _note(day, known, first, held, knows, key, sets, filled):
    """Note for each key of the lines (n,) of a customer, and for any, the cutoffs for which each period holds it."""
    periods, latest = filled.size, knows.size - 1
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        place = np.uint64(min(day[row] - first, latest))
        seen = knows[np.uint64(min(known[row] - first, latest))]
        for period in range(periods):
            filled[period] |= held[place, period] & seen
        for column in range(key.shape[0]):
            if key[column, row] >= 0:
                code = np.uint64(key[column, row])
                for period in range(periods):
                    sets[column, code, period] |= held[place, period] & seen


@njit(cache=True, nogil=True, inline="always")
def _judge(sets, filled):
    """Put the cutoffs where each key (keys,) is steady behind its periods, which are emptied."""
    periods = filled.size
    for code in range(sets.shape[0]):
        steady = ~np.uint64(0)
        for period in range(periods):
            steady &= sets[code, period] | ~filled[period]
            sets[code, period] = 0
        sets[code, periods] = steady


@njit(cache=True, nogil=True, inline="always")
def _add(day, known, first, held, knows, key, cents, sets, sums):
    """Add the lines (n,) of a customer to the `sums` (K,) of the cutoffs whose window holds them and a steady key."""
    periods, latest = sets.shape[1] - 1, knows.size - 1
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        if key[row] >= 0:
            place = np.uint64(min(day[row] - first, latest))
            seen = knows[np.uint64(min(known[row] - first, latest))]
            counts = held[place, periods] & seen & sets[np.uint64(key[row]), periods]
            if counts != 0:
                for k in range(sums.size):
                    sums[k] += cents[row] * np.int64((counts >> np.uint64(k)) & np.uint64(1))
