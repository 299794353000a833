"""Platt calibration: recovers a known distortion, keeps the ranking, and survives one class."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models.calibration import Calibration, doubt_of_mean, fit_platt, fit_steady, odds

RANDOM = np.random.default_rng(11)
RAW = RANDOM.normal(0, 2, 20_000)


def test_recovers_slope_and_intercept_of_a_distorted_model() -> None:
    label = RANDOM.random(RAW.size) < expit(0.6 * RAW - 0.8)
    found = fit_platt(RAW, label)
    assert found.slope == pytest.approx(0.6, abs=0.03)
    assert found.intercept == pytest.approx(-0.8, abs=0.06)


def test_agrees_with_an_unpenalised_logistic_regression() -> None:
    label = RANDOM.random(RAW.size) < expit(RAW)
    oracle = LogisticRegression(C=np.inf, tol=1e-10).fit(RAW[:, None], label)
    found = fit_platt(RAW, label)
    assert [found.slope, found.intercept] == pytest.approx([oracle.coef_[0, 0], oracle.intercept_[0]], abs=2e-3)


@pytest.mark.parametrize(
    ("rows", "label", "slope"),
    [
        (RAW[:200], (RAW[:200] < 0).astype(float), 0.05),
        (RAW[:40], (np.arange(40) < 10).astype(float), 1.0),
        (RAW[:50], np.zeros(50), 1.0),
        (RAW[:0], np.zeros(0), 1.0),
    ],
    ids=["a ranking that is wrong is flattened, not turned", "too few ones", "one class", "no rows"],
)
def test_slope_where_the_rows_cannot_tell(rows: np.ndarray, label: np.ndarray, slope: float) -> None:
    found = fit_platt(rows, label)
    assert found.slope == pytest.approx(slope)
    assert np.isfinite(found.probability(RAW)).all()


def test_the_mean_probability_is_the_share_of_ones() -> None:
    label = RANDOM.random(RAW.size) < 0.2
    assert fit_platt(RAW, label).probability(RAW).mean() == pytest.approx(label.mean(), abs=2e-3)


def test_without_rows_nothing_changes() -> None:
    np.testing.assert_array_equal(Calibration().log_odds(RAW), RAW)


def test_odds_keep_nulls_and_stay_finite_at_the_ends() -> None:
    found = odds([0.0, 0.5, 1.0, np.nan])
    assert np.isfinite(found[:3]).all()
    assert found[1] == 0
    assert np.isnan(found[3])


def shifted(shifts: list[float], slope: float = 1.0) -> Calibration:
    """The steady calibration of cutoffs 90 days apart whose true log-odds are off by a slope and these shifts."""
    random = np.random.default_rng(4)
    raw = random.normal(0, 1.5, (len(shifts), 4000))
    label = (random.random(raw.shape) < expit(slope * raw + np.array(shifts)[:, None])).astype(float)
    cutoff = np.repeat(np.datetime64("2024-01-01") + 90 * np.arange(len(shifts)), 4000)
    return fit_steady(raw.ravel(), label.ravel(), cutoff, 90)


@pytest.mark.parametrize(
    ("shifts", "least", "most"),
    [([0.4, 0.4, 0.4, 0.4], 0.35, 0.45), ([1.4, -0.6, 1.4, -0.6], 0.0, 0.1), ([0.0] * 4, -0.05, 0.05)],
    ids=["a shift that lasts is taken", "one that comes and goes is not", "none stays none"],
)
def test_a_shift_is_taken_as_far_as_the_cutoffs_agree(shifts: list[float], least: float, most: float) -> None:
    assert least < shifted(shifts).intercept < most


@pytest.mark.parametrize(
    ("shifts", "least", "most"),
    [([0.0] * 4, 0.45, 0.55), ([1.4, -0.6, 1.4, -0.6], 0.9, 1.0)],
    ids=["cutoffs agree", "they do not"],
)
def test_a_slope_is_taken_as_far_as_the_cutoffs_agree(shifts: list[float], least: float, most: float) -> None:
    assert least < shifted(shifts, slope=0.5).slope < most


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_cutoff_with_one_outcome_only_says_nothing_of_the_shift(outcome: int) -> None:
    random = np.random.default_rng(9)
    raw = random.normal(size=900)
    label = (random.random(900) < expit(raw + 0.3)).astype(float)
    days = np.repeat(np.array(["2024-01-01", "2024-04-01", "2024-07-01"], dtype="datetime64[D]"), 300)
    label[days == days[-1]] = outcome
    found = fit_steady(raw, label, days, horizon=90)
    assert np.isfinite([found.slope, found.intercept]).all()
    assert found.independent == pytest.approx((91 + 90) / 90), "from January to April, and what came of April"


@pytest.mark.parametrize(
    ("days", "horizon", "independent"), [((0, 90, 180), 90, 3), ((0, 30, 60), 90, 5 / 3), ((0, 1, 2), 0, 2)]
)
def test_the_doubt_of_a_mean_counts_outcomes_that_overlap_once(
    days: tuple[int, ...], horizon: int, independent: float
) -> None:
    """The variance of 0, 1 and 2 is 1."""
    found = doubt_of_mean(np.array([0.0, 1.0, 2.0]), np.array(days).astype("datetime64[D]"), horizon)
    assert found == pytest.approx((1 / independent, independent))


@pytest.mark.parametrize(("label", "probability"), [(0, 1 / 10), (1, 9 / 10)])
def test_one_outcome_alone_is_drawn_in_by_one_row_more_of_either(label: int, probability: float) -> None:
    found = fit_platt(np.zeros(8), np.full(8, label))
    assert found.probability(0.0) == pytest.approx(probability, abs=1e-6)
