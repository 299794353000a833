"""Which of its ids a customer's lots are drawn by: one that it keeps, whatever it is called by later.

An id that was changed goes on as the new one, under the lot of the old one. An account that others were merged into
had a lot of its own before, and was treated or left alone by it: it keeps that one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from pipeline.sources.periods import days_of
from pipeline.sources.read import Mapped

OWN_DAYS = 90
"""Days that an id was in use beside an older one, from which on it is an account of its own. In fewer, one customer may
order by either number while systems are changed."""
Spell = tuple[int, int]
"""The first and the last day, since 1970-01-01, on which order lines under an id were known."""


def spells(mapped: Mapped, used: np.ndarray, listed: Collection[str]) -> dict[str, Spell]:
    """For each of the `listed` ids under which `used` (n,) rows were delivered: its first and last day."""
    if mapped.accounts is None:
        return {}
    codes, names = mapped.accounts.codes, mapped.accounts.values.to_pylist()
    wanted = np.array([name in listed for name in names] + [False], dtype=bool)  # the last: rows without a customer
    rows = np.flatnonzero(used & wanted[codes])
    table = mapped.declared
    day = np.maximum(days_of(mapped, table.happened), days_of(mapped, table.known))[rows]
    first, last = np.full(len(names), np.iinfo(np.int64).max), np.full(len(names), np.iinfo(np.int64).min)
    np.minimum.at(first, codes[rows], day)
    np.maximum.at(last, codes[rows], day)
    return {names[code]: (int(first[code]), int(last[code])) for code in np.unique(codes[rows])}


def drawn_by(step: Mapping[str, str], known: Mapping[str, Spell]) -> dict[str, str]:
    """For each id that customers are known by now and had others before: the one their lots are drawn by.

    It is the newest that was an account of its own, known `OWN_DAYS` or more before the last line under one before it;
    else the one where its chain begins, of several the least in the alphabet.

    Args:
        step: each id and the next one; ids that lead round are left out.
        known: when lines under each id were known, where there are any.
    """
    before: dict[str, list[str]] = {}
    for old, new in step.items():
        before.setdefault(new, []).append(old)
    lots: dict[str, str] = {}
    ended: dict[str, int] = {}
    never = int(np.iinfo(np.int64).min)
    ready = [old for old in step if old not in before]
    for at in ready:
        olds = before.get(at, [])
        until = max((ended[old] for old in olds), default=never)
        own = at in known and known[at][0] + OWN_DAYS <= until
        lots[at] = at if own or not olds else min(lots[old] for old in olds)
        ended[at] = max(until, known[at][1] if at in known else never)
        later = step.get(at)
        if later is not None and all(old in lots for old in before[later]):
            ready.append(later)
    return {new: lot for new, lot in lots.items() if new in before and new not in step}
