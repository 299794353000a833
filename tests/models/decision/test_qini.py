"""Qini curves: by hand, against a plain reference, and where the answer is known beforehand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decision.qini import Ranked, Trial, area, contest, true_curve


def test_worked_example() -> None:
    # ranked: held left, treated stayed | held stayed, treated left. The best half: 1 - 0 = 1 saved of each: .5 of all.
    # Everybody: 1/2 left of either arm: 0. Area over the line to 0: two triangles of .5 x .5 / 2, less the dent at .25,
    # where the treated are still absent and the curve is 0
    ranked = Ranked.of([4, 3, 2, 1], Trial.of([1, 0, 0, 1], [0, 1, 0, 1]))
    share, saved = ranked.curve()
    assert share.tolist() == [0, 0.25, 0.5, 0.75, 1]
    # three quarters: held 1/2, treated 0/1
    assert saved.tolist() == pytest.approx([0, 0, 0.5, 0.375, 0])
    assert ranked.area() == pytest.approx(0.25 * (0 / 2 + 0 + 0.5 + 0.375 + 0 / 2))
    assert ranked.uplift(0.5) == pytest.approx(1.0)


def test_equal_scores_are_treated_together() -> None:
    trial = Trial.of([1, 0, 0, 1], [0, 1, 0, 1])
    assert Ranked.of([1, 1, 1, 1], trial).curve()[0].tolist() == [0, 1]
    assert Ranked.of([1, 1, 1, 1], trial).area() == 0


def reference(score: np.ndarray, left: np.ndarray, treated: np.ndarray, campaign: np.ndarray) -> float:
    """The area in plain Python: rates of both arms at every threshold, each customer weighted by its campaign."""
    weight = []
    for arm, part in zip(treated, campaign, strict=True):
        same = [bool(other) for other, its in zip(treated, campaign, strict=True) if its == part]
        weight.append(len(same) / sum(each == bool(arm) for each in same))
    points = [(0.0, 0.0)]
    for threshold in sorted(set(score.tolist()), reverse=True):
        inside = [place for place in range(len(score)) if score[place] >= threshold]
        rates = []
        for arm in (False, True):
            mass = sum(weight[place] for place in inside if bool(treated[place]) == arm)
            gone = sum(weight[place] * left[place] for place in inside if bool(treated[place]) == arm)
            rates.append(gone / mass if mass else None)
        share = sum(weight[place] for place in inside) / sum(weight)
        points.append((share, 0.0 if None in rates else share * (rates[0] - rates[1])))
    total = 0.0
    for (x, y), (right, above) in itertools.pairwise(points):
        total += (right - x) * ((y - x * points[-1][1]) + (above - right * points[-1][1])) / 2
    return total


@settings(deadline=None)
@given(st.integers(0, 100_000))
def test_it_agrees_with_the_plain_reference_in_any_order_of_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    score, campaign = random.integers(0, 12, 30), random.integers(0, 2, 30)
    left, treated = (random.random(30) < 0.4).astype(float), random.random(30) < 0.6
    order = random.permutation(30)
    expected = reference(score, left, treated, campaign)
    assert Ranked.of(score, Trial.of(left, treated, campaign)).area() == pytest.approx(expected)
    shuffled = Trial.of(left[order], treated[order], campaign[order])
    assert Ranked.of(score[order], shuffled).area() == pytest.approx(expected)


def experiment(size: int, seed: int) -> tuple[np.ndarray, np.ndarray, Trial]:
    """Risk, true gain (unrelated to the risk, half of it below 0), and what came of the lots."""
    random = np.random.default_rng(seed)
    risk, gain = random.uniform(0.2, 0.8, size), random.uniform(-0.2, 0.2, size)
    treated = random.random(size) < 0.5
    left = random.random(size) < risk - gain * treated
    return risk, gain, Trial.of(left, treated)


def test_a_random_ranking_has_no_area_on_average() -> None:
    areas = [Ranked.of(np.random.default_rng(seed).random(500), experiment(500, seed)[2]).area() for seed in range(300)]
    assert abs(np.mean(areas)) < 3 * np.std(areas) / np.sqrt(300)


def test_the_curve_of_an_experiment_comes_near_that_of_the_truth() -> None:
    _, gain, trial = experiment(60_000, 1)
    assert Ranked.of(gain, trial).area() == pytest.approx(area(*true_curve(gain, gain)), abs=0.004)


def test_the_truth_turned_round_loses_what_the_truth_wins() -> None:
    _, gain, _ = experiment(1_000, 2)
    assert area(*true_curve(-gain, gain)) == pytest.approx(-area(*true_curve(gain, gain)), abs=1e-12)


def test_the_true_gain_beats_the_risk_in_a_contest() -> None:
    risk, gain, trial = experiment(8_000, 3)
    found = contest({"gain": gain, "risk": risk}, trial, np.arange(8_000), draws=60, seed=1, confidence=0.95)
    assert found.lead["risk"].low > 0
    assert found.areas["gain"].low > 0 > found.areas["risk"].low
    assert found.tops["gain"][0.1].value == pytest.approx(0.18, abs=0.07)
    assert found.curves["gain"][0].size == 101


def test_hold_outs_of_different_size_are_weighed() -> None:
    # one campaign held a tenth out, the other a half, and they differ in risk; the play does nothing in either
    random = np.random.default_rng(4)
    campaign = np.repeat([0, 1], 20_000)
    treated = random.random(40_000) < np.where(campaign == 0, 0.9, 0.5)
    left = random.random(40_000) < np.where(campaign == 0, 0.6, 0.1)
    score = random.random(40_000)
    weighed, plain = Trial.of(left, treated, campaign), Trial.of(left, treated)
    assert Ranked.of(score, weighed).uplift(1.0) == pytest.approx(0, abs=0.02)
    assert Ranked.of(score, plain).uplift(1.0) < -0.1
