"""Whether a new number belongs with those before it."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.levels import level

USUAL = [0.20, 0.22, 0.21, 0.19, 0.20, 0.21]


@pytest.mark.parametrize(("value", "outside"), [(0.21, False), (0.24, True), (0.15, True)])
def test_a_number_unlike_the_others_is_told(value: float, outside: bool) -> None:
    assert level(value, USUAL, noise=0.001, chance=0.05).outside is outside


def test_few_customers_excuse_a_number() -> None:
    assert not level(0.24, USUAL, noise=0.05, chance=0.05).outside


@pytest.mark.parametrize("earlier", [[], [0.2, 0.2, 0.2], [0.2, np.nan, 0.2, np.nan, 0.2]])
def test_too_few_earlier_numbers_say_nothing(earlier: list[float]) -> None:
    found = level(0.9, earlier, noise=0.0, chance=0.05)
    assert np.isnan(found.low)
    assert not found.outside


def test_one_more_of_the_same_kind_is_outside_as_often_as_asked() -> None:
    random = np.random.default_rng(0)
    outside = [level(random.normal(), random.normal(size=8), 0.0, 0.1).outside for _ in range(2_000)]
    assert np.mean(outside) == pytest.approx(0.1, abs=0.02)
