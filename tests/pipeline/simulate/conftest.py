"""One world for the tests of the simulation: a block of customers, with the truth at three cutoffs."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.simulate.block import Block
from pipeline.simulate.orders import Events
from pipeline.simulate.truth_table import with_states
from pipeline.simulate.world import World, blocks, reveal

CUTOFFS = (date(2022, 9, 5), date(2023, 3, 23), date(2024, 3, 18))
"""A Monday, a Thursday, and the latest day whose window lies within the history; the second window holds no summer."""


@dataclass(frozen=True)
class Seen:
    """A block of a world, and per cutoff the truth beside what came: `silent`, `eligible`, rows of known customers."""

    world: World
    block: Block
    events: Events
    truth: dict[date, pd.DataFrame]

    @property
    def pooled(self) -> pd.DataFrame:
        """The eligible rows of all cutoffs."""
        rows = pd.concat(self.truth.values())
        return rows[rows["eligible"]]


def observed(block: Block, cutoff: date, gap: int, horizon: int) -> pd.DataFrame:
    """What the orders alone show at a cutoff (n,): who is eligible, and who then places no order in the window."""
    orders = pd.DataFrame({"customer": block.orders.customer, "day": block.orders.day})
    day, everybody = block.calendar.day(cutoff), range(block.hidden.count)
    before = orders[orders["day"] < day].groupby("customer")["day"].agg(["nunique", "max"]).reindex(everybody)
    start = day + gap
    later = orders[(orders["day"] >= start) & (orders["day"] < start + horizon)]
    return pd.DataFrame(
        {
            "days": before["nunique"].fillna(0),
            "eligible": (before["nunique"] >= 3) & (before["max"] >= day - 365),
            "silent": ~np.isin(everybody, later["customer"]),
        }
    )


def look(world: World) -> Seen:
    """The only block of a small world, with the truth."""
    [(number, block, events)] = blocks(world)
    truth = {}
    for cutoff in world.cutoffs:
        came = observed(block, cutoff, *world.window)
        rows = np.flatnonzero(block.first < block.calendar.day(cutoff))
        table = (
            with_states(reveal(world, number, block, events, cutoff))
            .to_pandas()
            .rename(columns={"eligible": "compared"})
        )
        truth[cutoff] = table.join(came.iloc[rows].reset_index(drop=True)).assign(row=rows)
    return Seen(world, block, events, truth)


@pytest.fixture(scope="session")
def seen() -> Seen:
    return look(World(seed=11, customers=4_000, days=1_096, cutoffs=CUTOFFS, paths=8))
