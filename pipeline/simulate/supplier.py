"""A simulated supplier: nine history tables of a world in which the truth is known, and the truth apart."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.errors import UsageProblem
from pipeline.simulate.calendar import LAST_DAY
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.truth import Window
from pipeline.simulate.truth_table import with_states
from pipeline.simulate.world import CUSTOMERS_A_BLOCK, DEFAULT_WINDOW, TELLERS, World, blocks, reveal, tell
from pipeline.simulate.worth import Stakes, usual_stakes
from pipeline.simulate.writing import TRUTH, clear, mark, put

SIZES = {"small": 2_000, "medium": 20_000, "large": 200_000, "million": 1_000_000}
TRUE_CUTOFFS = 13
"""Months of truth that are told unless others are asked for: the last year, and the day after the history."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Telling:
    """What a world is like and what is told of it.

    `parameters`: the world's numbers. `tables`: names of the history tables to write. `cutoffs`: of the truth, None for
    the first days of the last months, empty for no truth; `window`: its outcome days; `paths`: courses per customer and
    cutoff that it is reckoned on; `stakes`: from which chance on a customer drifts.
    """

    parameters: Parameters = field(default_factory=Parameters)
    tables: tuple[str, ...] = tuple(TELLERS)
    cutoffs: tuple[date, ...] | None = None
    window: Window = DEFAULT_WINDOW
    paths: int = 12
    stakes: Stakes = field(default_factory=usual_stakes)


@dataclass(frozen=True)
class Simulated:
    """Where the tables lie, and how much there is: `rows` of the order lines, `tables`: rows of each table."""

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
        """One sentence for people."""
        span = f"from {self.first_day} to {self.last_day}"
        return f"{self.rows:,} order lines of {self.customers:,} invented customers, {span}, in {self.folder}"


def simulate(
    folder: Path, *, customers: int = 900, days: int = 1_096, seed: int = 7, telling: Telling | None = None
) -> Simulated:
    """Write a world to `folder`: each table, and the truth (see `truth_table.py`), in a folder of its own.

    Args:
        folder: made if needed; an earlier simulation in it is replaced.
        customers: how many there ever are; some never order within the history.
        days: length of the history, which ends on 2024-06-30.
        seed: the same number makes the same files.
        telling: the world and what is told of it; by default the usual world, and all there is to tell.

    Raises:
        UsageProblem: the folder holds something else than an earlier simulation, or the truth is asked for a day before
            the second or after the day that follows the last.
    """
    wish = telling or Telling()
    cutoffs = monthly(days) if wish.cutoffs is None else wish.cutoffs
    _within(cutoffs, days)
    world = World(
        seed, customers, days, wish.parameters,
        window=wish.window, cutoffs=cutoffs, paths=wish.paths, stakes=wish.stakes,
    )  # fmt: skip
    clear(folder, (*TELLERS, TRUTH))
    found = _write(world, folder, wish.tables)
    mark(folder, found.summary() | {"folder": ".", "parameters": explained(world.of)})
    return found


def _within(cutoffs: tuple[date, ...], days: int) -> None:
    first = LAST_DAY - days + 2
    for cutoff in cutoffs:
        if not first <= np.datetime64(cutoff) <= LAST_DAY + 1:
            raise UsageProblem(
                "There is no truth to tell at this date.",
                where="--cutoffs",
                got=str(cutoff),
                expected=f"a date from {first} to {LAST_DAY + 1}",
                todo="ask for cutoffs within the history, or for a longer history with --days",
            )


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
        log.info(
            "%s of %s customers", f"{min((number + 1) * CUSTOMERS_A_BLOCK, world.customers):,}", f"{world.customers:,}"
        )
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
