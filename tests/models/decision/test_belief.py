"""What is to be believed after lots: little from little, all from much, and staying from orders."""

import itertools

import numpy as np
import pytest
from scipy import stats

from models.decision.belief import APART, FOLLOWS, LEVEL, LEVEL_APART, SLOPES, Belief
from models.decision.evidence import Evidence


def evidence(orders: list[float], staying: list[float], error: tuple[float, float]) -> Evidence:
    """Level and slopes with independent errors."""
    errors = np.repeat(error, len(orders))
    return Evidence(np.array([*orders, *staying]), np.diag(errors**2))


def test_without_evidence_nothing_is_believed() -> None:
    found = Belief.after(evidence([0.3, 0.2], [-0.5, 0.4], (1e3, 1e3)))
    assert found.mean == pytest.approx([0, 0], abs=1e-4)
    assert found.same == pytest.approx(1 / (len(SLOPES) * len(APART)), rel=1e-3)
    level = LEVEL_APART**2 + np.mean(np.square(FOLLOWS)) * LEVEL**2
    assert found.covariance[0, 0] == pytest.approx(level, rel=1e-3)


def test_much_evidence_is_believed_whatever_orders_say() -> None:
    found = Belief.after(evidence([0.1, 0.0], [-0.2, 0.15], (1.0, 1e-4)))
    assert found.mean == pytest.approx([-0.2, 0.15], abs=1e-3)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx([1e-4, 1e-4], rel=0.05)


def test_staying_follows_from_orders_where_it_shows_nothing_itself() -> None:
    slopes = [0.05, -0.05, 0.05, -0.05, 0.05]
    found = Belief.after(evidence([0.1, *slopes], [0.0] * 6, (0.005, 10.0)))
    assert found.mean / np.array([0.1, *slopes]) == pytest.approx(np.full(6, 1.5), abs=0.15)


def test_without_differences_between_customers_one_effect_remains() -> None:
    found = Belief.after(evidence([0.1] + [0.0] * 12, [0.15] + [0.0] * 12, (0.01, 0.03)))
    assert found.same > 5 / (len(SLOPES) * len(APART))
    assert np.abs(found.mean[1:]).max() < 1e-12
    told = Belief.after(evidence([0.1] + [0.05, -0.05] * 6, [0.15] + [0.08, -0.08] * 6, (0.01, 0.03)))
    assert told.same < 1e-6


def test_it_agrees_with_a_plain_sum_over_settings() -> None:
    """One slope and one level: each setting by scipy's normal density, and regression of effect on evidence."""
    random = np.random.default_rng(1)
    root = random.normal(size=(4, 4)) * 0.05
    given = Evidence(random.normal(size=4) * 0.1, root @ root.T + np.eye(4) * 1e-4)
    weights, means = [], []
    for slope, follows, apart in itertools.product(SLOPES, FOLLOWS, APART):
        # effects are sums of independent parts: level and slope on orders, and departures of staying from them
        parts = np.diag(np.square([LEVEL, slope, LEVEL_APART, apart]))
        makes = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [follows, 0, 1, 0], [0, follows, 0, 1]])
        prior = makes @ parts @ makes.T
        seen = prior + given.covariance
        weights.append(stats.multivariate_normal(np.zeros(4), seen).pdf(given.value))
        means.append((prior @ np.linalg.inv(seen) @ given.value)[2:])
    found = Belief.after(given)
    assert found.mean == pytest.approx(np.average(means, axis=0, weights=weights), rel=1e-8)


@pytest.mark.slow
def test_what_is_believed_holds_as_often_as_it_says() -> None:
    random = np.random.default_rng(2)
    inside = []
    for _ in range(150):
        slope, follows, apart = random.choice(SLOPES), random.choice(FOLLOWS), random.choice(APART)
        orders = random.normal(size=3) * np.array([LEVEL, slope, slope])
        staying = follows * orders + random.normal(size=3) * np.array([LEVEL_APART, apart, apart])
        errors = np.repeat([0.02, 0.06], 3)
        seen = np.concatenate([orders, staying]) + random.normal(size=6) * errors
        found = Belief.after(Evidence(seen, np.diag(errors**2)))
        low = found.mean - stats.norm.ppf(0.9) * np.sqrt(np.diag(found.covariance))
        inside.append(staying >= low)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.04)
