"""What a customer is truly worth to the supplier, and from which chance of leaving on something for it pays.

The rule and its assumptions are the product's: `models.evaluation.profit` and `configs/default.toml`. Only the margin
is the true one, reckoned from what the customer wants and not from what it happened to buy.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import numpy as np

from models.evaluation.profit import Offer, least_probability
from pipeline.config import DEFAULT
from pipeline.simulate.block import CENTS, Block
from pipeline.simulate.calendar import WEEK, Floats, Ints
from pipeline.simulate.catalogue import SLOTS
from pipeline.simulate.choice import balance, campaigns_felt, share_with_us, wanted
from pipeline.simulate.drivers import Drivers
from pipeline.simulate.lines import STAPLES, appetite_of, known_of, paid_of, risen_at
from pipeline.simulate.orders import exposure
from pipeline.simulate.population import Hidden

YEAR = 364
"""Whole weeks of a year, in days: what a week's rate comes to is reckoned over them."""


@dataclass(frozen=True)
class Stakes:
    """What an offer is assumed to do, and over how many days a margin is expected."""

    offer: Offer
    planning_days: int


def usual_stakes() -> Stakes:
    """Those of the default configuration."""
    settings = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    return Stakes(Offer(**settings["profit"]), settings["scoring"]["planning_days"])


def act_above(margin: Floats, stakes: Stakes) -> Floats:
    """The chance of leaving (n,) from which on the offer pays, with the margin (n,) expected of who stays."""
    return least_probability(margin, stakes.offer)


def expected_margin(block: Block, rows: Ints, weeks: list[int], stakes: Stakes) -> Floats:
    """What each customer in `rows` (n,) brings over the planning period if it stays, in the currency.

    The mean over its states at the ends of `weeks`, of which the lives have to know: orders wanted in a week, season
    and closed days included, times what is left of one. Returns are left out, as the product leaves them out.
    """
    hidden, first = block.hidden.take(rows), max(weeks) + 1 - YEAR // WEEK
    year = range(first, max(weeks) + 1)
    part = sum(exposure(hidden, block.calendar, week * WEEK, (week + 1) * WEEK) for week in year)
    found = [_of_week(block, hidden, rows, week) for week in weeks]
    return np.asarray(np.mean(found, axis=0) * part * stakes.planning_days / YEAR)


def _of_week(block: Block, hidden: Hidden, rows: Ints, week: int) -> Floats:
    """What a week without closed days would bring at the end of `week`, in the currency (n,)."""
    of, now = block.of, block.lives.states[week].take(rows)
    sides = balance(hidden, now, week, block.calendar, of)
    does = campaigns_felt(hidden, now, week, block.calendar, of.plays)
    share = share_with_us(hidden, sides, does, of)
    return wanted(hidden, now, share, week) * margin_of_order(block, hidden, rows, now, share, week * WEEK)


def margin_of_order(block: Block, hidden: Hidden, rows: Ints, now: Drivers, share: Floats, day: int) -> Floats:
    """What is expected to be left of one order on `day`, in the currency (n,), by the steps of `lines.draw_lines`.

    An article that stands in two places of a repertoire counts twice, which the lines do not let it.
    """
    goods, catalogue = block.tells.goods, block.catalogue
    appetite = appetite_of(share)
    article = block.repertoire.article[rows]
    packs = 1 + goods.packs * hidden.size * appetite
    share_left = paid_of(hidden.discount, now.price)[:, None] - catalogue.cost_share[article]
    chance = _ordered(hidden, known_of(now.breadth), appetite, goods.used_up)
    left = (chance * share_left * catalogue.price[article] * catalogue.pack[article]).sum(axis=1)
    return np.asarray(left * risen_at(day, goods) * packs / CENTS)


def _ordered(hidden: Hidden, known: Floats, appetite: Floats, used_up: float) -> Floats:
    """The chance (n, SLOTS) that each place of a repertoire is on an order."""
    part = np.clip(known[:, None] - np.arange(SLOTS), 0, 1) / known[:, None]
    not_drawn = (1 - part) * np.exp(-part * (hidden.basket * appetite)[:, None])
    not_drawn[:, :STAPLES] *= (1 - used_up * hidden.criticality)[:, None]
    return 1 - not_drawn
