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


def sparse(seed: int, nulls: float, skew: float) -> np.ndarray:
    """220 customers, 60 features: a share of nulls, and a tail that is heavy where `skew` is above 0."""
    random = np.random.default_rng(seed)
    values = np.exp(skew * random.standard_normal((220, 60))) if skew else random.standard_normal((220, 60))
    values[random.random(values.shape) < nulls] = np.nan
    return values


def alarms(nulls: float, skew: float, times: int) -> tuple[int, int]:
    """How many true lots are refused; and how many by the mutant, a limit that does not ask how many are known."""
    refused = wrongly = 0
    for seed in range(times):
        lot = np.random.default_rng(seed + 10_000).random(220) < 0.5
        found = balance(sparse(seed, nulls, skew), [str(number) for number in range(60)], lot)
        refused += bool(found.broken)
        wrongly += any(abs(gap.size) > found.limit for gap in found.gaps)
    return refused, wrongly


def test_worked_example() -> None:
    # ranks 5.5 of the zeros, 15.5, 25.5, 35.5: means 25.5 and 15.5, deviation sqrt((5 ** 2 + 15 ** 2) / 2)
    column = np.concatenate([np.tile([1.0, 3.0], 10), np.tile([0.0, 2.0], 10)])
    found = balance(column[:, None], ["visits"], np.arange(40) < 20)
    assert [gap.feature for gap in found.gaps] == ["visits"]
    assert found.gaps[0].size == pytest.approx(10 / np.sqrt(125))


def test_one_giant_counts_for_one_customer() -> None:
    column = np.arange(40.0)[::-1].copy()
    column[0] = 1e9
    found = balance(column[:, None], ["spend"], np.arange(40) % 2 == 0)
    assert found.gaps[0].size == pytest.approx(1 / np.std(np.arange(40)))


@pytest.mark.parametrize(("nulls", "skew"), [(0.1, 0.0), (0.5, 0.0), (0.7, 2.0), (0.97, 2.0)])
def test_lots_raise_the_alarm_once_in_a_hundred_times(nulls: float, skew: float) -> None:
    # .3 expected of 30; 3 by chance once in 300 times
    assert alarms(nulls, skew, 30)[0] <= 2


def test_a_limit_that_does_not_ask_how_many_are_known_refuses_true_lots() -> None:
    assert alarms(0.7, 0.0, 10)[1] >= 5  # the mutant


def test_lots_drawn_within_strata_pass() -> None:
    refused = 0
    for seed in range(30):
        values, random = sparse(seed, 0.3, 1.0), np.random.default_rng(seed + 20_000)
        values[:, 0] = np.sort(values[:, 0])  # strata of 20 by a feature, half of each treated
        lot = np.concatenate([random.permutation(20) < 10 for _ in range(11)])
        refused += bool(balance(values, [str(number) for number in range(60)], lot).broken)
    assert refused <= 2


def test_of_many_customers_a_tenth_of_a_deviation_is_the_limit() -> None:
    values = customers(60_000, 1)
    found = balance(values, NAMES, np.random.default_rng(2).random(60_000) < 0.5)
    assert found.limit == NOTABLE
    assert {gap.limit for gap in found.gaps} == {NOTABLE}
    assert not found.broken


@pytest.mark.parametrize(("nulls", "held"), [(0.1, 0.5), (0.5, 0.5), (0.5, 0.1)])
def test_treating_by_risk_is_found_among_many_nulls(nulls: float, held: float) -> None:
    values, random = sparse(30, nulls, 2.0), np.random.default_rng(31)
    risk = random.random(220)
    treated = risk + random.normal(0, 0.3, 220) > np.quantile(risk, held)
    found = balance(np.column_stack([values, risk]), [*map(str, range(60)), "risk"], treated)
    assert found.broken[0].feature == "risk"


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
    assert [gap.size for gap in one.gaps] == pytest.approx([gap.size for gap in other.gaps], abs=1e-6)


def test_what_is_hardly_known_is_not_compared() -> None:
    some, few = np.full(100, np.nan), np.full(100, np.nan)
    some[:30], few[:9] = 1.0, np.arange(9.0)
    found = balance(np.column_stack([some, few]), ["some", "few"], np.arange(100) % 2 == 0)
    assert [gap.feature for gap in found.gaps] == ["some is known"]


def test_groups_that_have_nothing_in_common_are_told_so() -> None:
    treated = np.arange(60) % 3 == 0
    assert balance(np.where(treated, 0.0, 1.0)[:, None], ["called"], treated).gaps[0].size == -np.inf
