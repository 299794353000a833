"""Campaigns whose lots exports drew, in place of what a book says of these plays: it only has to tell what was done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt
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
    spoken: dict[str, npt.NDArray[np.bool_]] = {}
    drawn = []
    for code, meant_now, speaks in of_exports(book, meant, config):
        drawn.append(_drawn(meant_now, book[speaks], window))
        spoken[code] = spoken.get(code, np.zeros(len(book), dtype=bool)) | speaks.to_numpy(dtype=bool)
    told = np.logical_or.reduce([np.zeros(len(book), dtype=bool), *spoken.values()])
    found = campaigns_of(book[~told], window.gap_days)
    if not drawn:
        return found
    every = pd.concat(drawn, ignore_index=True)
    unproposed = Counter[tuple[str, int]]()
    for code, acts in spoken.items():
        unproposed.update(_unproposed(code, every[every["play"] == code], book[acts]))
    rows = pd.concat([found.rows[COLUMNS], every[COLUMNS]], ignore_index=True)
    lots = every.drop_duplicates(["play", "started"])
    names = dict(zip(zip(lots["play"], lots["started"], strict=True), lots["campaign"], strict=True))
    return replace(found, rows=rows, unproposed=dict(unproposed), by_export=frozenset(names), lots=names)


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


def _unproposed(code: str, drawn: pd.DataFrame, done: pd.DataFrame) -> dict[tuple[str, int], int]:
    """By campaign of a play: how many customers it was done to that no export had meant it for by then."""
    first = done["customer"].map(drawn.groupby("customer")["day"].min())
    others = done[~(done["day"] >= first)]
    begun = np.unique(drawn["started"])
    campaign = begun[np.searchsorted(begun, others["day"], side="right") - 1]
    counted = others["customer"].groupby(campaign).nunique()
    return {(code, started): number for started, number in zip(counted.index.tolist(), counted.tolist(), strict=True)}
