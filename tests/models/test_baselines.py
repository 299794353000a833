"""Baselines point the right way, become probabilities from training rows alone, and the best is found."""

import numpy as np
import pytest

from features.catalogue import FEATURES
from models.baselines import BASELINES, HANDFUL, LOGISTIC, lines, probabilities, scores
from models.fit_settings import Scope

NAMES = ("days_since_last_order", "order_days_365d", "expected_order_days", "probability_silent", "spend_365d")
GONE, LOYAL = [200, 3, 0.2, 0.9, 100], [5, 50, 8.0, 0.05, 9000]
VALUES = np.array([GONE, LOYAL], dtype=np.float32)


@pytest.mark.parametrize(("kind", "name"), [(kind, each.name) for kind in BASELINES for each in BASELINES[kind]])
def test_a_silent_customer_scores_higher_for_churn_and_lower_for_partnership(kind: str, name: str) -> None:
    gone, loyal = scores(kind, VALUES, NAMES)[name]
    assert gone > loyal if kind == "churn" else gone < loyal


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
    assert [name for name, (_, direction) in HANDFUL.items() if direction == 0] == ["tenure_days"]
    assert {direction for _, direction in HANDFUL.values()} == {-1, 0, 1}


def test_what_cannot_exceed_1_is_taken_as_odds_and_all_else_by_its_logarithm() -> None:
    bounded = {feature.name for feature in FEATURES if feature.highest == 1}
    scales = {name: scale for name, (scale, _) in HANDFUL.items()}
    scales |= {each.feature: each.scale for kind in BASELINES.values() for each in kind}
    assert scales == {name: "odds" if name in bounded else "log" for name in scales}


def test_a_feature_that_is_null_for_everybody_is_in_no_line() -> None:
    values = np.column_stack([np.tile([3.0, 90.0], 50), np.full(100, np.nan)]).astype(np.float32)
    label, cutoff = np.tile([0, 0, 1, 1], 25), np.full(100, np.datetime64("2024-01-01"))
    found = lines("churn", values, ("days_since_last_order", "order_days_365d"), label, cutoff, scope=Scope())
    assert list(found) == ["recency", LOGISTIC]
    assert [term.feature for term in found[LOGISTIC].terms] == ["days_since_last_order"]


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
