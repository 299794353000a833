"""What the rows of a table must be to each other and to what is known: keys, choices, copies, contradictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from features.history import Table
from pipeline.settings.history import TableSettings
from pipeline.settings.tables import OrderLines
from pipeline.sources.files import Source
from pipeline.sources.keys import LONGEST, Mask, too_long, unprintable
from pipeline.sources.quarantine import Verdict, copies
from pipeline.sources.read import Mapped
from pipeline.sources.rows import Rows
from pipeline.sources.same_day import cancelled
from pipeline.sources.words import no_choice

COPY = "copy of another line"
CANCELLED = "taken back whole on the day it was ordered"
GIVES_WAY = "under an older id, of a time that the newer one tells of"
OVERLAP = "the period overlaps another one of the customer"
NEVER = int(np.iinfo(np.int32).min)
"""The day of a date that is missing: before every day there is."""
Longs = npt.NDArray[np.int64]


def judge(
    database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, mapped: Mapped, settings: TableSettings
) -> tuple[Verdict, Verdict]:
    """What is wrong with each row, and why some are left out without being called wrong.

    Rows that contradict each other are all put aside: which of them is right cannot be known, and it must not depend
    on the order they come in.
    """
    verdict, left = _keys(mapped), Verdict(np.full(mapped.rows, -1, dtype=np.int16), ())
    if settings.duplicates != "keep":
        again = copies(database, source, rows, mapped.hashes, settings.duplicate_key)
        if settings.duplicates == "drop":
            left = left.also(COPY, again & ~verdict.broken)
        else:
            verdict = verdict.also(COPY, again)
    if isinstance(settings, OrderLines) and settings.returns.same_day == "cancel":
        left = left.also(CANCELLED, cancelled(mapped, ~(verdict.broken | left.broken)))
    left = left.also(GIVES_WAY, _giving_way(source.table, mapped, ~(verdict.broken | left.broken)))
    for reason, rows_at_odds in _contradictions(source.table, mapped, ~(verdict.broken | left.broken)):
        verdict = verdict.also(reason, rows_at_odds)
    return verdict, left


def _keys(mapped: Mapped) -> Verdict:
    verdict = mapped.verdict
    for column in mapped.declared.columns:
        key = mapped.keys.get(column.name)
        if key is None:
            continue
        if column.required:
            verdict = verdict.also(f"{column.name} is missing", key.codes < 0)
        if column.kind == "key":
            verdict = verdict.also(f"{column.name} is longer than {LONGEST} characters", too_long(key))
            verdict = verdict.also(f"{column.name} holds control characters", unprintable(key))
        if column.choices:
            verdict = verdict.also(
                f"{column.name} is none of {', '.join(column.choices)} (setting values.{column.name})",
                no_choice(key, column.choices),
            )
    return verdict


def _contradictions(table: Table, mapped: Mapped, good: Mask) -> Iterator[tuple[str, Mask]]:
    """Reasons, and the rows (n,) they hold of, among the `good` (n,) ones."""
    place = np.flatnonzero(good)
    if table.unique:
        group = np.zeros(place.size, dtype=np.int64)
        for name in table.unique:
            codes = _codes(table, mapped, name)[place]
            codes = codes - codes.min(initial=0)
            pair = group * np.int64(codes.max(initial=0) + 1) + codes
            group = np.unique(pair, return_inverse=True)[1].ravel()
        yield f"another row has the same {', '.join(table.unique)}", _at(place[np.bincount(group)[group] > 1], good)
    if table.periods:
        yield OVERLAP, _overlapping(table.periods, mapped, place, good)


def _overlapping(periods: tuple[str, str], mapped: Mapped, place: Longs, good: Mask) -> Mask:
    """The rows (n,), among those at `place`, whose period overlaps another one of the customer."""
    customer = mapped.keys["customer_id"].codes[place].astype(np.int64)
    first, end = (_days(mapped, name)[place] for name in periods)
    return _at(place[overlapping(customer, first, end)], good)


def _giving_way(table: Table, mapped: Mapped, good: Mask) -> Mask:
    """The rows (n,) under an older id whose period overlaps one of a customer that has rows under the newer one.

    Two accounts become one, and each brings a row: what is said of the one that stayed holds.
    """
    if not table.periods or mapped.renamed is None or not mapped.renamed.any():
        return np.zeros(good.size, dtype=bool)
    customer = mapped.keys["customer_id"].codes
    stayed = np.isin(customer, customer[good & ~mapped.renamed])
    return mapped.renamed & stayed & _overlapping(table.periods, mapped, np.flatnonzero(good), good)


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


def raised(mapped: Mapped) -> tuple[Mapped, dict[str, Mask]]:
    """The rows with what is too little raised to what it must reach, and the rows (n,) where that was needed."""
    flat, remarks = dict(mapped.flat), {}
    for rule in mapped.declared.rules:
        if rule.otherwise == "raise" and {rule.left, rule.right} <= flat.keys():
            less = pc.fill_null(pc.less(flat[rule.left], flat[rule.right]), False)
            flat[rule.left] = pc.if_else(less, flat[rule.right], flat[rule.left])
            remarks[f"{rule.left} raised to {rule.right}"] = less.to_numpy()
    return replace(mapped, flat=flat), remarks


def _codes(table: Table, mapped: Mapped, name: str) -> Longs:
    """A column as whole numbers (n,): equal numbers for what must not occur twice."""
    if name in mapped.keys:
        return mapped.keys[name].codes.astype(np.int64)
    days = _days(mapped, name)
    months = days.astype("datetime64[D]").astype("datetime64[M]") if table.monthly else days
    return months.astype(np.int64)


def _days(mapped: Mapped, name: str) -> Longs:
    """A column of dates as days since 1970-01-01 (n,), `NEVER` where it is missing or not mapped."""
    if name not in mapped.flat:
        return np.full(mapped.rows, NEVER, dtype=np.int64)
    return pc.fill_null(mapped.flat[name].cast("int32"), NEVER).to_numpy().astype(np.int64)


def _at(place: Longs, like: Mask) -> Mask:
    found = np.zeros(like.size, dtype=bool)
    found[place] = True
    return found
