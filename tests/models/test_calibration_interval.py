"""How far the level of a new cutoff may lie from what is foreseen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from models.calibration import Calibration, fit_steady, odds
from models.evaluation.coverage import coverage, covered

CUTOFFS = np.datetime64("2020-01-01") + 90 * np.arange(8)


def market(shifts: np.ndarray, seed: int, rows: int = 2_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-odds, labels and cutoffs of a market whose level moves by a shift at each cutoff."""
    random = np.random.default_rng(seed)
    raw = random.normal(-1, 1, (shifts.size, rows))
    label = (random.random(raw.shape) < special.expit(raw + shifts[:, None])).astype(float)
    return raw.ravel(), label.ravel(), np.repeat(CUTOFFS[: shifts.size], rows)


def test_a_steady_market_has_a_narrow_interval() -> None:
    found = fit_steady(*market(np.zeros(8), seed=0), horizon=90)
    low, high = found.interval(np.array([0.2]))
    assert found.spread < 0.1
    assert 0.17 < low[0] < 0.2 < high[0] < 0.23


def test_a_restless_market_has_a_wide_one() -> None:
    shifts = np.array([0.5, -0.5, 0.4, -0.6, 0.5, -0.4, 0.6, -0.5])
    found = fit_steady(*market(shifts, seed=0), horizon=90)
    low, high = found.interval(np.array([0.2]))
    assert found.spread == pytest.approx(0.53, abs=0.1)
    assert low[0] < 0.1 < 0.3 < high[0]


@pytest.mark.parametrize("calibration", [Calibration(), Calibration(spread=0.3, independent=1.0)])
def test_what_was_not_measured_is_unknown(calibration: Calibration) -> None:
    assert all(np.isnan(end).all() for end in calibration.interval(np.array([0.2, 0.9])))


def test_an_interval_holds_its_probability_and_grows_with_confidence() -> None:
    found = Calibration(spread=0.3, independent=4.0)
    chance = np.array([0.01, 0.5, 0.99])
    narrow, wide = found.interval(chance, 0.5), found.interval(chance, 0.95)
    assert (wide[0] < narrow[0]).all() and (narrow[0] < chance).all()
    assert (chance < narrow[1]).all() and (narrow[1] < wide[1]).all()


STUDENT = [(2.0, 0.9, 6.314), (4.0, 0.9, 2.353), (10.0, 0.9, 1.833), (4.0, 0.5, 0.765)]
"""Independent outcomes, confidence, and Student's t of one degree of freedom less, from the printed tables."""


@pytest.mark.parametrize(("independent", "confidence", "t"), STUDENT)
def test_intervals_are_as_many_spreads_wide_as_student_says(independent: float, confidence: float, t: float) -> None:
    found = Calibration(spread=0.3, independent=independent).interval(np.array([0.5, 0.2]), confidence)
    expected = [special.expit(odds([0.5, 0.2]) + sign * 0.3 * t) for sign in (-1, 1)]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_spread_is_what_the_cutoffs_missed_beside_the_doubt_of_their_mean() -> None:
    """By hand: of 100 alike customers 30 leave at the one cutoff and 60 at the other, 90 days later."""
    label = np.concatenate([np.arange(100) < 30, np.arange(100) < 60]).astype(float)
    found = fit_steady(np.zeros(200), label, np.repeat(CUTOFFS[:2], 100), horizon=90)
    wanted = odds([0.3, 0.6])
    doubt = (wanted[1] - wanted[0]) ** 2 / 2 / 2  # the variance of two, over as many independent outcomes
    shift = odds((90 * 91 / 92 + 110 / 112) / 200) * 0.15**2 / (0.15**2 + doubt)
    assert (found.slope, found.intercept) == pytest.approx((1.0, shift), abs=1e-6)
    assert found.spread == pytest.approx(np.sqrt(((wanted - shift) ** 2).mean() + doubt), abs=1e-6)
    assert (found.independent, found.rows, found.ones) == (2, 200, 90)


def test_intervals_cover_a_new_cutoff_as_often_as_they_say() -> None:
    """Eight cutoffs measure the spread of a market, the ninth is promised: nine times in ten, over many markets."""
    inside = []
    for seed in range(60):
        shifts = np.random.default_rng(1_000 + seed).normal(0, 0.3, 9)
        raw, label, cutoff = market(shifts[:8], seed, rows=400)
        found = fit_steady(raw, label, cutoff, horizon=90)
        new, outcome, _ = market(shifts[8:], 5_000 + seed, rows=1_000)
        inside += covered(outcome, found.probability(new), found).tolist()
    assert np.mean(inside) == pytest.approx(0.9, abs=0.06)


def test_an_interval_that_knows_nothing_of_the_market_does_not_cover() -> None:
    """The mutant: a tenth of the spread."""
    inside = []
    for seed in range(20):
        shifts = np.random.default_rng(1_000 + seed).normal(0, 0.5, 9)
        raw, label, cutoff = market(shifts[:8], seed, rows=400)
        found = fit_steady(raw, label, cutoff, horizon=90)
        blind = Calibration(found.slope, found.intercept, spread=found.spread / 10, independent=found.independent)
        new, outcome, _ = market(shifts[8:], 5_000 + seed, rows=4_000)
        inside += covered(outcome, found.probability(new), blind).tolist()
    assert np.mean(inside) < 0.6


def test_coverage_is_told_cutoff_by_cutoff() -> None:
    raw, label, cutoff = market(np.zeros(8), seed=0)
    found = fit_steady(raw, label, cutoff, horizon=90)
    shifted, moved = market(np.array([3.0]), seed=1)[:2]  # the market leaps where it never moved
    days = np.append(cutoff, np.full(moved.size, CUTOFFS[-1] + 90))
    probability = found.probability(np.append(raw, shifted))
    told = coverage(np.append(label, moved), probability, days, found)
    assert list(told) == [str(day) for day in np.unique(days)]
    assert {each.cells for each in told.values()} == {10}
    *before, last = (each.inside for each in told.values())
    assert np.mean(before) > 0.7 and last == 0
    assert coverage(label, label, cutoff, Calibration()) == {}
