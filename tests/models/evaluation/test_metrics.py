"""Metrics agree with scikit-learn, do not depend on the order of rows, and never crash."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from features.errors import DataProblem
from models.evaluation.metrics import METRICS, calibration_curve, measure
from models.evaluation.tally import tally

rows = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.9, 1.0])), min_size=2)


@given(rows)
def test_ranking_and_brier_agree_with_scikit_learn(rows: list[tuple[int, float]]) -> None:
    label, score = np.array(rows).T
    found, _ = measure(label, score)
    assert found["brier"] == pytest.approx(oracle.brier_score_loss(label, score))
    if 0 < label.mean() < 1:
        assert found["roc_auc"] == pytest.approx(oracle.roc_auc_score(label, score))
        assert found["average_precision"] == pytest.approx(oracle.average_precision_score(label, score))


@given(rows, st.randoms(use_true_random=False))
def test_no_metric_depends_on_the_order_of_rows(rows: list[tuple[int, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (measure(*np.array(table).T)[0] for table in (rows, shuffled))
    np.testing.assert_allclose(list(one.values()), list(other.values()), equal_nan=True)


def test_calibration_error_by_hand() -> None:
    # two rows a bin: eight bins are right on average, the last two are off by 0.4 and 0.2
    score = np.repeat(np.linspace(0.05, 0.95, 10), 2) // 0.05 * 0.05
    label = np.tile([0, 1], 10)
    expected = np.abs(score.reshape(10, 2).mean(axis=1) - 0.5).mean()
    assert METRICS["calibration_error"](tally(label, score)) == pytest.approx(expected)


def test_one_score_for_everybody_is_calibrated_when_it_is_the_base_rate() -> None:
    predicted, observed, weight = calibration_curve(tally([0, 0, 0, 1] * 25, np.full(100, 0.25)))
    np.testing.assert_allclose(predicted, observed)
    assert weight.tolist() == [10] * 10


@pytest.mark.parametrize(
    ("label", "score", "lift"),
    [
        ([1] + [0] * 9, [0.9] + [0.1] * 9, 10.0),
        ([1, 0] * 10, [0.9] * 20, 1.0),
        ([0] * 18 + [1, 1], np.arange(20) / 20, 10.0),
    ],
    ids=["perfect", "all tied: no better than blind", "twenty rows, two on top"],
)
def test_lift_of_the_top_tenth(label: list[int], score: list[float], lift: float) -> None:
    assert measure(label, score)[0]["lift_top_tenth"] == pytest.approx(lift)


@pytest.mark.parametrize(
    ("label", "reason"),
    [([1, 1, 1], "all 3 labels are 1"), ([0, 0], "all 2 labels are 0"), ([], "no row has a mature label")],
)
def test_one_class_gives_nan_and_says_why(label: list[int], reason: str) -> None:
    found, why = measure(label, np.full(len(label), 0.4))
    assert np.isnan(found["roc_auc"])
    assert reason in why


@pytest.mark.parametrize(
    ("label", "score", "named"),
    [
        ([0, np.nan], [0.1, 0.2], "a null label"),
        ([0, 2], [0.1, 0.2], "a label other than 0 and 1"),
        ([0, 1], [0.1, np.nan], "a null score"),
        ([0, 1], [0.1], "2 labels and 1 scores"),
    ],
)
def test_what_cannot_be_measured_is_refused(label: list[float], score: list[float], named: str) -> None:
    with pytest.raises(DataProblem, match=named):
        measure(label, score)
