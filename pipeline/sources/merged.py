"""Rows of several accounts that became one customer: what adds up counts together, where each account brings one row.

A month of a wallet says what an account bought, from us and from everybody: of two accounts of one customer the sum is
what it bought. The rows stay beside each other, and whatever looks at them adds them up: one that was known later is
seen later, at a date of long ago just as on that day. As one row, of which nothing was known before all of it was, a
month counted in no training while the scoring of those days saw the half of it. What only one of them may say (who a
customer is, until when) does not add up, see `periods`.
"""

from __future__ import annotations

import numpy as np

from features.table_declaration import Table
from pipeline.sources.keys import Mask
from pipeline.sources.periods import Longs, days_of
from pipeline.sources.read import Mapped

ADDED_UP = "added up, for several accounts that are one customer by now have one each"


def same_key(table: Table, mapped: Mapped, place: Longs) -> Longs:
    """The rows at `place` (m,) as whole numbers (m,), equal for those that share what is `unique` in the table."""
    group = np.zeros(place.size, dtype=np.int64)
    for name in table.unique:
        group = _paired(group, _codes(table, mapped, name)[place])
    return group


def adding_up(table: Table, mapped: Mapped, good: Mask) -> Mask:
    """The rows (n,), among the `good` (n,) ones, that share their key with those of other accounts of the customer.

    Where one account alone brings two, it contradicts itself, and nothing adds up.
    """
    found, place = np.zeros(good.size, dtype=bool), np.flatnonzero(good)
    if not table.added or mapped.accounts is None:
        return found
    group = same_key(table, mapped, place)
    each = _paired(group, mapped.accounts.codes[place].astype(np.int64))
    once = np.bincount(each)[each] == 1
    torn = np.bincount(group, weights=~once)[group] > 0
    found[place] = (np.bincount(group)[group] > 1) & ~torn
    return found


def _paired(left: Longs, right: Longs) -> Longs:
    """Two columns of whole numbers as one, from 0: equal where both are."""
    right = right - right.min(initial=0)
    pair = left * np.int64(right.max(initial=0) + 1) + right
    return np.unique(pair, return_inverse=True)[1].ravel().astype(np.int64)


def _codes(table: Table, mapped: Mapped, name: str) -> Longs:
    """A column as whole numbers (n,): equal numbers for what must not occur twice."""
    if name in mapped.keys:
        return mapped.keys[name].codes.astype(np.int64)
    days = days_of(mapped, name)
    months = days.astype("datetime64[D]").astype("datetime64[M]") if table.monthly else days
    return months.astype(np.int64)
