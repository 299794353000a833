"""Baselines point the right way, become probabilities from training rows alone, and the best is found."""

import numpy as np
import pytest

from features.catalogue import FEATURES
from models.baselines import BASELINES, HANDFUL, LOGISTIC, lines, probabilities, scores
from models.fit_settings import Scope

NAMES = ("days_since_last_order", "order_days_365d", "expected_order_days", "probability_silent", "spend_365d")
GONE, LOYAL = [200, 3, 0.2, 0.9, 100], [5, 50, 8.0, 0.05, 9000]
VALUES = np.array([GONE, LOYAL], dtype=np.float32)


@pytest.mark.parametrize("name", [baseline.name for baseline in BASELINES["churn"]])
def test_a_silent_customer_scores_higher_for_churn_and_lower_for_partnership(name: str) -> None:
    churn, partnership = (scores(kind, VALUES, NAMES)[name] for kind in ("churn", "partnership"))
    assert churn[0] > churn[1]
    assert partnership[0] < partnership[1]


def test_a_baseline_without_data_is_left_out_and_a_null_takes_the_median() -> None:
    values = np.column_stack([[1, np.nan, 3, 9], np.full((4, 4), np.nan)]).astype(np.float32)
    found = scores("churn", values, NAMES)
    assert list(found) == ["recency"]
    assert found["recency"].tolist() == [1, 3, 3, 9]


def test_probabilities_keep_the_ranking_and_use_no_test_label() -> None:
    random = np.random.default_rng(0)
    days = random.exponential(60, 5000)
    label = (random.random(5000) < days / (days + 60)).astype(float)
    train, test = {"recency": days[:4000]}, {"recency": days[4000:]}
    found = probabilities("churn", train, label[:4000], test)["recency"]
    assert np.array_equal(np.argsort(found, kind="stable"), np.argsort(test["recency"], kind="stable"))
    assert abs(found.mean() - label[4000:].mean()) < 0.04


def test_the_handful_points_where_the_features_themselves_and_the_baselines_do() -> None:
    declared = {feature.name: feature.direction.get("churn", 0) for feature in FEATURES}
    single = {baseline.feature: baseline.direction for baseline in BASELINES["churn"]}
    for name, (_, direction) in HANDFUL.items():
        assert declared[name] in (0, direction)
        assert single.get(name, direction) == direction


@pytest.mark.parametrize(("kind", "sign"), [("churn", 1), ("partnership", -1)])
def test_no_weight_of_a_line_goes_against_what_is_known_of_its_feature(kind: str, sign: int) -> None:
    """Orders of a quarter and of a year go together: freely fitted, one of them would speak for the other side."""
    random = np.random.default_rng(4)
    year = random.gamma(2, 10, 4000)
    values = np.column_stack([year, year * random.uniform(0.2, 0.3, 4000)]).astype(np.float32)
    chance = 1 / (1 + np.exp(sign * (3 * np.log1p(values[:, 0]) - 2 * np.log1p(values[:, 1]) - 5)))
    label = (random.random(4000) < chance).astype(float)
    cutoff = np.full(4000, np.datetime64("2024-01-01"))
    names = ("order_days_365d", "order_days_90d")
    terms = {
        term.feature: term.weight for term in lines(kind, values, names, label, cutoff, scope=Scope())[LOGISTIC].terms
    }
    assert sign * terms["order_days_365d"] < 0 == terms["order_days_90d"]
