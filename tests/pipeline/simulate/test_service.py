"""Nobody is let down by what was never due, and what went wrong leaves the trace that its kind leaves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.simulate.choice import COOLING, GONE, PAUSED, STAYING, dealings
from pipeline.simulate.course import nothing_due
from pipeline.simulate.drivers import advance, begin
from pipeline.simulate.names import numbered
from pipeline.simulate.parameters import Course
from pipeline.simulate.service import FAULTY, LATE, MISHANDLED, SHORT, WELL, Due, Fates, due, serve, together
from pipeline.simulate.world import tell

COURSE = Course()
WEEKS = range(100, 160)


def served(trouble, speaks=True, course=COURSE, orders=40_000, care=1.0, seen=None):
    hidden = replace(seen.block.hidden.take(np.zeros(1, dtype=int)), care=np.array([care]))
    who = np.zeros(orders, dtype=int)
    return serve(np.random.default_rng(1), hidden, who, np.array([trouble]), np.array([speaks]), course)


def let_down(seen, coming):
    """How far customers in a bad time are let down after some weeks in each of which the same is due to them."""
    hidden, of = seen.block.hidden.take(np.arange(2)), seen.world.of
    now, random = begin(np.random.default_rng(0), hidden, of), np.random.default_rng(1)
    for week in WEEKS:
        deals = dealings(hidden, np.full(2, STAYING), week, coming(hidden))
        now = advance(
            random, hidden, replace(now, trouble=np.ones(2, dtype=bool)), week, seen.block.calendar, of, deals
        )
    return now


def test_who_orders_nothing_is_not_let_down(seen):
    now = let_down(seen, nothing_due)
    assert not now.let_down.any() and not now.met.any() and not now.failed.any()
    assert now.satisfaction == pytest.approx(seen.block.hidden.fit[:2] + now.mood)


def test_one_failed_order_a_week_would_be_noticed(seen):
    """The mutant: as if an order of everybody's failed each week."""
    now = let_down(seen, lambda hidden: Due(np.ones(2), np.ones(2)))
    assert now.met.all() and (now.satisfaction < seen.block.hidden.fit[:2] + now.mood - 5).all()


def test_in_the_lives_only_orders_let_anybody_down(seen):
    """At the last cutoff who is let down had an order that failed, and the more of the latest ten, the more."""
    block, week = seen.block, max(seen.block.lives.states)
    failed = np.bincount(
        block.orders.customer, block.orders.fates.failed & (block.orders.week < week), block.hidden.count
    )
    fresh = block.hidden.start >= block.calendar.history // 7
    state = block.lives.states[week]
    assert fresh.sum() > 500
    assert ((state.let_down > 0) == (failed > 0))[fresh].all()


@pytest.mark.parametrize("trouble", [False, True])
def test_orders_fail_as_often_as_said_and_by_the_kinds_said(seen, trouble):
    fates = served(trouble, seen=seen)
    share = COURSE.fails_in_trouble if trouble else COURSE.fails
    kinds = np.bincount(fates.kind[fates.failed], minlength=5)[1:] / fates.failed.sum()
    rest = 1 - COURSE.late - COURSE.short - COURSE.faulty
    assert fates.failed.mean() == pytest.approx(share, abs=0.01)
    assert kinds == pytest.approx([COURSE.late, COURSE.short, COURSE.faulty, rest], abs=0.05)


def test_who_has_decided_to_leave_says_nothing_and_the_rest_as_the_kind_asks(seen):
    assert not served(True, speaks=False, seen=seen).complained.any()
    fates = served(True, seen=seen)
    goods = fates.failed & (fates.kind != MISHANDLED)
    assert fates.complained[goods].mean() == pytest.approx(COURSE.complains_goods, abs=0.02)
    assert fates.complained[fates.kind == MISHANDLED].mean() == pytest.approx(COURSE.complains_handling, abs=0.02)
    assert (fates.answered == fates.complained).all(), "full care answers at once"
    assert not served(True, care=0.0, seen=seen).answered.any()


def test_an_opinion_is_made_of_the_orders_it_remembers():
    """By hand, a tenth each: two orders of which one failed, one put right at once in part, and none at all."""
    kind, yes, no = np.array([LATE, WELL, SHORT]), np.ones(3, dtype=bool), np.zeros(3, dtype=bool)
    fates = Fates(kind, yes, np.array([False, False, True]))
    found = due(np.array([0, 0, 1]), fates, 3, COURSE)
    assert found.orders.tolist() == [2, 1, 0] and found.harm == pytest.approx([1, 0.4, 0])
    assert found.opinion(np.array([0.2, 0.0, 0.3]), 0.1) == pytest.approx([0.81 * 0.2 + 0.19 / 2, 0.04, 0.3])
    assert together([fates, fates]).kind.tolist() == [*kind, *kind]
    assert fates.take(no).kind.size == 0


@pytest.mark.parametrize("mode", [COOLING, GONE, PAUSED])
def test_who_does_not_deal_with_us_puts_nothing_in(seen, mode):
    """Nor does it sign or take up anything; a decision to leave ends the contract, a pause does not."""
    hidden, of = seen.block.hidden, seen.world.of
    begun = replace(hidden, start=np.zeros(hidden.count, dtype=int), orientation=np.ones(hidden.count))
    now, random = begin(np.random.default_rng(0), begun, of), np.random.default_rng(1)
    now = replace(now, contract=np.full(hidden.count, 200.0), ties=np.full(hidden.count, 0.9))
    for week in WEEKS:
        deals = dealings(begun, np.full(hidden.count, mode), week, nothing_due(begun))
        now = advance(random, begun, now, week, seen.block.calendar, of, deals)
        assert not (now.invests.any() or now.pledges.any() or now.signs.any())
    assert (now.breadth == hidden.repertoire).all()
    assert (now.contract > 0).all() == (mode == PAUSED)
    assert (now.ties.mean() < 0.35) == (mode != PAUSED)


def test_nobody_has_put_anything_in_or_pays_more_than_others_before_it_begins(seen):
    week, state = max(seen.block.lives.states), seen.block.lives.states[max(seen.block.lives.states)]
    later = seen.block.hidden.start > week
    assert later.sum() > 100
    for each in (state.invested, state.pledged, state.contract, state.price, state.let_down):
        assert not each[later].any()


@pytest.fixture(scope="module")
def orders(seen) -> pd.DataFrame:
    """The orders with what deliveries say of them."""
    orders = seen.block.orders
    ids = numbered("A" + seen.block.series, np.arange(orders.count)).to_pandas()
    rows = pd.DataFrame({"order_id": ids, "kind": orders.fates.kind, "complained": orders.fates.complained})
    told = tell(seen.world, 0, seen.block, "deliveries").to_pandas()
    rows = rows.merge(told, on="order_id").dropna(subset=["delivered_on"])
    days = pd.to_datetime(rows["delivered_on"]) - pd.to_datetime(rows["promised_on"])
    return rows.assign(behind=days.dt.days, lacks=rows["quantity_ordered"] - rows["quantity_delivered"])


def test_what_went_wrong_with_goods_shows_in_deliveries(seen, orders):
    """Late beyond what is tolerated, short, or faulty: each of its kind, and no other order is late so long."""
    tolerated = seen.world.tells.service.tolerated
    assert (orders.loc[orders["kind"] == LATE, "behind"] > tolerated).all()
    assert (orders.loc[orders["kind"] != LATE, "behind"] <= tolerated).all()
    assert (orders.loc[orders["kind"] == SHORT, "lacks"] > 0).all()
    assert (orders.loc[orders["kind"] == FAULTY, "quantity_defective"] > 0).all()
    assert set(orders["kind"]) == {WELL, LATE, SHORT, FAULTY, MISHANDLED}


def test_a_complaint_follows_what_was_due(seen):
    """Every complaint is about an order, by the same customer, promised at most a week before."""
    block = seen.block
    said = tell(seen.world, 0, block, "interactions").to_pandas().query("kind == 'complaint'")
    about = np.flatnonzero(block.orders.fates.complained)
    promised = pd.DataFrame(
        {
            "customer_id": block.whose(block.orders.customer[about]).to_pandas(),
            "promised": pd.to_datetime(block.calendar.dates(block.promised[about])),
        }
    )
    said = said.assign(happened=pd.to_datetime(said["happened_on"])).reset_index(names="row")
    pairs = said.merge(promised, on="customer_id")
    gap = (pairs["happened"] - pairs["promised"]).dt.days
    assert len(said) > 1_000
    assert set(pairs.loc[(gap > 0) & (gap < 8), "row"]) == set(said["row"])
