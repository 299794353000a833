"""Campaigns whose time overlaps: who of a campaign was also treated in another while its outcome was open.

What another campaign did blurs what single customers show, and leaves the mean alone as long as its lots were drawn
apart. Where it came first, or on the same day, and its lots go with this one's, nobody can tell the two plays apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.explanation.sentence import Sentence
from pipeline.outcomes.actions import Actions, as_date

Campaign = tuple[str, int]
"""Play and first day."""
CALLED = "{play} {day}"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [CALLED]


def overlapping(actions: Actions, campaign: Campaign, span: int) -> list[Campaign]:
    """The other campaigns that began less than `span` days before or after a campaign, by day."""
    return [each for each in actions.campaigns() if each != campaign and abs(each[1] - campaign[1]) < span]


def earlier(actions: Actions, campaign: Campaign, span: int) -> list[Campaign]:
    """Those of them that are of another play and began on the same day or before: what may pass for its effect."""
    play, started = campaign
    return [each for each in overlapping(actions, campaign, span) if each[0] != play and each[1] <= started]


def treated_in(actions: Actions, campaign: Campaign, customer: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Which customers (n,), by their numbers in the store, were treated in a campaign: not to whom it was proposed."""
    rows = actions.of(*campaign)
    return np.isin(customer, rows.loc[rows["done"], "customer"])


def treated_otherwise(
    actions: Actions,
    play: str,
    customer: npt.NDArray[np.generic],
    day: npt.NDArray[np.int64],
    span: int,
) -> dict[str, npt.NDArray[np.bool_]]:
    """By other play: which customers (n,), each once, it treated less than `span` days before or after their `day`.

    Args:
        actions: all campaigns.
        play: whose customers are asked about.
        customer: their numbers in the store (n,).
        day: when each came into a campaign of the play (n,), days since 1970-01-01.
        span: days from the first day of a campaign until its outcome is known.
    """
    rows = actions.rows[actions.rows["done"] & (actions.rows["play"] != play)]
    begun = pd.Series(day, index=customer)
    near = rows[rows["customer"].isin(customer)]
    near = near[(near["started"] - near["customer"].map(begun)).abs() < span]
    return {str(other): np.isin(customer, part["customer"]) for other, part in near.groupby("play")}


def called(campaign: Campaign) -> Sentence:
    """A campaign in words."""
    play, started = campaign
    return Sentence(CALLED, play=play, day=as_date(started))
