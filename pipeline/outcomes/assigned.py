"""Campaigns whose lots exports drew, in place of what a book says of these plays: it only has to tell what was done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.outcomes.actions import Actions, campaigns_of, starts
from pipeline.outcomes.proposals import of_exports

COLUMNS = ["customer", "play", "started", "treated", "cost", "done"]


def assigned(book: pd.DataFrame, meant: pd.DataFrame, window: OutcomeWindow, config: Config) -> Actions:
    """The campaigns of a book, those of plays whose hold-outs it does not tell by the lots that exports drew.

    Args:
        book: of `actions.book_of`.
        meant: of `proposals.proposals`.
        window: of the outcome; campaigns last as long as its gap, and what is done until an outcome is known counts.
        config: for the words that plays are called by.
    """
    told, drawn, unproposed = np.zeros(len(book), dtype=bool), [], Counter[tuple[str, int]]()
    for code, rows, speaks in of_exports(book, meant, config):
        drawn.append(_drawn(rows, book[speaks], window))
        unproposed.update(_unproposed(code, drawn[-1], rows, book[speaks]))
        told |= speaks.to_numpy()
    found = campaigns_of(book[~told], window.gap_days)
    rows = pd.concat([found.rows[COLUMNS], *(each[COLUMNS] for each in drawn)], ignore_index=True)
    by_export = Actions(pd.concat(drawn), {}).campaigns() if drawn else []
    return replace(found, rows=rows, unproposed=dict(unproposed), by_export=frozenset(by_export))


def _drawn(rows: pd.DataFrame, done: pd.DataFrame, window: OutcomeWindow) -> pd.DataFrame:
    """The campaigns of one play: everybody an export meant it for, and what was done until the outcome was known.

    Who was proposed and left alone cost nothing.
    """
    table = rows.assign(started=starts(rows, window.gap_days), treated=~rows["held"])
    each = table.merge(done[["customer", "day", "cost"]], on="customer", suffixes=("", "_done"))
    since = each["day_done"] - each["day"]
    spent = each[(since >= 0) & (since < window.days_to_maturity)].groupby("customer")["cost"].sum(min_count=1)
    acted = table["customer"].isin(spent.index)
    return table.assign(cost=table["customer"].map(spent).where(acted, 0.0), done=acted)


def _unproposed(code: str, drawn: pd.DataFrame, rows: pd.DataFrame, done: pd.DataFrame) -> dict[tuple[str, int], int]:
    """By campaign of a play: how many customers it was done to that no export had meant it for by then."""
    first = done["customer"].map(rows.set_index("customer")["day"])
    others = done[~(done["day"] >= first)]
    begun = np.unique(drawn["started"])
    campaign = begun[np.searchsorted(begun, others["day"], side="right") - 1]
    counted = others["customer"].groupby(campaign).nunique()
    return {(code, started): number for started, number in zip(counted.index.tolist(), counted.tolist(), strict=True)}
