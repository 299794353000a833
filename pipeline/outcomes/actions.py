"""The table of treatments as campaigns: who was treated with what and when, and who was held out.

A campaign is everything of one play within the time needed to act (the gap, at least a day) of its first action. It
counts from that first day on: what was known before it is known before every action of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features.engine.store import EPOCH
from features.errors import DataProblem
from features.history import TREATMENTS
from models.event_rows import Rows

CENTS = 100.0


@dataclass(frozen=True)
class Actions:
    """One row per customer and campaign: columns customer (index), play, started (day since 1970-01-01), treated, cost.

    `cost` is in the currency, NaN where unknown. `contradictory` are customers of a campaign that were both treated and
    held out; they are in no row.
    """

    rows: pd.DataFrame
    contradictory: dict[tuple[str, int], int]

    def campaigns(self) -> list[tuple[str, int]]:
        """Play and first day of each campaign, by day."""
        found = self.rows[["play", "started"]].drop_duplicates().itertuples(index=False)
        return sorted(((str(play), int(day)) for play, day in found), key=lambda each: (each[1], each[0]))

    def of(self, play: str, started: int) -> pd.DataFrame:
        """The rows of one campaign."""
        return self.rows[(self.rows["play"] == play) & (self.rows["started"] == started)]


def as_date(day: int) -> date:
    """A day since 1970-01-01 as a date."""
    return EPOCH + timedelta(days=int(day))


def read_actions(treatments: Rows | None, gap_days: int, mapped: bool = False) -> Actions:
    """The campaigns of a table of treatments. A row that does not say whether it was held out was treated.

    Copies of a row count once; several actions on one customer in one campaign count as one, at their cost together.
    `mapped` says of treatments that are None whether their table is there and empty.

    Raises:
        DataProblem: there is no such table, or nothing in it.
    """
    if treatments is None or not treatments.customer.size:
        raise _nothing(mapped or treatments is not None)
    table = _table(treatments).drop_duplicates()
    table["started"] = _starts(table, max(gap_days, 1))
    keys = ["customer", "play", "started"]
    found = table.groupby(keys, as_index=False).agg(
        treated=("held", lambda held: not held.all()),
        mixed=("held", lambda held: held.any() and not held.all()),
        cost=("cost", lambda cost: cost.sum(min_count=1)),
    )
    mixed = found[found["mixed"]]
    counted = Counter(zip(mixed["play"].astype(str), mixed["started"].astype(int), strict=True))
    return Actions(found[~found["mixed"]].drop(columns="mixed").reset_index(drop=True), counted)


def _table(treatments: Rows) -> pd.DataFrame:
    """Who, when, which play, whether held out, and the cost in the currency, one row per treatment."""
    return pd.DataFrame(
        {
            "customer": treatments.customer,
            "day": treatments.happened,
            "play": treatments.texts("play"),
            "held": np.nan_to_num(treatments.numbers("holdout")) == 1,
            "cost": treatments.numbers("cost") / CENTS,
        }
    )


def _starts(table: pd.DataFrame, length: int) -> pd.Series:
    """The first day of the campaign that each row belongs to."""
    found = pd.Series(0, index=table.index)
    for _, days in table.groupby("play")["day"]:
        started = -length
        begins: dict[int, int] = {}
        for day in np.unique(days):
            started = int(day) if day >= started + length else started
            begins[int(day)] = started
        found[days.index] = days.map(begins)
    return found


def _nothing(mapped: bool) -> DataProblem:
    book = "enter each action, and each held out by the export, into the table, with its day; then wait for outcomes"
    name = "map the table in the configuration: [history.treatments], with customer_id, treated_on, play and holdout"
    return DataProblem(
        "There are no treatments whose outcome could come back.",
        where=f"table {TREATMENTS.name}",
        got="no rows of known customers before the date" if mapped else "no such table",
        expected="one row per retention action, and per action withheld at random",
        todo=book if mapped else name,
    )
