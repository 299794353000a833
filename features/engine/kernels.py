"""The compiled primitives. Each walks the customers of arrays sorted by customer and day.

All take plain arrays and write into arrays they are given, so the same functions serve any table and any
engine. Values are asked for by customer, then by cutoff: those of customer c are `[starts[c], starts[c + 1])`, each
with the day T of its `cutoff` (n,), see `asked.py`. A window is `[T - start, T - stop)`; kernels get its two boundaries
as row indices, `low` and `high`, both (n,).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.unsigned import unsigned

STATISTICS = {"mean": 0, "deviation": 1, "median": 2, "ninth_decile": 3, "largest": 4, "last": 5}
FLOORS = {"floor": 6, "at_floor": 7}
"""Rows of the output of `describe`, the latter where they are asked for."""


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
