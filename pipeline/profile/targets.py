"""How many cutoffs and mature labels a history has for each target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from models.split import mature_cutoffs
from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.learning.horizon import chosen_horizon, with_horizon
from pipeline.matrices.tasks import Task, tasks
from pipeline.profile.days import EPOCH, OrderDays, as_date


@dataclass(frozen=True)
class TargetSize:
    """What there is to learn a target from: cutoffs, labels (eligible customers at cutoffs), and churners among them.

    `churners` counts labels without a purchase in the outcome window; None for targets other than silence. `chosen`
    says why the horizon is this one, "" where the configuration states it.
    """

    target: str
    gap_days: int
    horizon_days: int
    cutoffs: int
    first_cutoff: date | None
    last_cutoff: date | None
    labels: int
    churners: int | None
    chosen: str = ""


@dataclass(frozen=True)
class StatusCounts:
    """Customers by status on the day after the history; who never bought has none, and is in no export."""

    eligible: int
    new: int
    lapsed: int
    never_bought: int = 0


def target_sizes(days: OrderDays, config: Config) -> list[TargetSize]:
    """The size of every configured target; an open horizon is the one that a training would choose now."""
    horizon = chosen_horizon(config, as_date(days.first), as_date(days.end))
    sizes = [_size(days, config, task) for task in tasks(with_horizon(config, horizon.days)).values()]
    return [replace(size, chosen=horizon.note()) if size.target == "partnership" else size for size in sizes]


def status_counts(days: OrderDays, config: Config) -> StatusCounts:
    """Who is eligible, new or lapsed on the day after the history, as `moorings score` has it, and who never bought."""
    counts, last = _before(days, days.end)
    few, bought = counts < config.population.min_order_days, counts > 0
    lapsed = ~few & (last < days.end - config.population.activity_days)
    groups = (~few & ~lapsed, few & bought, lapsed, ~bought)
    return StatusCounts(*(int(group.sum()) for group in groups))


def _size(days: OrderDays, config: Config, task: Task) -> TargetSize:
    window, target = task.window, task.target
    step = config.time.cutoff_months
    cutoffs = mature_cutoffs(
        as_date(days.first), as_date(days.end), window, step_months=step, most=config.time.look_back_months // step
    )
    found = [labels_at(days, cutoff, config, window) for cutoff in cutoffs]
    return TargetSize(
        target=target.kind,
        gap_days=window.gap_days,
        horizon_days=window.horizon_days,
        cutoffs=len(cutoffs),
        first_cutoff=cutoffs[0] if cutoffs else None,
        last_cutoff=cutoffs[-1] if cutoffs else None,
        labels=sum(labels for labels, _ in found),
        churners=sum(silent for _, silent in found) if target.name == "silence" else None,
    )


def labels_at(days: OrderDays, day: date, config: Config, window: OutcomeWindow) -> tuple[int, int]:
    """Eligible customers at a cutoff, and those of them who are silent in the outcome window."""
    cutoff = (day - EPOCH).days
    counts, last = _before(days, cutoff)
    eligible = (counts >= config.population.min_order_days) & (last >= cutoff - config.population.activity_days)
    opened, _ = _before(days, cutoff + window.gap_days)
    closed, _ = _before(days, cutoff + window.days_to_maturity)
    return int(eligible.sum()), int((eligible & (closed == opened)).sum())


def _before(days: OrderDays, cutoff: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Order days before a cutoff, and the last one, per customer (customers,); 0 where there is none."""
    width = days.end - days.first
    own = np.arange(days.customers) * width
    places, starts = (np.searchsorted(days.keys, own + min(max(day, 0), width)) for day in (cutoff - days.first, 0))
    counts = places - starts
    last = days.day[np.maximum(places - 1, 0)] if days.day.size else np.zeros(days.customers, dtype=np.int64)
    return counts, np.where(counts > 0, last, 0)
