"""How many would count as partners, by the acts that the tables can show, and what each table changes.

Said before a training: with contracts or investments the label asks for an act that looks ahead, and a table that
covers few customers leaves hardly any partners to learn from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from features.engine.plan import Population, build
from features.engine.store import LineStore
from features.history import CONTRACTS, DELIVERIES, INVESTMENTS, QUOTES, WALLET
from models.event_rows import PRICED, Rows
from models.observation import observe
from models.split import mature_cutoffs
from pipeline.config import Config
from pipeline.learning.horizon import settled
from pipeline.matrices.tasks import Task, partnership_task
from pipeline.profile.days import as_date

MOST_CUTOFFS, MONTHS_APART = 4, 3
"""The latest mature cutoffs, a quarter apart: a year's worth, at a small part of what a training looks at."""
OF_ACTS = tuple(table.name for table in (CONTRACTS, INVESTMENTS, DELIVERIES, WALLET, QUOTES))
AHEAD = (CONTRACTS.name, INVESTMENTS.name)
"""Tables that take the place of regularity: where either is kept, planning is to sign, commit or invest."""


@dataclass(frozen=True)
class Without:
    """The partners there would be without some `tables`, and the share of customers, 0 to 1, that these speak of."""

    tables: tuple[str, ...]
    partners: int
    covers: float


@dataclass(frozen=True)
class Partners:
    """Partners among the labels (eligible customers at cutoffs) of the latest cutoffs that are mature.

    `acts`: of each act the share of the labels that show it, None where nobody could. `without`: what tables change.
    """

    horizon_days: int
    cutoffs: tuple[date, ...]
    labels: int
    partners: int
    acts: dict[str, float | None]
    without: tuple[Without, ...]

    @property
    def share(self) -> float:
        """Of the labels, 0 to 1."""
        return self.partners / self.labels

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return asdict(self) | {"cutoffs": [str(day) for day in self.cutoffs], "share": round(self.share, 4)}


def partners_seen(store: LineStore, tables: Mapping[str, Rows], config: Config) -> Partners | None:
    """Partners among what has matured; None where partnership is no target, or nothing has.

    Args:
        store: the order lines.
        tables: the other tables as rows, see `models.outcome_tables`.
        config: the target; an open horizon is the one that a training would choose now.
    """
    if "partnership" not in config.training.targets or not store.day.size:
        return None
    first, end = as_date(int(store.day.min())), as_date(store.end)
    config = settled(config, first, end)
    task = partnership_task(config)
    cutoffs = mature_cutoffs(first, end, task.window, step_months=MONTHS_APART, most=MOST_CUTOFFS)
    if not cutoffs:
        return None
    return _seen(store, tables, cutoffs, task, config)


def _seen(
    store: LineStore, tables: Mapping[str, Rows], cutoffs: Sequence[date], task: Task, config: Config
) -> Partners | None:
    rule = Population(config.population.min_order_days, config.population.activity_days)
    matrix = build(store, cutoffs, (), horizon_days=task.window.horizon_days, population=rule)
    found = observe(store, matrix, task.target, task.window, tables)
    labels = int(np.count_nonzero(~np.isnan(found.label)))
    if not labels:
        return None
    without = []
    for left_out in _left_out(tables):
        rest = {name: rows for name, rows in tables.items() if name not in left_out}
        label = observe(store, matrix, task.target, task.window, rest).label
        named = tuple(name for name in left_out if name != PRICED)
        owners = np.unique(np.concatenate([tables[name].customer for name in named]))
        without.append(Without(named, _ones(label), owners.size / store.customers))
    acts = {name: None if np.isnan(act).all() else float(np.nanmean(act)) for name, act in found.acts.items()}
    days = task.window.horizon_days
    return Partners(days, tuple(cutoffs), labels, _ones(found.label), acts, tuple(without))


def _left_out(tables: Mapping[str, Rows]) -> Iterator[tuple[str, ...]]:
    """What to look at the labels without: each table that shows acts, and both together that look ahead."""
    there = [name for name in OF_ACTS if name in tables]
    for name in there:
        yield (name, PRICED) if name == DELIVERIES.name and not _list_prices(tables) else (name,)
    if all(name in tables for name in AHEAD):
        yield AHEAD


def _list_prices(tables: Mapping[str, Rows]) -> bool:
    """Whether prices of order lines are looked at for the sake of list prices; else it is for that of deliveries."""
    return PRICED in tables and not np.isnan(tables[PRICED].numbers("list_cents")).all()


def _ones(label: npt.NDArray[np.float32]) -> int:
    return int(np.count_nonzero(label == 1))
