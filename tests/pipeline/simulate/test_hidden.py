"""What the world is meant to show, measured: strength apart, captives held, partners widening, sleeping dogs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from pipeline.config import load_config
from pipeline.simulate.choice import COOLING, GONE, STAYING, dealings
from pipeline.simulate.course import nothing_due
from pipeline.simulate.drivers import advance, begin
from pipeline.simulate.parameters import Parameters, Pledges, correlated_strength, without_signal
from pipeline.simulate.population import draw_population
from pipeline.simulate.states import Hints, states
from pipeline.simulate.world import World, blocks


def test_strength_says_nothing_of_commitment(seen):
    hidden = seen.block.hidden
    for trait in ("orientation", "fit", "care", "criticality", "rivals", "single"):
        assert abs(np.corrcoef(hidden.strength, getattr(hidden, trait))[0, 1]) < 0.06, trait


@pytest.mark.parametrize("correlation", [-0.5, 0.7])
def test_strength_is_correlated_when_asked(seen, correlation):
    of = correlated_strength(correlation)
    hidden = draw_population(np.random.default_rng(0), 20_000, 0, seen.block.calendar, of)
    shape = of.traits.orientation_low, of.traits.orientation_high
    ahead = stats.norm.ppf(np.clip(stats.beta.cdf(hidden.orientation, *shape), 1e-6, 1 - 1e-6))
    assert np.corrcoef(hidden.strength, ahead)[0, 1] == pytest.approx(correlation, abs=0.02)


def test_captives_are_held_by_cost_and_not_by_value(seen):
    for rows in seen.truth.values():
        here = rows[~rows["mode"].isin(["gone", "cooling"])]
        captive, free = here[here["state"] == "captive"], here[here["state"] == "transactional"]
        held, loose = (part["cost_investment"] + part["cost_risk"] for part in (captive, free))
        assert len(captive) > 0.05 * len(here)
        assert held.median() > loose.median() + 0.1
        assert held.min() > loose.quantile(0.05)
        assert captive["value"].median() < free["value"].median() - 0.4
        assert captive["pressure"].median() > free["pressure"].median()


def test_partners_gain_put_in_and_widen(seen):
    rows = seen.truth[seen.world.cutoffs[-1]]
    partner, others = rows[rows["state"] == "partner"], rows[rows["state"] != "partner"]
    assert 0.02 < len(partner) / len(rows) < 0.4
    assert partner["propensity"].median() > 2 * others["propensity"].median()
    assert partner["cost_investment"].median() > others["cost_investment"].median()
    assert partner["silence"].mean() < 0.5 * others["silence"].mean()


def test_no_state_is_painted_on(seen):
    """States arise from hidden values: every state occurs, and customers who are compared move between them."""
    ends = (seen.truth[cutoff] for cutoff in seen.world.cutoffs[::2])
    first, last = (rows[rows["eligible"]].set_index("customer_id")["state"] for rows in ends)
    both = first.index.intersection(last.index)
    assert set(last) == {"drifting", "captive", "partner", "transactional"}
    assert 0.2 < (first[both] != last[both]).mean() < 0.8


def test_those_who_leave_later_had_less_to_lose(seen):
    """Peukert 2019: switching costs of later switchers are about half; here they have to be clearly lower."""
    rows = seen.truth[seen.world.cutoffs[0]]
    rows = rows[rows["mode"] == "staying"]
    week = (seen.block.calendar.day(seen.world.cutoffs[0]) - 1) // 7
    goes = np.isin(seen.block.lives.mode[week : week + 53, rows["row"]], [COOLING, GONE]).any(axis=0)
    cost = rows["cost_investment"] + rows["cost_risk"]
    assert 0.05 < goes.mean() < 0.3
    assert cost[goes].mean() < 0.85 * cost[~goes].mean()
    assert rows["value"][goes].mean() < rows["value"][~goes].mean() - 0.5


def test_some_dogs_sleep_and_should_be_let_lie(seen):
    """A call makes some customers leave, and keeps others; a repair harms nobody.

    Those who leave are mostly those whom nobody looks after, and who hardly know us: few of them stay for a call.
    """
    rows = seen.pooled
    assert 0.05 < (rows["call"] > 0.005).mean() < 0.5
    assert (rows["call"] < -0.005).mean() > 0.015
    assert rows["repair"].max() < 0.001


def test_the_hold_out_of_past_campaigns_is_random(seen):
    hidden = seen.block.hidden
    for number, (_, week) in enumerate(seen.block.calendar.campaigns):
        chosen = hidden.campaign[:, number] & (hidden.start < week)
        held = hidden.holdout[chosen, number]
        assert held.mean() == pytest.approx(0.5, abs=0.06)
        assert abs(np.corrcoef(held, hidden.fit[chosen])[0, 1]) < 0.12


def test_a_world_without_signal_has_none():
    """Recency, number of orders, tenure, spend and strength rank its silence as chance does."""
    world = World(seed=5, customers=6_000, days=900, of=without_signal())
    [(_, block, _)] = blocks(world)
    day, orders = block.calendar.end - 104, block.orders
    before = orders.day < day
    days = np.bincount(orders.customer[before], minlength=6_000)
    last = np.zeros(6_000)
    np.maximum.at(last, orders.customer[before], orders.day[before])
    chosen = (days >= 3) & (last >= day - 365)
    silent = np.bincount(orders.customer[orders.day >= day + 14], minlength=6_000)[chosen] == 0
    half = 4 * np.sqrt(1 / (12 * silent.sum()) + 1 / (12 * (~silent).sum()))
    assert 0.1 < silent.mean() < 0.4
    for score in (last, days, block.first, block.hidden.strength, block.hidden.fit, block.hidden.size):
        assert abs(roc_auc_score(silent, score[chosen]) - 0.5) < half


def test_with_signal_the_same_scores_would_be_noticed(seen):
    rows = seen.pooled
    assert roc_auc_score(rows["silent"], -rows["days"]) > 0.6


def hints(**given):
    """Sixty eligible customers of two trades in one region, gaining ever more, not costly to lose."""
    count = 60
    zero = np.zeros(count)
    usual = {
        "mode": np.full(count, STAYING), "eligible": np.ones(count, dtype=bool), "trade": np.repeat([0, 1], count // 2),
        "region": np.zeros(count, dtype=int), "value": np.arange(count) / count, "pressure": zero,
        "cost_investment": zero, "cost_risk": zero, "propensity": zero, "propensity_rise": zero,
        "pledged_share": np.full(count, np.nan), "silence": zero,
        "act_above": np.full(count, 0.15),
    }  # fmt: skip
    return Hints(**{**usual, **given})


HELD = {"cost_risk": np.eye(60)[30], "propensity": 1 - np.eye(60)[30]}
"""The poorest of the second trade, who gains more than all of the first, is costly to lose and unwilling."""


def test_the_truth_compares_with_peers():
    assert list(np.flatnonzero(states(hints(**HELD))["state"] == "captive")) == [30]


def test_who_is_likelier_to_be_silent_than_its_worth_allows_drifts_in_truth():
    """Below and at its own chance, above that of others but not its own, worth nothing, and worth nothing but gone."""
    chance, above, mode = np.zeros(60), np.full(60, 0.15), np.full(60, STAYING)
    chance[[3, 4, 5, 6, 7]] = 0.149, 0.15, 0.3, 0.99, 0.99
    above[[5, 6, 7]] = 0.4, np.inf, np.inf
    mode[7] = GONE
    found = states(hints(silence=chance, act_above=above, mode=mode))
    assert list(np.flatnonzero(found["state"] == "drifting")) == [4, 7]


def test_who_is_not_eligible_is_compared_with_nobody():
    assert states(hints(**HELD, eligible=np.arange(60) != 30))["state"][30] == "transactional"


def test_a_prospective_partner_in_truth_has_risen_and_is_free():
    """Half of the mean propensity of 1 is a rise; the costliest of a trade are not free, and partners are partners."""
    rise, cost = np.zeros(60), np.zeros(60)
    rise[[3, 4, 5, 59]] = 0.5
    cost[4] = 1.0
    likely = np.where(np.arange(60) == 59, 1.5, 1.0)
    mutual = np.full(60, 0.5)
    found = states(
        hints(
            pledged_share=mutual,
            propensity=likely,
            propensity_rise=rise,
            cost_investment=cost + np.arange(60) % 30 / 100,
        )
    )
    assert found["state"][59] == "partner"
    assert list(np.flatnonzero(found["prospective_partner"])) == [3, 5]
    assert not states(hints(propensity=likely))["prospective_partner"].any(), "without a rise there is none"


def test_the_rise_is_the_last_quarter_against_those_before(seen):
    """Both parts of the mean of a year are rates, and neither is less than nothing."""
    rows = seen.pooled
    last = rows["propensity"] + 0.75 * rows["propensity_rise"]
    assert (last > -1e-9).all() and (rows["propensity"] - 0.25 * rows["propensity_rise"] > -1e-9).all()
    assert rows["propensity_rise"].gt(0).any() and rows["propensity_rise"].lt(0).any()


def test_the_play_against_drifting_is_reckoned_by_the_offer_that_drifting_is_told_by():
    config = load_config("demo")
    offer, play = config.profit, config.plays.play.recover
    assert (play.acceptance, play.incentive_share, play.contact_cost) == (
        offer.acceptance, offer.incentive_share, offer.contact_cost,
    )  # fmt: skip


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_what_both_paid_is_put_in_by_both(seen, share):
    """A supplier that does nothing of its own accord has put in this share of what the customers have, by chance."""
    of = replace(Parameters(), pledges=replace(Pledges(), joint=share, pledges=0.0))
    now, random = begin(np.random.default_rng(1), seen.block.hidden, of), np.random.default_rng(2)
    everybody = np.full(seen.block.hidden.count, STAYING)
    for week in range(200, 260):
        deals = dealings(seen.block.hidden, everybody, week, nothing_due(seen.block.hidden))
        now = advance(random, seen.block.hidden, now, week, seen.block.calendar, of, deals)
    assert (now.pledged <= now.invested + 1e-12).all() and now.invested.sum() > 100
    assert now.pledged.sum() / now.invested.sum() == pytest.approx(share, abs=0.03)
