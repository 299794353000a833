"""The portfolio: all customers of a date counted and summed, however many of them the page lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from models.decision.recommend import ACT, HOLDOUT, STATUSES
from models.decision.states import STATES
from pipeline.contract.reading_order import to_do_now
from pipeline.report.page.approach import CALL, approach
from pipeline.report.page.at_hand import AT_HAND
from pipeline.report.page.in_person import SHOWN

Key = str | None


@dataclass(frozen=True)
class Group:
    """Customers that have something in common: how many, and their sums in the currency, None where unknown."""

    count: int
    at_risk: float | None = None
    profit: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Portfolio:
    """What the top of the page shows.

    Args:
        customers: of all statuses.
        statuses: customers by `status`.
        leaving: expected number that stop ordering, the sum of their probabilities.
        at_risk: sum of `value_at_risk` in the currency, None where amounts are unknown.
        margin: sum of `expected_margin` in the currency, None where amounts are unknown.
        states: by state, those that are found.
        acting: by state, how many are to be acted on now.
        moved: customers by state before and state now; None before where it was not known.
        plays: to act on, by play, those that are found.
        at_hand: customers by play that is worth it when there is an occasion.
        called: with how many somebody speaks now.
        held_out: customers by play whose effect is being measured.
        quiet: customers without a play to act on or be measured by, by why.
    """

    customers: int
    statuses: Mapping[str, int]
    leaving: float
    at_risk: float | None
    margin: float | None
    states: Mapping[str, Group]
    acting: Mapping[str, int]
    moved: Mapping[tuple[Key, Key], int]
    plays: Mapping[str, Group]
    at_hand: Mapping[str, int]
    called: int
    held_out: Mapping[str, int]
    quiet: Mapping[str, int]

    def moved_from(self, before: Key) -> Mapping[Key, int]:
        """The row of the transitions: customers by state now."""
        return {now: count for (was, now), count in self.moved.items() if was == before}

    @property
    def to_act(self) -> Group:
        """All plays to act on together."""
        groups = self.plays.values()
        profits = [group.profit for group in groups if group.profit is not None]
        return Group(sum(group.count for group in groups), profit=sum(profits) if profits else None)


def portfolio(table: pa.Table) -> Portfolio:
    """Count and sum rows as the page shows them, see `at_hand` and `in_person`, one a customer."""
    acting = table.filter(pc.equal(table.column("play_status"), ACT))
    now = table.filter(to_do_now(table))
    waiting = table.filter(pc.equal(table.column("play_status"), AT_HAND))
    held = table.filter(pc.equal(table.column("play_status"), HOLDOUT))
    why = _groups(table, "play_status")
    return Portfolio(
        customers=table.num_rows,
        statuses={str(key): group.count for key, group in _groups(table, "status").items()},
        leaving=pc.sum(table.column("churn_probability")).as_py() or 0.0,
        at_risk=pc.sum(table.column("value_at_risk")).as_py(),
        margin=pc.sum(table.column("expected_margin")).as_py(),
        states=_in_order(_groups(table, "state"), STATES),
        acting={str(key): group.count for key, group in _groups(now, "state").items()},
        moved=_pairs(table),
        plays=_in_order(_groups(acting, "play"), SHOWN),
        at_hand={str(key): group.count for key, group in _groups(waiting, "play").items()},
        called=pc.sum(pc.equal(approach(table), CALL)).as_py() or 0,
        held_out={str(key): group.count for key, group in _groups(held, "play").items()},
        quiet={code: why[code].count for code in STATUSES if code in why and code not in (ACT, HOLDOUT)},
    )


def _groups(table: pa.Table, column: str) -> dict[Key, Group]:
    sums = ("value_at_risk", "play_profit", "play_profit_low", "play_profit_high")
    wanted = [([], "count_all"), *((name, "sum") for name in sums)]
    found = table.group_by(column, use_threads=False).aggregate(wanted).to_pylist()
    return {row[column]: Group(row["count_all"], *(row[f"{name}_sum"] for name in sums)) for row in found}


def _in_order(groups: Mapping[Key, Group], codes: tuple[str, ...]) -> dict[str, Group]:
    return {code: groups[code] for code in codes if code in groups}


def _pairs(table: pa.Table) -> dict[tuple[Key, Key], int]:
    found = table.group_by(["previous_state", "state"], use_threads=False).aggregate([([], "count_all")]).to_pylist()
    return {(row["previous_state"], row["state"]): row["count_all"] for row in found if row["state"]}
