"""Rows that hold over a period: which of them overlap, and which give way where two accounts became one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from features.table_declaration import Table
from pipeline.sources.keys import Mask
from pipeline.sources.read import Mapped

NEVER = int(np.iinfo(np.int32).min)
"""The day of a date that is missing: before every day there is."""
Longs = npt.NDArray[np.int64]


def clashing(periods: tuple[str, str], mapped: Mapped, place: Longs) -> Mask:
    """The rows (n,), among those at `place`, whose period overlaps another one of the customer."""
    customer = mapped.keys["customer_id"].codes[place].astype(np.int64)
    first, end = (days_of(mapped, name)[place] for name in periods)
    found = np.zeros(mapped.rows, dtype=bool)
    found[place] = overlapping(customer, first, end)
    return found


def giving_way(table: Table, mapped: Mapped, good: Mask) -> Mask:
    """The rows (n,) under an older id whose period overlaps one of a customer that has rows under the newer one.

    Two accounts become one, and each brings a row: what is said of the one that stayed holds.
    """
    if not table.periods or mapped.renamed is None or not mapped.renamed.any():
        return np.zeros(good.size, dtype=bool)
    customer = mapped.keys["customer_id"].codes
    stayed = np.isin(customer, customer[good & ~mapped.renamed])
    return mapped.renamed & stayed & clashing(table.periods, mapped, np.flatnonzero(good))


def overlapping(customer: Longs, first: Longs, end: Longs) -> Mask:
    """The periods `[first, end)` (n,) that share a day with another one of the customer.

    Days since 1970-01-01, `NEVER` where there is none: a period without an end lasts until the next one begins, and so
    overlaps only what covers its first day.
    """
    end = np.where(end == NEVER, first + 1, end) - first.min(initial=0)
    first = first - first.min(initial=0)
    order = np.lexsort((end, first, customer))
    customer, first, end = customer[order], first[order], end[order]
    own = customer[1:] == customer[:-1]
    reach = np.int64(end.max(initial=0) + 1)
    latest = np.maximum.accumulate(customer * reach + end) - customer * reach
    found = np.zeros(customer.size, dtype=bool)
    found[1:] |= own & (first[1:] < latest[:-1])
    found[:-1] |= own & (first[1:] < end[:-1])
    back = np.empty_like(found)
    back[order] = found
    return back


def days_of(mapped: Mapped, name: str) -> Longs:
    """A column of dates as days since 1970-01-01 (n,), `NEVER` where it is missing or not mapped."""
    if name not in mapped.flat:
        return np.full(mapped.rows, NEVER, dtype=np.int64)
    return pc.fill_null(mapped.flat[name].cast("int32"), NEVER).to_numpy().astype(np.int64)
