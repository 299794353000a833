"""What the rows of a table must be to each other and to what is known: keys, choices, copies, contradictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import pyarrow.compute as pc

from features.table_declaration import Table
from pipeline.settings.history import TableSettings
from pipeline.settings.tables import OrderLines
from pipeline.sources.files import Source
from pipeline.sources.keys import LONGEST, Mask, too_long, unprintable
from pipeline.sources.merged import adding_up, same_key
from pipeline.sources.periods import clashing, giving_way
from pipeline.sources.quarantine import Verdict, copies
from pipeline.sources.read import Mapped
from pipeline.sources.rows import Rows
from pipeline.sources.same_day import cancelled
from pipeline.sources.versions import newest_first
from pipeline.sources.words import no_choice

COPY = "copy of another line"
OLDER = "older version of another line"
CANCELLED = "taken back whole on the day it was ordered"
GIVES_WAY = "under an older id, of a time that the newer one tells of"
OVERLAP = "the period overlaps another one of the customer"


def judge(
    database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, mapped: Mapped, settings: TableSettings
) -> tuple[Verdict, Verdict]:
    """What is wrong with each row, and why some are left out without being called wrong.

    Rows that contradict each other are all put aside: which of them is right cannot be known, and it must not depend
    on the order they come in.
    """
    verdict, left = _keys(mapped), Verdict(np.full(mapped.rows, -1, dtype=np.int16), ())
    if settings.newest_by:
        first = newest_first(source, settings)
        older = copies(database, source, rows, mapped.hashes, settings.duplicate_key, first)
        left = left.also(OLDER, older & ~verdict.broken)
    elif settings.duplicates != "keep":
        again = copies(database, source, rows, mapped.hashes, settings.duplicate_key)
        if settings.duplicates == "drop":
            left = left.also(COPY, again & ~verdict.broken)
        else:
            verdict = verdict.also(COPY, again)
    if isinstance(settings, OrderLines) and settings.returns.same_day == "cancel":
        left = left.also(CANCELLED, cancelled(mapped, ~(verdict.broken | left.broken)))
    left = left.also(GIVES_WAY, giving_way(source.table, mapped, ~(verdict.broken | left.broken)))
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
        group = same_key(table, mapped, place)
        again = np.zeros(good.size, dtype=bool)
        again[place] = np.bincount(group)[group] > 1
        yield f"another row has the same {', '.join(table.unique)}", again & ~adding_up(table, mapped, good)
    if table.periods:
        yield OVERLAP, clashing(table.periods, mapped, place)


def raised(mapped: Mapped) -> tuple[Mapped, dict[str, Mask]]:
    """The rows with what is too little raised to what it must reach, and the rows (n,) where that was needed."""
    flat, remarks = dict(mapped.flat), {}
    for rule in mapped.declared.rules:
        if rule.otherwise == "raise" and {rule.left, rule.right} <= flat.keys():
            less = pc.fill_null(pc.less(flat[rule.left], flat[rule.right]), False)
            flat[rule.left] = pc.if_else(less, flat[rule.right], flat[rule.left])
            remarks[f"{rule.left} raised to {rule.right}"] = less.to_numpy()
    return replace(mapped, flat=flat), remarks
