"""One more day: merged into rows kept on disk, against reading and sorting everything again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import order_lines
from benchmarks.clock import Clock, cores
from features.catalogue import FEATURES, computable
from features.engine.everybody import market_at
from features.engine.expression import Leaf
from features.engine.merging import NamedStore
from features.engine.plan import build
from pipeline.config import Config
from pipeline.sources.history import read_history
from pipeline.sources.kept_market import STATED
from pipeline.sources.kept_rows import KeptRows, load_rows

LAST = date(2025, 12, 31)
"""The last day of the invented history: the one that is added."""
HORIZON_DAYS = 90
LEAVES = frozenset[Leaf]().union(*(feature.inputs for feature in FEATURES))
Configure = Callable[[Path], Config]


def prepare(folder: Path, configure: Configure) -> None:
    """Keep what is known on the last day beside the files, and the last day's lines in a file of their own."""
    place = folder / "added_day"
    if (place / "kept" / STATED).exists() and load_rows(place / "kept") is not None:
        return  # otherwise none was kept yet, or by another version
    before, after = place / "before", place / "after"
    for part in (before, after):
        part.mkdir(parents=True, exist_ok=True)
    *others, last = sorted(folder.glob("*.parquet"))
    for file in others:
        if not (before / file.name).exists():
            os.link(file, before / file.name)
    for part, sign in ((before, "<"), (after, ">=")):
        rows = f"SELECT * FROM '{last}' WHERE ordered_at {sign} TIMESTAMP '{LAST}'"
        duckdb.execute(f"COPY ({rows}) TO '{part / last.name}' (FORMAT parquet, COMPRESSION zstd)")
    reading = read_history(configure(before))
    kept = KeptRows(NamedStore.of(reading.history), (reading.fingerprint,))
    kept.with_market(market_at(LAST, LEAVES, HORIZON_DAYS)).save(place / "kept")


def measure(folder: Path, clock: Clock, configure: Configure) -> dict[str, Any]:
    """Kept rows and a day's lines to the newest matrix, and to rows kept for the day after."""
    place = folder / "added_day"
    kept = load_rows(place / "kept")
    if kept is None:
        raise SystemExit(f"{place / 'kept'} is damaged: remove {place}")
    clock.stage("load kept rows")
    reading = read_history(configure(place / "after"))
    clock.stage("read the day")
    cutoffs = order_lines.cutoffs(1)
    at = market_at(cutoffs[0], LEAVES, HORIZON_DAYS)
    extended = kept.extended(NamedStore.of(reading.history), reading.fingerprint, at)
    store = extended.lines
    clock.stage("join")
    matrix = build(store, cutoffs, computable(store), horizon_days=HORIZON_DAYS, threads=cores())
    clock.stage("build")
    extended.save(place / "next")
    clock.stage("keep")
    lines = extended.before.store.day.size + reading.account.rows_used
    return {"lines": lines, "rows": len(matrix.values), "added": reading.account.rows_used}
