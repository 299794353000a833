"""What a customer is worth in truth: by the chance of each line, and by drawing the lines."""

import numpy as np
import pytest

from models.evaluation.profit import Offer
from pipeline.config import load_config
from pipeline.simulate.choice import STAYING
from pipeline.simulate.lines import draw_lines
from pipeline.simulate.orders import Orders
from pipeline.simulate.truth_table import week_before, weeks_before
from pipeline.simulate.worth import Stakes, act_above, expected_margin, margin_of_order, usual_stakes
from pipeline.standing.standing_rows import usual_offer

MANY = 4_000


@pytest.fixture(scope="module")
def known(seen):
    """The last cutoff of the world: its day, the rows of the customers known at it, and their truth."""
    cutoff = seen.world.cutoffs[2]
    table = seen.truth[cutoff]
    return seen.block.calendar.day(cutoff), table["row"].to_numpy(), table


def test_an_order_leaves_what_drawn_orders_leave_on_average(seen, known):
    day, rows, _ = known
    block, week, some = seen.block, week_before(day), rows[:40]
    nothing = seen.block.orders.fates.take(np.zeros(some.size * MANY, dtype=int))
    orders = Orders(np.repeat(some, MANY), np.full(some.size * MANY, week * 7), nothing)
    goods = block.tells.goods
    lines = draw_lines(
        np.random.default_rng(5), block.hidden, block.lives, orders, block.repertoire, block.catalogue, goods
    )
    left = np.bincount(lines.order // MANY, lines.net - lines.cost * lines.pieces) / MANY / 100
    share = block.lives.share[week, some].astype(float)
    told = margin_of_order(block, block.hidden.take(some), some, block.lives.states[week].take(some), share, week * 7)
    assert told == pytest.approx(left, rel=0.08, abs=0.5)
    assert told.sum() == pytest.approx(left.sum(), rel=0.02)


def test_who_stays_all_year_brought_the_margin_that_was_expected(seen, known):
    day, rows, table = known
    block, lines = seen.block, seen.block.lines
    when, whose = block.orders.day[lines.order], block.orders.customer[lines.order]
    year = (when >= day - 364) & (when < day)
    left = np.bincount(whose[year], (lines.net - lines.cost * lines.pieces)[year] / 100, block.hidden.count)[rows]
    stayed = (block.lives.mode[week_before(day) - 51 : week_before(day) + 1, rows] == STAYING).all(axis=0)
    stayed &= block.hidden.start[rows] < week_before(day) - 52
    stakes = Stakes(Offer(), 364)
    told = expected_margin(block, rows, weeks_before(day), stakes)
    assert stayed.sum() > 500
    assert told[stayed].sum() == pytest.approx(left[stayed].sum(), rel=0.05)
    assert table["margin"].to_numpy() == pytest.approx(told * usual_stakes().planning_days / 364)


def test_the_more_a_customer_is_worth_the_sooner_it_drifts():
    """p > (d + f / V) / (a (1 - d) + d), by hand: (.05 + 15 / 300) / .335; without any margin nothing pays."""
    found = act_above(np.array([300.0, 3e9, 0.0, -5.0]), Stakes(Offer(0.3, 0.05, 15.0), 365))
    assert found == pytest.approx([0.1 / 0.335, 0.05 / 0.335, np.inf, np.inf])


def test_the_truth_acts_on_the_offer_of_the_product():
    config = load_config("demo")
    assert usual_stakes() == Stakes(usual_offer(config), config.scoring.planning_days)
