"""The lives of a block of customers, week by week: drivers, choices, orders, and what the tables will tell of them."""

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
    dealings,
    move,
    orders_of_mode,
    share_with_us,
    started,
    steps,
    wanted,
)
from pipeline.simulate.drivers import Drivers, advance, begin
from pipeline.simulate.orders import OrderBook
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.population import Hidden
from pipeline.simulate.service import Due, due, serve

RECORDED = (
    "price",
    "satisfaction",
    "ties",
    "invested",
    "contract",
    "breadth",
    "invests",
    "pledges",
    "joint",
    "signs",
    "renews",
)


@dataclass(frozen=True)
class Lives:
    """What happened to n customers in W weeks, warm-up included.

    `mode` (W, n) of `choice.MODES`; `share` (W, n): of the need bought from us while staying; `ahead` (W, n): utils by
    which the alternative exceeds staying; `told`: recorded drivers by name, each (W, n); `states`: all drivers at the
    end of the weeks asked for.
    """

    mode: Ints
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
    book: OrderBook,
    hidden: Hidden,
    calendar: Calendar,
    of: Parameters,
    keep: Iterable[int],
) -> Lives:
    """Let a block of customers live through all weeks of the calendar; `keep` names the weeks whose state is kept.

    What they order, and what becomes of it, is written into `book`.
    """
    kept, drawn, asks = set(keep), _empty(calendar.weeks, hidden.count), orders_of_mode(of)
    now, mode = begin(random, hidden, of), np.full(hidden.count, STAYING)
    coming, states = nothing_due(hidden), dict[int, Drivers]()
    for week in range(calendar.weeks):
        now = advance(random, hidden, now, week, calendar, of, dealings(hidden, mode, week, coming))
        sides = balance(hidden, now, week, calendar, of)
        does = campaigns_felt(hidden, now, week, calendar, of.plays)
        moved = move(mode, steps(hidden, now, sides, does, calendar.price_round[week], of), random.random(hidden.count))
        mode = np.where(started(hidden, week), moved, mode)
        share = share_with_us(hidden, sides, does, of)
        who = book.take(week, wanted(hidden, now, share, week) * asks[mode])
        fates = serve(random, hidden, who, now.trouble, mode == STAYING, of.course)
        book.note(fates)
        coming = due(who, fates, hidden.count, of.course)
        recorded = {"mode": mode, "share": share, "ahead": sides.rivals - sides.value}
        for name in drawn:
            drawn[name][week] = recorded[name] if name in recorded else getattr(now, name)
        if week in kept:
            states[week] = now
    lead = {name: drawn.pop(name) for name in ("mode", "share", "ahead")}
    return Lives(**lead, told=drawn, states=states)


def nothing_due(hidden: Hidden) -> Due:
    """A week in which no order is due to anybody."""
    return Due(np.zeros(hidden.count), np.zeros(hidden.count))


def _empty(weeks: int, count: int) -> dict[str, npt.NDArray[Any]]:
    kinds = {name: np.bool_ if name in {"joint", "renews"} else np.float32 for name in RECORDED}
    kinds |= {"mode": np.int8, "share": np.float32, "ahead": np.float32}
    return {name: np.zeros((weeks, count), dtype=kind) for name, kind in kinds.items()}
