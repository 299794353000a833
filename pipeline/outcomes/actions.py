"""The table of treatments as campaigns: who was treated with what and when, and who was held out.

A campaign is everything of one play within the time needed to act (the gap, at least a day) of its first action. It
counts from that first day on: what was known before it is known before every action of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """One row per customer and campaign: columns customer (index), play, started (day since 1970-01-01), treated, cost,
    done.

    `treated` is what the lot was, and `done` whether something was done: the two differ only in campaigns `by_export`,
    whose hold-outs no book tells. `cost` is in the currency, NaN where unknown. `contradictory` are customers of a
    campaign that the book has both treated and held out; they are in no row. `unproposed` counts by campaign whom no
    export meant the play for; they are in no row either. `lots` is the name that those of each campaign `by_export`
    were drawn by.
    """

    rows: pd.DataFrame
    contradictory: dict[tuple[str, int], int]
    unproposed: dict[tuple[str, int], int] = field(default_factory=dict)
    by_export: frozenset[tuple[str, int]] = frozenset()
    lots: Mapping[tuple[str, int], str] = field(default_factory=dict)

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
    """The campaigns of a table of treatments, see `book_of` and `campaigns_of`."""
    return campaigns_of(book_of(treatments, mapped), gap_days)


def book_of(treatments: Rows | None, mapped: bool = False) -> pd.DataFrame:
    """Columns customer (number), day (since 1970-01-01), play, held and cost (in the currency), a row per treatment.

    A row that does not say whether it was held out was treated; copies of a row count once. `mapped` says of treatments
    that are None whether their table is there and empty.

    Raises:
        DataProblem: there is no such table, or nothing in it.
    """
    if treatments is None or not treatments.customer.size:
        raise _nothing(mapped or treatments is not None)
    columns = {
        "customer": treatments.customer,
        "day": treatments.happened,
        "play": treatments.texts("play"),
        "held": np.nan_to_num(treatments.numbers("holdout")) == 1,
        "cost": treatments.numbers("cost") / CENTS,
    }
    return pd.DataFrame(columns).drop_duplicates(ignore_index=True)


def campaigns_of(book: pd.DataFrame, gap_days: int) -> Actions:
    """The campaigns of a book; several actions on one customer in one campaign count as one, at their cost together."""
    table = book.assign(started=starts(book, gap_days))
    found = table.groupby(["customer", "play", "started"], as_index=False).agg(
        treated=("held", lambda held: not held.all()),
        mixed=("held", lambda held: held.any() and not held.all()),
        cost=("cost", lambda cost: cost.sum(min_count=1)),
    )
    mixed = found[found["mixed"].astype(bool)]
    counted = Counter(zip(mixed["play"].astype(str), mixed["started"].astype(int), strict=True))
    rows = found.drop(mixed.index).drop(columns="mixed").reset_index(drop=True).astype({"treated": bool})
    return Actions(rows.assign(done=rows["treated"]), counted)


def starts(book: pd.DataFrame, gap_days: int) -> pd.Series:
    """The first day of the campaign that each row belongs to, by its columns play and day."""
    length = max(gap_days, 1)
    found = pd.Series(0, index=book.index)
    for _, days in book.groupby("play")["day"]:
        started = -length
        begins: dict[int, int] = {}
        for day in np.unique(days):
            started = int(day) if day >= started + length else started
            begins[int(day)] = started
        found[days.index] = days.map(begins)
    return found


def _nothing(mapped: bool) -> DataProblem:
    book = "enter each action that was taken, with its day; then wait for outcomes. Exports know whom they held out"
    name = "map the table in the configuration: [history.treatments], with customer_id, treated_on and play"
    return DataProblem(
        "There are no treatments whose outcome could come back.",
        where=f"table {TREATMENTS.name}",
        got="no rows of known customers before the date" if mapped else "no such table",
        expected="one row per retention action",
        todo=book if mapped else name,
    )
