"""The compiled loops over everybody's purchases: dealt out by product, and counted product by product.

Plain arrays only. A line counts for a run of cutoffs, from `first` and `bounds` as in `runs.py`. In the order of
products a table of one product is all that is written to, and it stays in the nearest cache.
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.runs import run_of

NEVER = 2**30
OWNER, DAY, KNOWN = 0, 1, 2
CENTS, PIECES = 2, 3
"""Where the parts of a line that is dealt out lie: in eight numbers of 32 bits, and in four of 64."""


@njit(cache=True, nogil=True)
def counts_by_product(product, chosen, counts):
    """How many chosen lines each product has, more in `counts` (products,)."""
    for line in range(product.size):
        counts[np.uint64(product[line])] += chosen[line]


@njit(cache=True, nogil=True)
def deal(offsets, product, chosen, customers, first, places, columns, small, large):
    """The chosen lines of the products from `first` on, as many as `places` has, product by product, in order.

    `customers`: how many come before these, whose lines are dealt out already. `places` (products,): where the next
    line of each lies; moves on. `columns` are day, known, cents and pieces. A line is
    one row of `small` (rows, 8), `OWNER`, `DAY` and `KNOWN`, and of `large` (rows, 4), `CENTS` and `PIECES`, which lie
    in the same memory: it is written to one place, not to five.
    """
    day, known, cents, pieces = columns
    for customer in range(offsets.size - 1):
        for line in range(offsets[customer], offsets[customer + 1]):
            code = np.uint64(product[line] - first)  # of an earlier product, a number beyond all products
            if chosen[line] and code < np.uint64(places.size):
                place = np.uint64(places[code])
                places[code] += 1
                small[place, OWNER] = customers + customer
                small[place, DAY], small[place, KNOWN] = day[line], known[line]
                large[place, CENTS], large[place, PIECES] = cents[line], pieces[line]


@njit(cache=True, nogil=True)
def active(offsets, day, known, chosen, first, bounds, out):
    """How many customers bought anything, more in `out` (K,).

    Lines are taken from the latest back: where windows end in that order, what is covered already begins at the least
    begin so far.
    """
    steps = np.zeros(out.size + 1, dtype=np.int64)
    for customer in range(offsets.size - 1):
        covered = np.uint64(out.size)
        for line in range(offsets[customer + 1] - 1, offsets[customer] - 1, -1):
            if covered == np.uint64(0):
                break
            if chosen[line]:
                begin, end = run_of(first, bounds, day[line], known[line])
                if begin < end:
                    _count(steps, begin, min(end, covered))
                    covered = min(covered, begin)
    out += np.cumsum(steps)[:-1]


@njit(cache=True, nogil=True, inline="always")
def _count(steps, begin, end):
    """One more from `begin` on, until `end`; nothing if that is over before it begins, without a branch to guess."""
    steps[begin] += 1
    steps[max(begin, end)] -= 1


@njit(cache=True, nogil=True)
def bought(small, large, first, bounds, steps):
    """Steps (K + 1, 3), from cutoff to cutoff, of who bought one product, what they paid and how many pieces they got.

    Of its lines as `deal` writes them, by customer and day. Lines without pieces count for buyers alone. As in
    `active`, lines are taken from the latest back.
    """
    whose, covered = np.int64(-1), np.uint64(0)
    for back in range(len(small)):
        line = np.uint64(len(small) - 1 - back)
        if small[line, OWNER] != whose:
            whose, covered = np.int64(small[line, OWNER]), np.uint64(steps.shape[0] - 1)
        begin, end = run_of(first, bounds, small[line, DAY], small[line, KNOWN])
        if begin >= end:
            continue
        until = max(begin, min(end, covered))
        covered = min(covered, begin)
        steps[begin, 0] += 1
        steps[until, 0] -= 1
        if large[line, PIECES] > 0:
            steps[begin, 1] += large[line, CENTS]
            steps[begin, 2] += large[line, PIECES]
            steps[end, 1] -= large[line, CENTS]
            steps[end, 2] -= large[line, PIECES]


@njit(cache=True, nogil=True)
def tell(starts, small, large, first, bounds, active, share, prices, few):
    """What everybody paid for each product, and whether few bought it, or one alone, (products, K) each.

    `small` and `large` are lines as `deal` writes them, those of product p being `[starts[p], starts[p + 1])`; `active`
    (K,) customers bought anything. For prices and flags see `Everybody`; a product is rare that at most a `share` of
    the other customers bought.
    """
    steps = np.zeros((active.size + 1, 3), dtype=np.int64)
    for code in range(prices.shape[0]):
        steps[:] = 0
        own = slice(starts[code], starts[code + 1])
        bought(small[own], large[own], first, bounds, steps)
        buyers, amount, quantity = 0, 0, 0
        for k in range(active.size):
            buyers, amount, quantity = buyers + steps[k, 0], amount + steps[k, 1], quantity + steps[k, 2]
            prices[code, k] = _price(buyers, amount, quantity)
            few[code, k] = _few(buyers, active[k], share)


@njit(cache=True, nogil=True)
def tell_of_sums(counts, active, share, prices, few):
    """The same from sums at one cutoff: buyers, amount and quantity, `counts` (products, 3), of `active` customers."""
    for code in range(prices.shape[0]):
        prices[code, 0] = _price(counts[code, 0], counts[code, 1], counts[code, 2])
        few[code, 0] = _few(counts[code, 0], active, share)


@njit(cache=True, nogil=True, inline="always")
def _price(buyers, amount, quantity):
    """What a thousandth of a piece cost; nothing where it would be the price of one customer."""
    return amount / quantity if buyers > 1 and quantity > 0 else 0.0


@njit(cache=True, nogil=True, inline="always")
def _few(buyers, active, share):
    """0, or 1 where few bought a product, and one more where nobody else did: alone is rare, too."""
    return (buyers - 1 <= share * (active - 1)) + (buyers <= 1)


@njit(cache=True, nogil=True)
def launches(day, known, chosen, product, first, bounds, earliest, out):
    """The first day of any purchase of a product: `earliest` (products,) of those known on their day.

    Of the others by the first cutoff that knows of them, `out` (products, K). Both are as they are before any row,
    `NEVER`, or of rows before these.
    """
    for row in range(day.size):
        code = np.uint64(product[row])
        if chosen[row] and known[row] == day[row]:
            earliest[code] = min(earliest[code], day[row])
        elif chosen[row]:
            begin, _ = run_of(first, bounds, day[row], known[row])
            if begin < out.shape[1]:
                out[code, begin] = min(out[code, begin], day[row])


@njit(cache=True, nogil=True)
def launched(cutoffs, earliest, out):
    """The first day any purchase of a product is known of at each cutoff, (products, K), from what `launches` found."""
    for each in range(out.shape[0]):
        for k in range(out.shape[1]):
            first_known = earliest[each] if earliest[each] < cutoffs[k] else NEVER
            out[each, k] = min(out[each, k], first_known, out[each, max(k - 1, 0)])
