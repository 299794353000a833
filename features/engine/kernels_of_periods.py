"""The compiled primitives that look at time in periods, fixed or of a customer's own length; see `kernels.py`."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.unsigned import unsigned


@njit(cache=True, nogil=True)
def periods(offsets, day, starts, cutoff, low, high, stop, length, number, out):
    """Of `number` periods of `length` days ending `stop` days before T: how many hold an event, longest empty run.

    Empty periods before the first event ever are no run. `out` (2, n).
    """
    inverse = 1.0 / length
    for customer in range(offsets.size - 1):
        for place in range(starts[customer], starts[customer + 1]):
            newest = cutoff[place] - stop - 0.5  # half a day keeps the product clear of whole numbers
            first, filled, longest = low[place], 0, 0
            before = number  # the period of the row before; periods count back from T
            if first == offsets[customer] and first < high[place]:
                before = int((newest - day[first]) * inverse) + 1
            begin, end = unsigned(first, high[place])
            for row in range(begin, end):
                period = int((newest - day[row]) * inverse)
                longest = max(longest, before - period - 1)
                filled += period != before
                before = period
            out[0, place] = filled
            out[1, place] = max(longest, before)


@njit(cache=True, nogil=True)
def own_periods(offsets, day, starts, cutoff, low, high, gap, span, out):
    """How many whole periods as long as the customer's `gap` (n,) hold an event, counted back from T; `out` (n,).

    Over `span` days, or those since the first event ever; `low`, `high` are the rows of the last `span` days. Gaps are
    whole or half days; NaN for a gap of NaN.
    """
    for customer in range(offsets.size - 1):
        for place in range(starts[customer], starts[customer + 1]):
            out[place] = np.nan
            if not np.isnan(gap[place]):
                age = min(span, np.int64(cutoff[place]) - day[offsets[customer]])
                length = np.int64(2 * gap[place])
                out[place] = _filled(day[low[place] : high[place]], np.int64(cutoff[place]), length, 2 * age // length)


@njit(cache=True, nogil=True, inline="always")
def _filled(day, cutoff, length, number):
    """How many of the `number` latest periods of `length` half days hold one of the days (n,), which ascend."""
    filled, before, inverse = 0, np.int64(-1), 1.0 / length
    begin, end = unsigned(0, day.size)
    for row in range(begin, end):
        period = np.int64((2 * (cutoff - day[row]) - 0.5) * inverse)  # clear of whole numbers, as in `periods`
        filled += period < number and period != before
        before = period
    return filled
