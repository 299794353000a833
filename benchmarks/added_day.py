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
from features.catalogue import computable
from features.engine.merging import NamedStore
from features.engine.plan import build
from pipeline.config import Config
from pipeline.sources.history import read_history
from pipeline.sources.kept_rows import KeptRows, load_rows

LAST = date(2025, 12, 31)
"""The last day of the invented history: the one that is added."""
Configure = Callable[[Path], Config]


def prepare(folder: Path, configure: Configure) -> None:
    """Keep the rows of all days but the last beside the files, and the last day's lines in a file of their own."""
    place = folder / "added_day"
    if (place / "complete").exists():
        return
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
    KeptRows(NamedStore.of(reading.history), (reading.fingerprint,)).save(place / "kept")
    (place / "complete").touch()


def measure(folder: Path, clock: Clock, configure: Configure) -> dict[str, Any]:
    """Kept rows and a day's lines to the newest matrix, and to rows kept for the day after."""
    place = folder / "added_day"
    kept = load_rows(place / "kept")
    if kept is None:
        raise SystemExit(f"{place / 'kept'} is damaged: remove {place}")
    clock.stage("load kept rows")
    reading = read_history(configure(place / "after"))
    clock.stage("read the day")
    extended = kept.extended(NamedStore.of(reading.history), reading.fingerprint)
    store = extended.lines
    clock.stage("join")
    matrix = build(store, order_lines.cutoffs(1), computable(store), horizon_days=90, threads=cores())
    clock.stage("build")
    extended.save(place / "next")
    clock.stage("keep")
    lines = extended.before.store.day.size + reading.account.rows_used
    return {"lines": lines, "rows": len(matrix.values), "added": reading.account.rows_used}
