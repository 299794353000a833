"""The compiled statistics of the values in a window, and of the gaps between them. Plain arrays, like `kernels.py`."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

STATISTICS = {"mean": 0, "deviation": 1, "median": 2, "ninth_decile": 3, "largest": 4, "last": 5}
FLOORS = {"floor": 6, "at_floor": 7}
"""Rows of the output of `describe`, the latter where they are asked for."""


@njit(cache=True, nogil=True)
def _place(ranked, count, value):
    """Where `value` stands, or would stand first, in the ascending `ranked[:count]`."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _slide(values, gaps, ranked, count, old, new):
    """Make `ranked[:count]`, the sorted values of the rows `old`, those of `new`; returns how many there are.

    Rows are `[first, last)`. Neighbouring cutoffs share most of a window, so few values leave and few arrive.
    """
    if new[0] < old[0] or new[1] < old[1] or new[0] >= old[1]:
        count, old = 0, (new[0], new[0])
    for row in range(old[0], new[0]):
        place = _place(ranked, count, values[row] - values[row - 1] if gaps else values[row])
        count -= 1
        for index in range(place, count):
            ranked[index] = ranked[index + 1]
    bulk = new[1] - old[1] > 8 + count // 4
    for row in range(old[1], new[1]):
        value = values[row] - values[row - 1] if gaps else values[row]
        index = count
        while not bulk and index > 0 and ranked[index - 1] > value:
            ranked[index] = ranked[index - 1]
            index -= 1
        ranked[index] = value
        count += 1
    if bulk:
        ranked[:count].sort()
    return count


@njit(cache=True, nogil=True)
def _moments(values, gaps, first, last):
    """Mean and population deviation of the values, or of the gaps before them, of the rows `[first, last)`."""
    count, own = last - first, values[first:last]
    if gaps:  # they add up to one gap
        mean = (values[last - 1] - values[first - 1]) / count
    else:
        total = own[0]
        for row in range(1, count):
            total += own[row]
        mean = total / count
    squares, before = 0.0, values[first - gaps : last - gaps]
    for row in range(count):
        difference = (own[row] - before[row] if gaps else own[row]) - mean
        squares += difference * difference
    return mean, np.sqrt(squares / count) if count > 1 else np.nan


@njit(cache=True, nogil=True)
def describe(values, low, high, gaps, ranking, out, within=0.0):
    """Mean, population deviation, median, ninth decile, largest and last of `values[low:high]`, into `out` (6, n).

    With `gaps`, of the differences between neighbours instead; without `ranking`, only what needs no order of the
    values. With `within`, the floor as well and how many are at it, into `out` (8, n), see `_floor`. NaN where the
    window is empty, deviation NaN below two values. A window that is the one before once more has its statistics.
    """
    ranked = np.empty(max(1, (high - low).max() if high.size else 1), dtype=values.dtype)
    rows, count = (np.int64(0), np.int64(0)), 0
    for place in range(low.size):
        first = np.int64(low[place]) + (1 if gaps else 0)
        last = max(first, np.int64(high[place]))
        if first == last:
            out[:, place] = np.nan
            continue
        if place and (first, last) == rows:
            out[:, place] = out[:, place - 1]
            continue
        out[0, place], out[1, place] = _moments(values, gaps, first, last)
        out[5, place] = values[last - 1] - values[last - 2] if gaps else values[last - 1]
        if ranking:
            count = _slide(values, gaps, ranked, count, rows, (first, last))
            _rank(ranked, count, out[:, place])
            if within > 0.0:
                _floor(ranked[:count], 1.0 + within, out[:, place])
        rows = (first, last)


@njit(cache=True, nogil=True)
def _rank(ranked, count, out):
    """Median, ninth decile and largest of the ascending `ranked[:count]`, into `out` (6,)."""
    position = 0.9 * (count - 1)
    floor = int(position)
    step = ranked[min(floor + 1, count - 1)] - ranked[floor]
    out[2] = (ranked[(count - 1) // 2] + ranked[count // 2]) / 2
    out[3] = ranked[floor] + (position - floor) * step
    out[4] = ranked[count - 1]


@njit(cache=True, nogil=True)
def _floor(ranked, most, out):
    """The least of the ascending values (n,) that has another of at most `most` times it, and how many such there are.

    Into `out` (8,); NaN and 0 where no two are so near each other.
    """
    out[6], out[7] = np.nan, 0.0
    for place in range(ranked.size - 1):
        if ranked[place + 1] <= most * ranked[place]:
            last = place + 1
            while last < ranked.size and ranked[last] <= most * ranked[place]:
                last += 1
            out[6], out[7] = ranked[place], last - place
            return
