"""Cohort functions: who is counted, and what becomes of nulls."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.btyd import fit_bg_nbd, fit_gamma_poisson
from features.cohort import _alike, alike, buying, eligible

NULL = math.nan
OUTPUTS = ("expected", "alive", "silent", "active")


@pytest.mark.parametrize(
    ("values", "chosen", "median", "rank"),
    [
        ([1, 2, 9], [1, 1, 1], 2, [1 / 6, 3 / 6, 5 / 6]),
        ([1, 2, 9], [1, 1, 0], 1.5, [1 / 4, 3 / 4, 1]),  # the third is ranked among the others
        ([1, 2, NULL], [1, 1, 1], 1.5, [1 / 4, 3 / 4, NULL]),
        ([5, 5, 5], [1, 1, 1], 5, [1 / 2, 1 / 2, 1 / 2]),
        ([5, 5, 7], [1, 1, 1], 5, [1 / 3, 1 / 3, 5 / 6]),
        ([5, 6], [0, 0], NULL, [NULL, NULL]),
        ([NULL, NULL], [1, 1], NULL, [NULL, NULL]),
    ],
)
def test_median_and_rank_among_the_eligible(values, chosen, median, rank):
    found = eligible([np.array(values, dtype=float)], np.array(chosen, dtype=bool))
    assert found["median"].tolist() == pytest.approx([median] * len(values), nan_ok=True)
    assert found["rank"].tolist() == pytest.approx(rank, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "chosen", "commonest"),
    [
        ([50, 100, 109, 200], [1, 1, 1, 1], 100),
        ([50, 100, 110, 200], [1, 1, 0, 1], NULL),  # of three, none is shared by half
        ([50, 100, 110, NULL], [1, 1, 1, 1], 100),
        ([200, 100, 200, 100], [1, 1, 1, 1], 100),  # the least of equals
        ([7], [1], 7),
        ([NULL], [1], NULL),
        ([7], [0], NULL),
    ],
)
def test_the_commonest_value_among_the_eligible(values, chosen, commonest):
    given_values = [np.array(values, dtype=float), *np.full((2, len(values)), [[0.1], [0.5]])]
    found = alike(given_values, np.array(chosen, dtype=bool))["commonest"]
    assert found.tolist() == pytest.approx([commonest] * len(values), nan_ok=True)


@given(st.lists(st.sampled_from([0.0, -0.0, 1.0, -2.5, 7.0, 1e300, NULL]), max_size=9), st.randoms())
def test_the_median_alone_is_bit_by_bit_the_one_beside_the_rank(values, chance):
    given_values = np.array(values, dtype=float)
    chosen = np.array([chance.random() < 0.7 for _ in values], dtype=bool)
    alone = eligible([given_values], chosen, ["median"])
    assert set(alone) == {"median"}
    assert alone["median"].tobytes() == eligible([given_values], chosen, ["median", "rank"])["median"].tobytes()


def population(days: np.ndarray, first: np.ndarray, last: np.ndarray) -> dict[str, np.ndarray]:
    arguments = [days, first, last, np.full(days.size, 90.0)]
    return buying([part.astype(float) for part in arguments], np.ones(days.size, dtype=bool))


def ordinary(customers: int = 80) -> tuple[np.ndarray, ...]:
    chance = np.random.default_rng(2)
    first = chance.integers(100, 700, customers).astype(float)
    days = chance.integers(1, 30, customers).astype(float)
    return days, first, np.where(days > 1, np.minimum(first, chance.integers(1, 90, customers)), first)


def test_days_are_turned_into_repeats_and_weeks():
    days, first, last = ordinary()
    found = population(days, first, last)
    repeats, weeks, latest = days - 1, first / 7, (first - last) / 7
    model, poisson = fit_bg_nbd(repeats, latest, weeks), fit_gamma_poisson(repeats, weeks)
    np.testing.assert_array_equal(found["alive"], model.alive(repeats, latest, weeks))
    np.testing.assert_array_equal(found["silent"], model.silent(repeats, latest, weeks, 90 / 7))
    np.testing.assert_array_equal(found["active"], model.expected(repeats, latest, weeks, 90 / 7))
    np.testing.assert_array_equal(found["expected"], poisson.expected(repeats, weeks, 90 / 7))


def test_customers_without_an_order_are_null_and_do_not_move_the_others():
    days, first, last = ordinary()
    without = population(days, first, last)
    found = population(np.r_[0, days], np.r_[NULL, first], np.r_[NULL, last])
    for name in OUTPUTS:
        assert np.isnan(found[name][0])
        np.testing.assert_array_equal(found[name][1:], without[name])


@pytest.mark.parametrize("customers", [0, 1, 19])
def test_too_few_customers_are_all_null(customers):
    found = population(*(part[:customers] for part in ordinary()))
    assert all(np.isnan(found[name]).all() and found[name].shape == (customers,) for name in OUTPUTS)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 400)), max_size=60))
def test_customers_alike_share_a_row_that_is_like_them(customers):
    days, since = np.array(customers, dtype=float).reshape(-1, 2).T
    rows, place = _alike(days, since)
    np.testing.assert_array_equal(days[rows][place], days)
    np.testing.assert_array_equal(since[rows][place], since)


def test_many_customers_alike_are_computed_once():
    days, since = np.tile([3.0, 2.0, 3.0], 50), np.tile([9.0, 9.0, 8.0], 50)
    assert _alike(days, since)[0].size == 3
