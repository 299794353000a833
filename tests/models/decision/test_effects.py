"""Differences between arms: published examples, scipy as an oracle, and coverage when the truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.decision.arms import Arms
from models.decision.effects import (
    adjusted,
    cost_of_one_saved,
    mean_difference,
    share_difference,
)
from models.decision.shares import wilson
from models.evaluation.interval import Interval


def arms_of(treated: int, of: int, held: int, among: int) -> Arms:
    """So many leavers of so many treated, and of so many held out."""
    left = np.concatenate([np.arange(of) < treated, np.arange(among) < held])
    return Arms.of(left, np.arange(of + among) < of)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 10), 0.6075, 1.0)],
)
def test_the_published_examples_of_newcombe(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    # Newcombe 1998, table II, method 10, contrasts (a), (b) and (h)
    found = share_difference(arms_of(*counts))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 40))
def test_a_share_agrees_with_scipy(ones: int, more: int) -> None:
    of = ones + more
    ours, theirs = wilson(ones, of), stats.binomtest(ones, of).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(3, 40))
def test_means_of_one_stratum_agree_with_welch_in_scipy(seed: int, treated: int, held: int) -> None:
    random = np.random.default_rng(seed)
    ours, theirs = random.normal(1, 3, treated), random.normal(0, 1, held)
    found = mean_difference(Arms.of(np.concatenate([ours, theirs]), np.arange(treated + held) < treated))
    oracle = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high))


def test_strata_are_compared_within_themselves() -> None:
    # a campaign of heavy leavers with few held out, and one of light leavers with many: each treated as its held out,
    # but the treated mix is heavier, so the raw difference is far from 0
    heavy = ([1, 1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 0])
    light = ([1, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0])
    left = np.array([*heavy[0], *heavy[1], *light[0], *light[1]], dtype=float)
    treated = np.array([1] * 8 + [0] * 4 + [1] * 4 + [0] * 8, dtype=bool)
    campaign = np.repeat([0, 1], 12)
    assert left[treated].mean() - left[~treated].mean() == pytest.approx(7 / 12 - 5 / 12)
    assert mean_difference(Arms.of(left, treated, campaign)).value == pytest.approx(0)


def test_strata_count_by_the_size_of_both_arms() -> None:
    # differences 1 and 0; weights 2 x 2 / 4 = 1 and 2 x 6 / 8 = 1.5
    left = np.array([2.0, 2, 1, 1, *[0.0] * 8])
    treated = np.array([1, 1, 0, 0, 1, 1, *[0] * 6], dtype=bool)
    assert mean_difference(Arms.of(left, treated, [0] * 4 + [1] * 8)).value == pytest.approx(1 / 2.5)


@pytest.mark.parametrize("kept", [True, False])
def test_lots_kept_over_campaigns_make_no_further_customers(kept: bool) -> None:
    # each customer is in two campaigns and does the same in both: kept lots say no more than one campaign does
    random = np.random.default_rng(7)
    outcome, first = random.normal(size=2_000), np.arange(2_000) % 2 == 0
    second = first if kept else random.permutation(first)
    twice = (np.tile(outcome, 2), np.concatenate([first, second]), np.repeat([0, 1], 2_000))
    once, apart = mean_difference(Arms.of(outcome, first)), mean_difference(Arms.of(*twice))
    found = mean_difference(Arms.of(*twice, np.tile(np.arange(2_000), 2)))
    reach, alone = found.high - found.low, apart.high - apart.low
    assert reach == pytest.approx(once.high - once.low if kept else alone, rel=0.05)
    assert alone == pytest.approx((once.high - once.low) / np.sqrt(2), rel=0.05)


def test_a_stratum_without_hold_outs_says_nothing() -> None:
    arms = Arms.of([1.0, 0, 1, 0, 1, 1, 1], [1, 1, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1])
    assert mean_difference(arms) == mean_difference(arms.take(arms.stratum == 0))
    assert math.isnan(mean_difference(arms.take(arms.stratum == 1)).value)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    left, treated, campaign = random.random(40), random.random(40) < 0.5, random.integers(0, 3, 40)
    before, order = random.random(40), random.permutation(40)
    one = mean_difference(adjusted(Arms.of(left, treated, campaign), before))
    other = mean_difference(adjusted(Arms.of(left[order], treated[order], campaign[order]), before[order]))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), nan_ok=True)


def trials(effect: float, runs: int = 1_000, size: int = 200) -> tuple[list[Interval], list[Interval], list[Interval]]:
    """The same experiment again and again: shares, means, and means with what was known before taken out."""
    random, found = np.random.default_rng(5), ([], [], [])
    for _ in range(runs):
        risk = random.beta(1, 3, size)
        treated = random.permutation(size) < size // 2
        left = (random.random(size) < np.clip(risk + effect * treated, 0, 1)).astype(float)
        arms = Arms.of(left, treated)
        for kept, interval in zip(found, (share_difference(arms), mean_difference(arms),
                                          mean_difference(adjusted(arms, risk))), strict=True):  # fmt: skip
            kept.append(interval)
    return found


def test_intervals_hold_no_effect_as_often_as_they_promise_when_arms_are_identical() -> None:
    for intervals in trials(0.0):
        held = np.mean([each.holds(0.0) for each in intervals])
        assert held == pytest.approx(0.95, abs=0.02)  # the noise of 1,000 runs is .007


def test_what_was_known_before_makes_the_interval_narrower_and_no_less_right() -> None:
    plain, calm = trials(0.1, runs=300)[1:]
    assert np.mean([each.high - each.low for each in calm]) < 0.95 * np.mean([each.high - each.low for each in plain])
    assert np.mean([each.value for each in calm]) == pytest.approx(0.1, abs=0.01)


def test_taking_out_what_explains_everything_leaves_the_effect_alone() -> None:
    before = np.array([1.0, 2, 3, 1, 2, 4])
    treated = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    found = mean_difference(adjusted(Arms.of(3 * before + 5 * treated, treated), before))
    assert (found.value, found.low, found.high) == pytest.approx((5, 5, 5))


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_what_was_known_before_does_not_matter(unit: float) -> None:
    before, treated = np.array([1.0, 2, 3, 1, 2, 4]), np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    arms = Arms.of([2, 1, 4, 3, 3, 7], treated)
    np.testing.assert_allclose(adjusted(arms, unit * before).outcome, adjusted(arms, before).outcome)


def test_the_same_again_of_other_customers_halves_the_variance_and_doubles_the_degrees_of_freedom() -> None:
    ours, theirs = [1.0, 4, 2, 7], [0.0, 1, 5]
    treated = np.arange(7) < 4
    alone = stats.ttest_ind(ours, theirs, equal_var=False)
    reach = stats.t.ppf(0.95, 2 * alone.df) * (np.mean(ours) - np.mean(theirs)) / alone.statistic / np.sqrt(2)
    twice = Arms.of(2 * [*ours, *theirs], np.tile(treated, 2), np.repeat([0, 1], 7))
    found = mean_difference(twice, confidence=0.9)
    assert (found.value - found.low, found.high - found.value) == pytest.approx((reach, reach))


def test_unknown_risk_takes_nothing_out() -> None:
    arms = arms_of(3, 10, 5, 12)
    assert mean_difference(adjusted(arms, np.full(22, np.nan))) == mean_difference(arms)


def test_the_cost_of_one_saved_is_open_where_nobody_may_be_saved() -> None:
    # 60 a customer, 2 of a hundred saved: 3,000 each
    assert cost_of_one_saved(60, Interval(-0.02, -0.03, -0.01)).summary() == pytest.approx(
        {"value": 3000, "low": 2000, "high": 6000}
    )
    assert cost_of_one_saved(60, Interval(-0.02, -0.05, 0.01)).high == math.inf
    assert cost_of_one_saved(60, Interval(0.02, 0.01, 0.03)).value == math.inf
