"""Were the hold-outs drawn by lot? Lots pass, and choosing them, or knowing the outcome before, does not."""

import numpy as np
import pytest

from models.decision.balance import NOTABLE, balance

NAMES = tuple(f"feature {number}" for number in range(12))


def customers(size: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.gamma(1.0, 1.0, (size, len(NAMES)))
    values[random.random(values.shape) < 0.1] = np.nan
    return values


def test_worked_example() -> None:
    # means 2 and 1; both deviations 1 (half 1 below, half 1 above, n - 1 = 19): pooled sqrt(20 / 19)
    column = np.concatenate([np.tile([1.0, 3.0], 10), np.tile([0.0, 2.0], 10)])
    found = balance(column[:, None], ["visits"], np.arange(40) < 20)
    assert found.gaps[0].feature == "visits"
    assert found.gaps[0].size == pytest.approx(1 / np.sqrt(20 / 19))


def test_lots_raise_the_alarm_once_in_a_hundred_times_at_most() -> None:
    alarms = 0
    for seed in range(200):
        values = customers(120, seed)
        alarms += bool(balance(values, NAMES, np.random.default_rng(seed + 10_000).random(120) < 0.5).broken)
    assert alarms <= 6  # 2 expected at most, 6 by chance once in a thousand


def test_of_many_customers_a_tenth_of_a_deviation_is_the_limit() -> None:
    values = customers(50_000, 1)
    found = balance(values, NAMES, np.random.default_rng(2).random(50_000) < 0.5)
    assert found.limit == NOTABLE
    assert not found.broken


def test_holding_out_those_who_would_have_stayed_is_found() -> None:
    values = customers(2_000, 3)
    treated = np.nan_to_num(values[:, 4]) + np.random.default_rng(4).random(2_000) > 1.2
    assert balance(values, NAMES, treated).broken[0].feature == "feature 4"


def test_holding_out_those_of_whom_less_is_known_is_found() -> None:
    values = customers(2_000, 5)
    treated = np.isnan(values[:, 7]) | (np.random.default_rng(6).random(2_000) < 0.4)
    assert balance(values, NAMES, treated).broken[0].feature == "feature 7 is known"


def test_a_feature_that_knows_what_the_action_did_is_found() -> None:
    # the mutant: orders counted after the action instead of before it
    random = np.random.default_rng(7)
    treated = random.random(2_000) < 0.5
    before = random.poisson(4.0, 2_000).astype(float)
    after = random.poisson(np.where(treated, 5.0, 4.0)).astype(float)
    found = balance(np.column_stack([before, after]), ["orders before", "orders after"], treated)
    assert [gap.feature for gap in found.broken] == ["orders after"]


def test_the_order_of_customers_does_not_matter() -> None:
    values, treated = customers(300, 8), np.random.default_rng(9).random(300) < 0.4
    order = np.random.default_rng(10).permutation(300)
    one, other = balance(values, NAMES, treated), balance(values[order], NAMES, treated[order])
    assert [gap.size for gap in one.gaps] == pytest.approx([gap.size for gap in other.gaps])


def test_what_is_hardly_known_is_not_compared() -> None:
    column = np.full(100, np.nan)
    column[:30] = 1.0
    assert [gap.feature for gap in balance(column[:, None], ["rare"], np.arange(100) % 2 == 0).gaps] == [
        "rare is known"
    ]
