"""Baselines point the right way, become probabilities from training rows alone, and the best is found."""

import numpy as np
import pytest

from models.baselines import BASELINES, probabilities, scores

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
