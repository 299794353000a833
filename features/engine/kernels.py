"""The compiled primitives. Each walks the customers of arrays sorted by customer and day.

All take plain arrays and write into arrays they are given, so the same functions serve any table and any
engine. `cutoffs` (K,) are ascending day numbers. A window is `[T - start, T - stop)`; kernels get its two
boundaries as row indices, `low` and `high`, both (customers, K).
"""

from __future__ import annotations

import numpy as np
from numba import njit

STATISTICS = {"mean": 0, "deviation": 1, "median": 2, "ninth_decile": 3, "largest": 4, "last": 5}
"""Columns of the output of `describe`."""


@njit(cache=True, nogil=True)
def _stable_order(keys, buckets, order):
    """Rows of `order`, rearranged stably by `keys`, which run from 0 to `buckets` - 1."""
    starts = np.zeros(buckets + 1, dtype=np.int64)
    for row in range(keys.size):
        starts[keys[row] + 1] += 1
    for bucket in range(buckets):
        starts[bucket + 1] += starts[bucket]
    result = np.empty(keys.size, dtype=np.int64)
    for position in range(keys.size):
        row = order[position]
        result[starts[keys[row]]] = row
        starts[keys[row]] += 1
    return result


def counting_order(customer, day):
    """The stable order by customer, then by day, of rows in any order; two counting sorts, or one."""
    order = np.arange(customer.size, dtype=np.int64)
    if customer.size and np.any(day[1:] < day[:-1]):
        order = _stable_order(day - day.min(), int(day.max() - day.min()) + 1, order)
    return _stable_order(customer, int(customer.max()) + 1 if customer.size else 0, order)


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

    An order counts once, on the day of its first line. `slots`, `owners` are scratch of at least twice the rows
    of any customer, a power of two, `owners` zero. `out` (5, n) is filled; the number of rows is returned.
    """
    row = -1
    for customer in range(offsets.size - 1):
        out_offsets[customer] = row + 1
        previous = np.int64(-1) << 40
        for line in range(offsets[customer], offsets[customer + 1]):
            if not chosen[line]:
                continue
            if day[line] != previous:
                row += 1
                previous = np.int64(day[line])
                out[:, row] = 0
                out[0, row] = previous
            out[1, row] += _is_new(order[line], customer + 1, slots, owners)
            out[2, row] += 1
            out[3, row] += cents[line]
            out[4, row] += thousandths[line]
    out_offsets[offsets.size - 1] = row + 1
    return row + 1


@njit(cache=True, nogil=True)
def boundaries(offsets, day, cutoffs, ago, out):
    """`out` (customers, K): the first row of the customer with `day >= T - ago`, by one sweep."""
    for customer in range(offsets.size - 1):
        row = offsets[customer]
        for k in range(cutoffs.size):
            limit = cutoffs[k] - ago
            while row < offsets[customer + 1] and day[row] < limit:
                row += 1
            out[customer, k] = row


@njit(cache=True, nogil=True)
def _slide(values, gaps, ranked, count, old, new):
    """Make `ranked[:count]`, the sorted values of the rows `old`, those of `new`; returns how many there are.

    Rows are `[first, last)`. Neighbouring cutoffs share most of a window, so few values leave and few arrive.
    """
    if new[0] < old[0] or new[1] < old[1] or new[0] >= old[1]:
        count, old = 0, (new[0], new[0])
    for row in range(old[0], new[0]):
        place = np.searchsorted(ranked[:count], values[row] - values[row - 1] if gaps else values[row])
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
def describe(values, low, high, gaps, out):
    """Mean, population deviation, median, ninth decile, largest and last of `values[low:high]`.

    With `gaps`, of the differences between neighbours instead. `out` (6, customers, K); NaN where the window
    is empty, deviation NaN below two values.
    """
    ranked = np.empty(max(1, (high - low).max() if high.size else 1), dtype=np.float64)
    for customer in range(low.shape[0]):
        rows, count = (0, 0), 0
        for k in range(low.shape[1]):
            first = low[customer, k] + (1 if gaps else 0)
            last = max(first, high[customer, k])
            count = _slide(values, gaps, ranked, count, rows, (first, last))
            rows = (first, last)
            if count == 0:
                out[:, customer, k] = np.nan
                continue
            total = squares = 0.0
            for row in range(first, last):
                total += values[row] - values[row - 1] if gaps else values[row]
            mean = total / count
            for row in range(first, last):
                difference = (values[row] - values[row - 1] if gaps else values[row]) - mean
                squares += difference * difference
            out[0, customer, k] = mean
            out[1, customer, k] = np.sqrt(squares / count) if count > 1 else np.nan
            out[2, customer, k] = (ranked[(count - 1) // 2] + ranked[count // 2]) / 2
            position = 0.9 * (count - 1)
            floor = int(position)
            step = ranked[min(floor + 1, count - 1)] - ranked[floor]
            out[3, customer, k] = ranked[floor] + (position - floor) * step
            out[4, customer, k] = ranked[count - 1]
            out[5, customer, k] = values[last - 1] - values[last - 2] if gaps else values[last - 1]


@njit(cache=True, nogil=True)
def count_long_gaps(day, low, high, cutoffs, since_last, least, out):
    """How many gaps between neighbours of `day[low:high]` are at least `least` days, `out` (customers, K).

    With `since_last`, at least that much longer than the time from the last of them to T.
    """
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            first, last = low[customer, k], high[customer, k]
            limit = least
            if since_last and last > first:
                limit += cutoffs[k] - day[last - 1]
            count = 0
            for row in range(first + 1, last):
                count += day[row] - day[row - 1] >= limit
            out[customer, k] = count


@njit(cache=True, nogil=True)
def decayed(offsets, day, value, high, cutoffs, half_life, out):
    """Sum of `value` over the rows before `high`, each halved for every `half_life` days of age; (customers, K).

    The running sum is carried from event to event, so a result does not depend on the other cutoffs.
    """
    for customer in range(offsets.size - 1):
        total, row = 0.0, offsets[customer]
        for k in range(cutoffs.size):
            while row < high[customer, k]:
                if row > offsets[customer]:
                    total *= 0.5 ** ((day[row] - day[row - 1]) / half_life)
                total += value[row]
                row += 1
            out[customer, k] = total * 0.5 ** ((cutoffs[k] - day[row - 1]) / half_life) if total else 0.0


@njit(cache=True, nogil=True)
def periods(offsets, day, low, high, cutoffs, stop, length, number, out):
    """Of `number` periods of `length` days ending `stop` days before T: how many hold an event, longest empty run.

    Empty periods before the first event ever are no run. `out` (2, customers, K).
    """
    filled = np.empty(number, dtype=np.bool_)
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            filled[:] = False
            newest = cutoffs[k] - stop - 1
            for row in range(low[customer, k], high[customer, k]):
                filled[(newest - day[row]) // length] = True
            begins = low[customer, k] == offsets[customer] and low[customer, k] < high[customer, k]
            lived = (newest - day[low[customer, k]]) // length + 1 if begins else number
            run = longest = 0
            for period in range(lived):
                run = 0 if filled[period] else run + 1
                longest = max(longest, run)
            out[0, customer, k] = filled.sum()
            out[1, customer, k] = longest
