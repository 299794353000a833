"""The compiled primitives that compare a customer's purchased lines to everybody's, and to its other tables.

Plain arrays only. A line counts for a run of cutoffs, from `first` and `bounds` as in `runs.py`; lines are sorted by
customer and day. `out` is (customers, K).
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
from __future__ import annotations

import numpy as np
from numba import njit

from features.engine.runs import run_of
from features.engine.unsigned import unsigned

NUMBERS_TOGETHER = 8
"""Numbers that come into the cache together."""


@njit(cache=True, nogil=True, inline="always")
def _fetched(table, codes):
    """A sum over the rows of `table` (products, K) that these codes ask for, so that all are on their way at once.

    A loop that waits for each row in turn costs twice as much where the
    table has left the nearer caches.
    """
    total = 0.0
    for code in codes:
        for k in range(0, table.shape[1], NUMBERS_TOGETHER):
            total += table[np.uint64(code), np.uint64(k)]
        total += table[np.uint64(code), table.shape[1] - 1]
    return total


@njit(cache=True, nogil=True)
def spend_where(offsets, day, known, product, cents, first, bounds, few, least, out):
    """Spend on the products that `few` (products, K) marks at the cutoff, by `least` or more."""
    out[:] = 0.0
    for customer in range(out.shape[0]):
        low, high = unsigned(offsets[customer], offsets[customer + 1])
        for row in range(low, high):
            begin, end = run_of(first, bounds, day[row], known[row])
            code, amount = np.uint64(product[row]), np.float64(cents[row])
            for k in range(begin, end):
                out[customer, k] += amount if few[code, k] >= least else 0.0


@njit(cache=True, nogil=True)
def price_index(offsets, day, known, product, cents, pieces, first, bounds, prices, paid, out):
    """Paid over what it costs at `prices` (products, K), of products that have one, above 0; NaN without any.

    `paid` (3, K) is scratch.
    """
    for customer in range(out.shape[0]):
        paid[:] = 0.0
        paid[2, 0] = _fetched(prices, product[offsets[customer] : offsets[customer + 1]])
        low, high = unsigned(offsets[customer], offsets[customer + 1])
        for row in range(low, high):
            begin, end = run_of(first, bounds, day[row], known[row])
            code, amount, quantity = np.uint64(product[row]), np.float64(cents[row]), np.float64(pieces[row])
            if quantity <= 0.0:
                continue
            for k in range(begin, end):
                paid[0, k] += quantity * prices[code, k]
                paid[1, k] += amount if prices[code, k] > 0.0 else 0.0
        for k in range(out.shape[1]):
            out[customer, k] = paid[1, k] / paid[0, k] if paid[0, k] > 0.0 else np.nan


@njit(cache=True, nogil=True)
def adopted(offsets, day, known, cutoffs, ago, product, launched, latest, within, first, bounds, rows, seen, out):
    """Products launched in `[T - ago, T)` and bought `within` days of that.

    `launched` (products, K), `latest` (products,) the largest of a product's that is a day. `rows`, as many as the most
    lines of a customer, and `seen` (products,), zeros, are scratch.
    """
    mark = 0
    out[:] = 0.0
    for customer in range(out.shape[0]):
        early = 0
        for row in range(offsets[customer], offsets[customer + 1]):
            newest = latest[product[row]]
            if day[row] - newest <= within and newest >= cutoffs[0] - ago:
                rows[early] = row
                early += 1
        for k in range(out.shape[1] if early else 0):
            mark += 1
            for row in rows[:early]:
                begin, end = run_of(first, bounds, day[row], known[row])
                code = product[row]
                there = begin <= k < end and seen[code] != mark
                if there and launched[code, k] >= cutoffs[k] - ago and day[row] - launched[code, k] <= within:
                    seen[code] = mark
                    out[customer, k] += 1


@njit(cache=True, nogil=True)
def around(low, high, day, known, cutoffs, chosen, offsets, lines_day, lines_known, cents, span, out):
    """Spend in the `span` days from each chosen row on, over that in the `span` days before it; NaN without the latter.

    `low`, `high` are the rows of the shocks; the lines are those of the same customers.
    """
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            before, after = 0.0, 0.0
            days = lines_day[offsets[customer] : offsets[customer + 1]]
            for row in range(low[customer, k], high[customer, k]):
                if not chosen[row] or known[row] >= cutoffs[k]:
                    continue
                for place in range(np.searchsorted(days, day[row] - span), np.searchsorted(days, day[row] + span)):
                    line = offsets[customer] + place
                    if lines_known[line] < cutoffs[k]:
                        if days[place] < day[row]:
                            before += cents[line]
                        else:
                            after += cents[line]
            out[customer, k] = after / before if before > 0.0 else np.nan
