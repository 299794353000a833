"""The compiled primitives that compare a customer's purchased lines to everybody's, and to its other tables.

Plain arrays only. `low`, `high` are (customers, K), the purchased lines of the window; lines count once known.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False
from __future__ import annotations

import numpy as np
from numba import njit

NEVER = 2**30


@njit(cache=True, nogil=True)
def market(low, high, known, cutoffs, product, cents, pieces, seen, buyers, amount, quantity):
    """Per product and cutoff, (products, K): customers who bought it, what they paid, how many pieces they got.

    Lines without pieces count for buyers alone. `seen` (products,) zeros is scratch.
    """
    mark = 0
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            mark += 1
            for row in range(low[customer, k], high[customer, k]):
                if known[row] < cutoffs[k]:
                    code = product[row]
                    if seen[code] != mark:
                        seen[code] = mark
                        buyers[code, k] += 1
                    if pieces[row] > 0:
                        amount[code, k] += cents[row]
                        quantity[code, k] += pieces[row]


@njit(cache=True, nogil=True)
def launches(day, known, cutoffs, product, out):
    """The first day any purchase of a product is known of, (products, K); `NEVER` before that."""
    out[:] = NEVER
    for row in range(day.size):
        k = np.searchsorted(cutoffs, known[row], side="right")
        if k < cutoffs.size:
            out[product[row], k] = min(out[product[row], k], day[row])
    for code in range(out.shape[0]):
        for k in range(1, out.shape[1]):
            out[code, k] = min(out[code, k], out[code, k - 1])


@njit(cache=True, nogil=True)
def rare_spend(low, high, known, cutoffs, product, cents, buyers, active, share, out):
    """Spend on products that at most `share` of the other active customers bought."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            total = 0.0
            for row in range(low[customer, k], high[customer, k]):
                if known[row] < cutoffs[k] and buyers[product[row], k] - 1 <= share * (active[k] - 1):
                    total += cents[row]
            out[customer, k] = total


@njit(cache=True, nogil=True)
def price_index(low, high, known, cutoffs, product, cents, pieces, buyers, amount, quantity, out):
    """Paid over the mean price of everybody, on products that somebody else bought too; NaN without any."""
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            paid, usual = 0.0, 0.0
            for row in range(low[customer, k], high[customer, k]):
                code = product[row]
                if known[row] < cutoffs[k] and pieces[row] > 0 and buyers[code, k] > 1:
                    paid += cents[row]
                    usual += pieces[row] * (amount[code, k] / quantity[code, k])
            out[customer, k] = paid / usual if usual > 0.0 else np.nan


@njit(cache=True, nogil=True)
def steady_spend(low, high, day, known, cutoffs, length, code, cents, masks, sums, touched, out):
    """Spend on codes bought in every period of `length` days that holds a purchase at all; -1 is no code.

    `masks`, `sums` (codes,) zeros and `touched` (codes,) are scratch.
    """
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            active, count = 0, 0
            for row in range(low[customer, k], high[customer, k]):
                if known[row] < cutoffs[k]:
                    bit = 1 << ((cutoffs[k] - 1 - day[row]) // length)
                    active |= bit
                    if code[row] >= 0:
                        if masks[code[row]] == 0:
                            touched[count] = code[row]
                            count += 1
                        masks[code[row]] |= bit
                        sums[code[row]] += cents[row]
            total = 0.0
            for index in range(count):
                if masks[touched[index]] == active:
                    total += sums[touched[index]]
                masks[touched[index]] = 0
                sums[touched[index]] = 0
            out[customer, k] = total


@njit(cache=True, nogil=True)
def staple_spend(low, high, day, known, cutoffs, part, whole, fewest, code, cents, last, days, sums, touched, out):
    """Spend on codes bought on `part` of `whole` days with a purchase or more; NaN below `fewest` such days.

    -1 is no code. `last` (codes,) of -1, `days`, `sums` (codes,) zeros and `touched` (codes,) are scratch.
    """
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            active, latest, count = 0, -1, 0
            for row in range(low[customer, k], high[customer, k]):
                if known[row] < cutoffs[k]:
                    active += day[row] != latest
                    latest = day[row]
                    if code[row] >= 0:
                        if days[code[row]] == 0:
                            touched[count] = code[row]
                            count += 1
                        days[code[row]] += last[code[row]] != latest
                        last[code[row]] = latest
                        sums[code[row]] += cents[row]
            total = 0.0
            for index in range(count):
                if days[touched[index]] * whole >= part * active:
                    total += sums[touched[index]]
                last[touched[index]], days[touched[index]], sums[touched[index]] = -1, 0, 0.0
            out[customer, k] = total if active >= fewest else np.nan


@njit(cache=True, nogil=True)
def adopted(low, high, day, known, cutoffs, ago, product, launched, within, seen, out):
    """Products launched in `[T - ago, T)` and bought `within` days of that; `seen` (products,) zeros is scratch."""
    mark = 0
    for customer in range(low.shape[0]):
        for k in range(low.shape[1]):
            mark += 1
            count = 0
            for row in range(low[customer, k], high[customer, k]):
                code = product[row]
                if known[row] < cutoffs[k] and seen[code] != mark:
                    first = launched[code, k]
                    if first >= cutoffs[k] - ago and day[row] - first <= within:
                        seen[code] = mark
                        count += 1
            out[customer, k] = count


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
