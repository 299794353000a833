"""Sizes of hold-outs: worked by hand, against each other, and against what a simulation finds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.decision.power import detectable_difference, detectable_drop, needed_for_difference, needed_for_drop


def test_worked_example_of_shares() -> None:
    # .20 to .17, mean .185: (1.95996 sqrt(2 x .185 x .815) + .84162 sqrt(.16 + .1411))^2 / .03^2
    by_hand = (1.95996 * math.sqrt(0.30155) + 0.84162 * math.sqrt(0.3011)) ** 2 / 0.0009
    assert needed_for_drop(0.20, 0.03) == math.ceil(by_hand) == 2629


def test_that_everybody_stays_can_be_shown() -> None:
    # .10 to 0, mean .05: (1.95996 sqrt(2 x .05 x .95) + .84162 sqrt(.09))^2 / .01 = 73.4
    assert needed_for_drop(0.1, 0.1) == 74


def test_worked_example_of_means() -> None:
    # 2 x ((1.95996 + .84162) x 100 / 30)^2 = 2 x 87.21 = 174.4
    assert needed_for_difference(100, 30) == 175
    assert detectable_difference(10) == pytest.approx(28.0159, abs=1e-3)


@settings(deadline=None)
@given(st.floats(0.02, 0.9), st.floats(0.05, 0.9))
def test_as_many_as_are_needed_detect_just_that(rate: float, part: float) -> None:
    drop = rate * part
    size = int(needed_for_drop(rate, drop))
    if size > 200:  # rounding up matters little then
        assert detectable_drop(rate, size, size) == pytest.approx(drop, rel=0.01)


def test_the_promised_power_is_there_when_it_is_simulated() -> None:
    rate, drop = 0.2, 0.06
    size = int(needed_for_drop(rate, drop))
    random = np.random.default_rng(1)
    held, treated = (random.binomial(size, share, 20_000) / size for share in (rate, rate - drop))
    pooled = (held + treated) / 2
    found = np.abs(held - treated) > stats.norm.ppf(0.975) * np.sqrt(2 * pooled * (1 - pooled) / size)
    assert found.mean() == pytest.approx(0.80, abs=0.01)


def test_more_customers_show_smaller_effects_and_an_uneven_split_larger_ones_only() -> None:
    assert detectable_drop(0.2, 4000, 4000) < detectable_drop(0.2, 1000, 1000)
    assert detectable_drop(0.2, 1000, 1000) < detectable_drop(0.2, 1900, 100)


@pytest.mark.parametrize("found", [
    detectable_drop(0.2, 0, 100), detectable_drop(0.2, 100, 0), detectable_drop(0.0, 100, 100),
    detectable_drop(0.01, 20, 20), detectable_drop(math.nan, 100, 100), needed_for_drop(0.02, 0.03),
    needed_for_drop(math.nan, 0.03), needed_for_difference(100, 0), needed_for_difference(math.nan, 1),
    needed_for_difference(1, math.nan),
])  # fmt: skip
def test_what_cannot_be_shown_has_no_size(found: float) -> None:
    assert math.isnan(found)
