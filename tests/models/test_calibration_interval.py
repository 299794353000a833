"""How far the level of a new cutoff may lie from what is foreseen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from models.calibration import Calibration, fit_steady
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
