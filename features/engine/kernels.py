"""The compiled primitives of windows, sums and days. Each walks the customers of arrays sorted by customer and day.

All take plain arrays and write into arrays they are given, so the same functions serve any table and any
engine. Values are asked for by customer, then by cutoff: those of customer c are `[starts[c], starts[c + 1])`, each
with the day T of its `cutoff` (n,), see `asked.py`. A window is `[T - start, T - stop)`; kernels get its two boundaries
as row indices, `low` and `high`, both (n,).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.unsigned import unsigned


@njit(cache=True, nogil=True)
def _is_new(value, owner, slots, owners):
    """Whether `owner` meets `value` for the first time; remembers it.

    `slots`, `owners` (power of two,) are an open hash table that all owners share one after the other: what an
    earlier owner left behind counts as empty, so nothing has to be cleared.
    """
    mask = slots.size - 1
    slot = (value * 2654435761) & mask
    while owners[slot] == owner:
        if slots[slot] == value:
            return False
        slot = (slot + 1) & mask
    owners[slot], slots[slot] = owner, value
    return True


@njit(cache=True, nogil=True)
def order_days(offsets, day, order, cents, thousandths, chosen, slots, owners, out_offsets, out):
    """One row per customer and day with a chosen line: day, orders, lines, cents, thousandths.

    An order counts once, on the day of its first line; amounts count by their size, however they are signed.
    `slots`, `owners` are scratch of at least twice the rows of any customer, a power of two, `owners` zero.
    `out` (5, n) is filled; the number of rows is returned.
    """
    row = -1
    for customer in range(offsets.size - 1):
        out_offsets[customer] = row + 1
        previous, last = np.int64(-1) << 40, np.int64(-1)
        begin, end = unsigned(offsets[customer], offsets[customer + 1])
        for line in range(begin, end):
            if not chosen[line]:
                continue
            if day[line] != previous:
                row += 1
                previous = np.int64(day[line])
                out[0, row] = previous
                out[1, row] = out[2, row] = out[3, row] = out[4, row] = 0
            if order[line] != last:  # lines of one order mostly follow each other
                last = np.int64(order[line])
                out[1, row] += _is_new(last, customer + 1, slots, owners)
            out[2, row] += 1
            out[3, row] += abs(cents[line])
            out[4, row] += abs(thousandths[line])
    out_offsets[offsets.size - 1] = row + 1
    return row + 1


@njit(cache=True, nogil=True)
def census(offsets, day, known, chosen, cutoffs, days, last):
    """Days with a chosen row known before each cutoff, and the latest of them; both (customers, K).

    `known` (n,) may be `day` itself. `last` is left alone where there is no such day.
    """
    for customer in range(offsets.size - 1):
        late = False
        for row in range(offsets[customer], offsets[customer + 1]):
            late = late or known[row] != day[row]
        row, count, newest = offsets[customer], 0, np.int64(-1) << 40
        for k in range(cutoffs.size):
            if late:  # what was unknown at one cutoff may be known at the next: count anew
                row, count, newest = offsets[customer], 0, np.int64(-1) << 40
            while row < offsets[customer + 1] and day[row] < cutoffs[k]:
                if chosen[row] and known[row] < cutoffs[k] and day[row] != newest:
                    newest = np.int64(day[row])
                    count += 1
                row += 1
            days[customer, k] = count
            if count:
                last[customer, k] = newest


@njit(cache=True, nogil=True)
def boundaries(offsets, day, starts, cutoff, ago, out):
    """`out` (n,): the first row of the customer with `day >= T - ago`, by one sweep."""
    for customer in range(offsets.size - 1):
        row, end = unsigned(offsets[customer], offsets[customer + 1])
        for place in range(starts[customer], starts[customer + 1]):
            limit = cutoff[place] - ago
            while row < end and day[row] < limit:
                row += np.uint64(1)
            out[place] = row


@njit(cache=True, nogil=True)
def differences(totals, low, high, out):
    """`out` (n,): what lies between two boundaries, from running sums `totals`."""
    for place in range(low.size):
        first, last = unsigned(low[place], high[place])
        out[place] = totals[last] - totals[first]


@njit(cache=True, nogil=True)
def ages(day, low, high, cutoff, latest, out):
    """`out` (n,): days from the first (or `latest`) row of `[low, high)` to T; NaN where there is none."""
    for place in range(low.size):
        first, last = low[place], high[place]
        out[place] = cutoff[place] - day[last - 1 if latest else first] if last > first else np.nan


@njit(cache=True, nogil=True)
def count_long_gaps(day, low, high, cutoff, since_last, least, out):
    """How many gaps between neighbours of `day[low:high]` are at least `least` days, `out` (n,).

    With `since_last`, at least that much longer than the time from the last of them to T.
    """
    for place in range(low.size):
        first, last = low[place], high[place]
        limit = least
        if since_last and last > first:
            limit += cutoff[place] - day[last - 1]
        count, days = 0, day[first:last]
        for row in range(1, days.size):
            count += days[row] - days[row - 1] >= limit
        out[place] = count


@njit(cache=True, nogil=True)
def decayed(offsets, day, value, starts, cutoff, high, weights, out):
    """Sum of `value` over the rows before `high` (n,), each times the weight of its age; `out` (n,).

    `weights` (days,) halve with every half-life. The running sum is carried from event to event, so a result does not
    depend on the other cutoffs.
    """
    for customer in range(offsets.size - 1):
        total, row = 0.0, offsets[customer]
        for place in range(starts[customer], starts[customer + 1]):
            while row < high[place]:
                if row > offsets[customer]:
                    total *= weights[day[row] - day[row - 1]]
                total += value[row]
                row += 1
            out[place] = total * weights[cutoff[place] - day[row - 1]] if total else 0.0
