"""A line fitted to a few features agrees with scikit-learn, adds up, survives storage, and asks for its own columns."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from features.errors import ModelProblem
from models.baselines import lines
from models.fit_settings import Scope
from models.linear import Linear
from models.logistic import logistic, scaled
from models.propensity import Propensity
from models.stored import load_model
from tests.models.conftest import NAMES, Rows

SCALES = {"silence_chance": "odds", "spend": "log"}


def line(rows: Rows) -> Linear:
    scope = Scope(target="silence", horizon_days=60, fingerprints=("a", "b", "c", "d"))
    return Linear.fit("logistic", SCALES, rows.values, NAMES, rows.label, rows.cutoff, scope=scope)  # type: ignore[arg-type]


def test_weights_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    features = random.normal(size=(800, 3))
    label = (random.random(800) < 1 / (1 + np.exp(-features @ [1.0, -0.5, 0.0]))).astype(float)
    intercept, weights = logistic(features, label)
    peer = LogisticRegression(C=1.0, tol=1e-10).fit(features, label)
    np.testing.assert_allclose(weights, peer.coef_[0], atol=1e-5)
    assert intercept == pytest.approx(peer.intercept_[0], abs=1e-5)


def test_a_weight_against_what_is_known_of_it_becomes_nothing_and_the_others_are_fitted_without_it() -> None:
    random = np.random.default_rng(3)
    drive = random.normal(size=2000)
    features = np.column_stack([drive, drive + random.normal(0, 0.3, 2000), random.normal(size=2000)])
    label = (random.random(2000) < 1 / (1 + np.exp(-2 * drive + features[:, 1]))).astype(float)
    _, free = logistic(features, label)
    intercept, held = logistic(features, label, [1, 1, 0])
    assert free[1] < 0 == held[1]
    alone = logistic(features[:, [0, 2]], label)
    assert intercept == pytest.approx(alone[0], abs=1e-5)
    np.testing.assert_allclose(held[[0, 2]], alone[1], atol=1e-5)


def test_contributions_add_up_to_the_log_odds_of_the_probability(rows: Rows) -> None:
    model = line(rows)
    total = model.contributions(rows.values, NAMES).sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(-total)), model.probability(rows.values, NAMES))
    assert not np.isnan(total).any()


def test_mean_probability_is_the_share_of_ones_in_training(rows: Rows) -> None:
    known = ~np.isnan(rows.label)
    assert line(rows).probability(rows.values[known], NAMES).mean() == pytest.approx(rows.label[known].mean(), abs=1e-4)


def test_it_speaks_of_its_own_features_alone(rows: Rows) -> None:
    model = line(rows)
    assert model.names == ("silence_chance", "spend")
    assert model.scope.fingerprints == ("a", "c")
    own = rows.values[:, [0, 2]]
    np.testing.assert_array_equal(model.probability(own), model.probability(rows.values, NAMES))
    with pytest.raises(ModelProblem, match="columns are not those"):
        model.probability(own, ["silence_chance", "noise"])


def test_storage_keeps_both_kinds_of_model_apart(rows: Rows, model: Propensity, tmp_path: Path) -> None:
    found = line(rows)
    found.save(tmp_path / "line")
    model.save(tmp_path / "trees")
    assert load_model(tmp_path / "line") == found
    assert isinstance(load_model(tmp_path / "trees"), Propensity)


def test_a_changed_line_is_refused(rows: Rows, tmp_path: Path) -> None:
    line(rows).save(tmp_path)
    text = (tmp_path / "bundle.json").read_text()
    (tmp_path / "bundle.json").write_text(text.replace('"intercept"', '"intercepted"'))
    with pytest.raises(ModelProblem, match="damaged or was changed"):
        load_model(tmp_path)


def test_one_class_cannot_be_learned(rows: Rows) -> None:
    scope = Scope(target="silence")
    with pytest.raises(ModelProblem, match="too little to learn"):
        Linear.fit("l", {"spend": "log"}, rows.values, NAMES, np.ones(len(rows.label)), rows.cutoff, scope=scope)


def test_baselines_become_lines_where_their_feature_is_known() -> None:
    random = np.random.default_rng(1)
    names = ("days_since_last_order", "order_days_365d", "expected_order_days", "probability_silent", "spend_365d")
    values = random.gamma(2, 10, (300, 5)).astype(np.float32)
    values[:, 4] = np.nan
    label = (random.random(300) < values[:, 0] / 60).astype(float)
    cutoff = np.full(300, np.datetime64("2024-01-01"))
    found = lines("partnership", values, names, label, cutoff, scope=Scope())
    assert set(found) == {"recency", "order_count", "expected_orders", "bg_nbd", "logistic"}
    assert "spend_365d" not in found["logistic"].names


def test_a_skewed_count_is_put_on_a_logarithm_either_side_of_zero() -> None:
    np.testing.assert_allclose(scaled([-(np.e - 1), 0, np.e - 1], "log"), [-1, 0, 1])
