"""The compiled loops that change what everybody bought from one cutoff and its rows to a later one and its rows.

Plain arrays only. A line is in a set of windows before, and in one now: words of bits, `WAS_KNOWN` where it was known
of by the cutoff, and the bits beside it for the windows. `first` and `bits` (2, days) give the words of a line that was
known, by its day; `cutoffs` (2,) are the days by which it must have been known, before and now.
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

WAS_KNOWN = 1
BUYERS, CENTS, PIECES = 0, 1, 2


@njit(cache=True, nogil=True, inline="always")
def _words(first, bits, cutoffs, day, known):
    """The windows that a line is in, before and now."""
    place = np.uint64(min(max(day - first, 0), bits.shape[1] - 1))
    return bits[0, place] * (known < cutoffs[0]), bits[1, place] * (known < cutoffs[1])


@njit(cache=True, nogil=True, inline="always")
def _step(then, now, window):
    """Whether a line enters a window, 1, leaves it, -1, or neither."""
    return ((now >> (window + 1)) & 1) - ((then >> (window + 1)) & 1)


@njit(cache=True, nogil=True)
def changed(day, known, product, purchase, money, when, counts, launched, out):
    """The purchased lines that enter a window or leave one, to `out`; returns how many.

    What they paid and how many pieces they got is more, or less, in `counts` (windows, products, 3), and `launched`
    (products,) the least day of those that were not known of before. `purchase` are what is taken back, cents and
    whether there are any, `money` cents and pieces, `when` is `first`, `bits` and `cutoffs`.
    """
    taken_back, price, priced = purchase
    cents, pieces = money
    first, bits, cutoffs = when
    found = 0
    for row in range(day.size):
        then, now = _words(first, bits, cutoffs, day[row], known[row])
        if then == now or taken_back[row] or (priced and price[row] <= 0):
            continue
        code = np.uint64(product[row])
        if now & WAS_KNOWN and not then & WAS_KNOWN:
            launched[code] = min(launched[code], day[row])
        if (then ^ now) > WAS_KNOWN:
            out[found] = row
            found += 1
            if pieces[row] > 0:
                for window in range(counts.shape[0]):
                    step = _step(then, now, window)
                    counts[window, code, CENTS] += step * cents[row]
                    counts[window, code, PIECES] += step * pieces[row]
    return found


@njit(cache=True, nogil=True)
def present(offsets, day, known, product, purchase, when, customers, asked, slots, bought, active):
    """The windows in which customers bought products that are asked of them, and bought anything, before and now.

    `customers` (a,) are rows of `offsets`, -1 for one without lines here; `asked` the products, those of each customer
    being `[starts[a], starts[a + 1])`. More bits in `bought` (asked, 2) and `active` (a, 2). `slots` (products,) is all
    zeros, and is so again afterwards. Lines are taken from the latest back, until no window reaches further.
    """
    taken_back, price, priced = purchase
    first, bits, cutoffs = when
    starts, codes = asked
    for number in range(customers.size):
        if customers[number] < 0:
            continue
        for one in range(starts[number], starts[number + 1]):
            slots[np.uint64(codes[one])] = one + 1
        customer = np.uint64(customers[number])
        for row in range(offsets[customer + np.uint64(1)] - 1, offsets[customer] - 1, -1):
            if day[row] < first:
                break
            then, now = _words(first, bits, cutoffs, day[row], known[row])
            if (then | now) <= WAS_KNOWN or taken_back[row] or (priced and price[row] <= 0):
                continue
            active[number, 0] |= then
            active[number, 1] |= now
            one = slots[np.uint64(product[row])] - 1
            if one >= 0:
                bought[one, 0] |= then
                bought[one, 1] |= now
        for one in range(starts[number], starts[number + 1]):
            slots[np.uint64(codes[one])] = 0
