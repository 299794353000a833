"""What lots say: slopes against plain regressions, errors against what chance does, and nothing where nothing is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import special
from sklearn.linear_model import PoissonRegressor

from models.decision.evidence import Evidence
from models.decision.lots import PRIOR, Lots
from models.decision.pace import PENALTY, expected_orders, variance_of

RATE = 4.0


def lots(size: int, *, level: float = 0.0, slope: float = 0.0, seed: int = 0) -> tuple[Lots, np.ndarray, np.ndarray]:
    """Lots in two campaigns of unlike shares, one standardised column, and the chance of leaving without lots.

    Treating moves the logarithm of the orders and the log-odds of staying by `level + slope * column`.
    """
    random = np.random.default_rng(seed)
    column, risk = random.normal(size=size), random.beta(2, 4, size)
    campaign = np.arange(size) % 2
    treated = random.random(size) < np.where(campaign == 0, 0.5, 0.7)
    shift = (level + slope * column) * treated
    left = random.random(size) < special.expit(special.logit(risk) - shift)
    day = np.datetime64("2024-01-01") + campaign * 100
    values = np.asfortranarray(np.column_stack([risk, column]).astype(np.float32))
    orders = random.poisson(RATE * np.exp(shift)).astype(float)
    return (
        Lots(values, (PRIOR, "column"), treated, left.astype(float), orders, day, np.arange(size)),
        column[:, None],
        risk,
    )


def test_it_finds_level_and_slope_of_both_outcomes() -> None:
    found = Evidence.of(*lots(100_000, level=0.05, slope=0.1))
    apart = (found.value - np.array([0.05, 0.1, 0.05, 0.1])) / np.sqrt(np.diag(found.covariance))
    # the model of chance that lots are held against is fitted with the treated in it: a part in forty of the effect
    assert np.abs(apart).max() < 3.5


def test_errors_are_as_wide_as_chance() -> None:
    found = [Evidence.of(*lots(2_000, seed=seed)) for seed in range(120)]
    ratio = np.array([each.value / np.sqrt(np.diag(each.covariance)) for each in found])
    assert np.abs(ratio.mean(axis=0)).max() < 4 / np.sqrt(120)
    assert ratio.std(axis=0) == pytest.approx(np.ones(4), abs=0.25)


def test_rows_of_a_customer_are_no_further_customers() -> None:
    once, column, risk = lots(1_000, seed=3)
    twice = Lots(
        np.asfortranarray(np.tile(once.values, (2, 1))),
        once.names,
        *(np.tile(part, 2) for part in (once.treated, once.left, once.orders, once.day, once.customer)),
    )
    ours, theirs = Evidence.of(once, column, risk), Evidence.of(twice, np.tile(column, (2, 1)), np.tile(risk, 2))
    assert theirs.value == pytest.approx(ours.value, abs=1e-3)
    assert theirs.covariance == pytest.approx(ours.covariance, rel=0.02, abs=1e-6)
    # the mutant: each row a customer of its own
    apart = Evidence.of(replace(twice, customer=np.arange(2_000)), np.tile(column, (2, 1)), np.tile(risk, 2))
    assert np.diag(apart.covariance) == pytest.approx(np.diag(ours.covariance) / 2, rel=0.02)


def test_who_orders_more_stays_likelier_and_the_errors_know_it() -> None:
    found, column, risk = lots(20_000, seed=4)
    linked = Evidence.of(replace(found, orders=found.orders * (1 - found.left)), column, risk)
    across = linked.covariance[0, 2] / np.sqrt(linked.covariance[0, 0] * linked.covariance[2, 2])
    assert across > 0.5 > abs(Evidence.of(found, column, risk).covariance[0, 2]) / found.orders.var()


def test_expected_orders_agree_with_scikit_learn() -> None:
    random = np.random.default_rng(1)
    columns = random.normal(size=(500, 2))
    orders = random.poisson(np.exp(0.5 + 0.4 * columns[:, 0] - 0.1 * columns[:, 1] ** 2)).astype(float)
    oracle = PoissonRegressor(alpha=PENALTY / 500, tol=1e-10, max_iter=10_000)
    squares = np.column_stack([columns, columns**2])
    assert expected_orders(columns, orders) == pytest.approx(oracle.fit(squares, orders).predict(squares), rel=1e-4)


def test_nobody_orders() -> None:
    assert expected_orders(np.zeros((3, 1)), np.zeros(3)) == pytest.approx(np.full(3, 0.01))


def test_the_variance_is_that_of_the_like() -> None:
    random = np.random.default_rng(2)
    expected = random.uniform(1, 50, 40_000)
    orders = random.negative_binomial(expected, 0.5).astype(float)  # variance twice the mean
    found = variance_of(expected, orders) / (2 * expected)
    assert found[expected > 5] == pytest.approx(np.ones((expected > 5).sum()), abs=0.5)
    assert found.mean() == pytest.approx(1, abs=0.1)
