"""The lives of a block of customers, week by week: drivers, choices, and what the tables will tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.simulate.calendar import Calendar, Flags, Floats, Ints
from pipeline.simulate.choice import (
    STAYING,
    balance,
    campaigns_felt,
    move,
    orders_of_mode,
    share_with_us,
    started,
    steps,
    wanted,
)
from pipeline.simulate.drivers import Drivers, advance, begin
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.population import Hidden

RECORDED = (
    "price", "satisfaction", "ties", "invested", "contract", "breadth",
    "failed", "complained", "answered", "invests", "pledges", "joint", "signs", "renews",
)  # fmt: skip


@dataclass(frozen=True)
class Lives:
    """What happened to n customers in W weeks, warm-up included.

    `mode` (W, n) of `choice.MODES`; `rate` (W, n): orders a week on open days of the best season; `share` (W, n): of
    the need bought from us while staying; `ahead` (W, n): utils by which the alternative exceeds staying;
    `told`: recorded drivers by name, each (W, n); `states`: all drivers at the end of the weeks asked for.
    """

    mode: Ints
    rate: Floats
    share: Floats
    ahead: Floats
    told: dict[str, npt.NDArray[Any]]
    states: dict[int, Drivers]

    @property
    def there(self) -> Flags:
        """Whether a customer stays (W, n): only then do the tables tell of what it does beside orders."""
        return self.mode == STAYING


def live(
    random: np.random.Generator,
    hidden: Hidden,
    calendar: Calendar,
    of: Parameters,
    keep: Iterable[int] = (),
) -> Lives:
    """Let a block of customers live through all weeks of the calendar; `keep` names the weeks whose state is kept."""
    kept, drawn = set(keep), _empty(calendar.weeks, hidden.count)
    now, mode = begin(random, hidden, of), np.full(hidden.count, STAYING)
    states: dict[int, Drivers] = {}
    for week in range(calendar.weeks):
        now = advance(random, hidden, now, week, calendar, of)
        sides = balance(hidden, now, week, calendar, of)
        does = campaigns_felt(hidden, now, week, calendar, of.plays)
        moved = move(mode, steps(hidden, now, sides, does, calendar.price_round[week], of), random.random(hidden.count))
        mode = np.where(started(hidden, week), moved, mode)
        share = share_with_us(hidden, sides, does, of)
        drawn["mode"][week] = mode
        drawn["share"][week] = share
        drawn["rate"][week] = wanted(hidden, now, share, week) * orders_of_mode(of)[mode]
        drawn["ahead"][week] = sides.rivals - sides.value
        for name in RECORDED:
            drawn[name][week] = getattr(now, name)
        if week in kept:
            states[week] = now
    lead = {name: drawn.pop(name) for name in ("mode", "rate", "share", "ahead")}
    return Lives(**lead, told=drawn, states=states)


def _empty(weeks: int, count: int) -> dict[str, npt.NDArray[Any]]:
    flags = {"failed", "complained", "answered", "joint", "renews"}
    kinds = {name: np.bool_ if name in flags else np.float32 for name in RECORDED}
    kinds |= {"mode": np.int8, "rate": np.float64, "share": np.float32, "ahead": np.float32}
    return {name: np.zeros((weeks, count), dtype=kind) for name, kind in kinds.items()}
