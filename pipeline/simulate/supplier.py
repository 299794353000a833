"""A simulated supplier: nine history tables of a world in which the truth is known, and the truth apart."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.simulate.calendar import LAST_DAY
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.truth import Window
from pipeline.simulate.truth_table import with_states
from pipeline.simulate.world import CUSTOMERS_A_BLOCK, TELLERS, World, blocks, reveal, tell, without_signal
from pipeline.simulate.writing import MARK, TRUTH, clear, mark, put

__all__ = ["MARK", "SIZES", "Simulated", "simulate"]

SIZES = {"small": 2_000, "medium": 20_000, "large": 200_000, "million": 1_000_000}
TRUE_CUTOFFS = 13
"""Months of truth that are told unless others are asked for: the last year, and the day after the history."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Simulated:
    """Where the tables lie, and how much there is. `rows`: of the order lines; `tables`: of each table."""

    folder: Path
    rows: int
    customers: int
    first_day: str
    last_day: str
    seed: int
    tables: dict[str, int]
    cutoffs: tuple[str, ...]

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {**asdict(self), "folder": str(self.folder)}

    def text(self) -> str:
        """What was made, for people."""
        span = f"from {self.first_day} to {self.last_day}"
        return f"{self.rows:,} order lines of {self.customers:,} invented customers, {span}, in {self.folder}"


def simulate(
    folder: Path,
    *,
    customers: int = 900,
    days: int = 1_096,
    seed: int = 7,
    parameters: Parameters = Parameters(),
    signal: bool = True,
    tables: Iterable[str] = TELLERS,
    truth: bool = True,
    cutoffs: Iterable[date] | None = None,
    window: Window = Window(14, 90),
    paths: int = 12,
) -> Simulated:
    """Write a world to `folder`: each table in a folder of its own, one Parquet file per block of customers.

    Args:
        folder: made if needed; an earlier simulation in it is replaced.
        customers: how many there ever are; some never order within the history.
        days: length of the history, which ends on 2024-06-30.
        seed: the same number makes the same files.
        parameters: the world's numbers.
        signal: without it orders come at random and nothing predicts anything.
        tables: names of history tables to write.
        truth: whether to write `folder`/truth, one file per cutoff; see `truth_table.py` for its columns.
        cutoffs: of the truth; default: the first days of the last months.
        window: of the truth, days.
        paths: courses per customer and cutoff that the truth is reckoned on.

    Raises:
        UsageProblem: the folder holds something else than an earlier simulation.
    """
    told = tuple(cutoffs) if cutoffs is not None else monthly(days)
    of = parameters if signal else without_signal(parameters)
    world = World(seed, customers, days, of, window=window, cutoffs=told if truth else (), paths=paths)
    clear(folder, (*TELLERS, TRUTH))
    found = _write(world, folder, tuple(tables))
    mark(folder, found.summary() | {"folder": ".", "signal": signal, "parameters": explained(of)})
    return found


def _write(world: World, folder: Path, tables: tuple[str, ...]) -> Simulated:
    rows, there = dict.fromkeys(tables, 0), 0
    hidden: dict[date, list[pa.Table]] = {cutoff: [] for cutoff in world.cutoffs}
    for number, block, events in blocks(world):
        for name in tables:
            table = tell(world, number, block, name)
            put(table, folder, name, f"{number:05d}")
            rows[name] += table.num_rows
        for cutoff, parts in hidden.items():
            parts.append(reveal(world, number, block, events, cutoff))
        there += int((block.first < block.calendar.end).sum())
        log.info("%s of %s customers", f"{min((number + 1) * CUSTOMERS_A_BLOCK, world.customers):,}", f"{world.customers:,}")
    for cutoff, parts in hidden.items():
        put(with_states(pa.concat_tables(parts)), folder, TRUTH, str(cutoff))
    first = str(LAST_DAY - world.days + 1)
    cutoffs = tuple(map(str, world.cutoffs))
    return Simulated(folder, rows.get("order_lines", 0), there, first, str(LAST_DAY), world.seed, rows, cutoffs)


def monthly(days: int) -> tuple[date, ...]:
    """The first days of the last months of a history, the latest being the day after it."""
    end = LAST_DAY + 1
    months = end.astype("datetime64[M]") - np.arange(TRUE_CUTOFFS)[::-1]
    firsts = months.astype("datetime64[D]")
    return tuple(day.item() for day in firsts if day > LAST_DAY - days + 1)


def explained(branch: Any) -> dict[str, Any]:
    """Every parameter of a tree with its value, unit and reason."""
    found: dict[str, Any] = {}
    for each in fields(branch):
        value = getattr(branch, each.name)
        found[each.name] = explained(value) if is_dataclass(value) else {"value": value, **each.metadata}
    return found
