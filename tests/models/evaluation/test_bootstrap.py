"""Intervals redraw customers, not rows, and are the same for any number of workers."""

import numpy as np
import pytest

from models.evaluation.bootstrap import calibration_band, redraw
from models.evaluation.metrics import measure

RANDOM = np.random.default_rng(7)
PROBABILITY = RANDOM.random(600)
LABEL = (RANDOM.random(600) < PROBABILITY).astype(float)
CUSTOMER = np.array([f"c{i}" for i in range(600)])


def test_one_and_two_workers_agree_exactly() -> None:
    one, two = (redraw(CUSTOMER, LABEL, {"m": PROBABILITY}, draws=60, seed=3, workers=w) for w in (1, 2))
    for metric, values in one.values["m"].items():
        np.testing.assert_array_equal(values, two.values["m"][metric])


def test_the_figure_is_that_of_the_rows_and_lies_in_its_interval() -> None:
    interval = redraw(CUSTOMER, LABEL, {"m": PROBABILITY}, draws=200).interval("m", "roc_auc")
    assert interval.value == measure(LABEL, PROBABILITY)[0]["roc_auc"]
    assert interval.low < interval.value < interval.high
    assert 0.03 < interval.high - interval.low < 0.12


def test_rows_of_one_customer_move_together() -> None:
    # four copies of every row add no information: the interval may not shrink
    once = redraw(CUSTOMER, LABEL, {"m": PROBABILITY}, draws=200).interval("m", "roc_auc")
    many = redraw(np.tile(CUSTOMER, 4), np.tile(LABEL, 4), {"m": np.tile(PROBABILITY, 4)}, draws=200)
    assert many.interval("m", "roc_auc").low == pytest.approx(once.low)


def test_a_difference_is_paired() -> None:
    # nearly the same score: each interval is wide, that of the difference is narrow
    drawn = redraw(CUSTOMER, LABEL, {"a": PROBABILITY, "b": PROBABILITY**2 + 1e-9 * RANDOM.random(600)}, draws=100)
    difference = drawn.difference("a", "b", "roc_auc")
    assert abs(difference.value) < 1e-6
    assert difference.high - difference.low < 1e-6


def test_one_class_gives_nan_and_no_crash() -> None:
    interval = redraw(CUSTOMER, np.ones(600), {"m": PROBABILITY}, draws=20).interval("m", "roc_auc")
    assert np.isnan([interval.value, interval.low, interval.high]).all()


def test_calibration_noise_at_650_customers_is_about_what_the_design_says() -> None:
    # quality.md: "at 650 customers the noise alone is about 0.035", measured on probabilities like these
    probability = np.random.default_rng(1).beta(0.6, 1.8, 650)
    assert 0.025 < calibration_band(probability) < 0.05


def test_the_band_holds_95_of_100_perfectly_calibrated_models() -> None:
    random, band = np.random.default_rng(5), calibration_band(PROBABILITY, draws=400)
    errors = [
        measure((random.random(600) < PROBABILITY).astype(float), PROBABILITY)[0]["calibration_error"]
        for _ in range(400)
    ]
    assert 0.91 < np.mean(np.array(errors) <= band) < 0.985
