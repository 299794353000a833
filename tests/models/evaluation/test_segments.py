"""Tenths, segments and permutation say where a model is off, where weak, and what it rests on."""

import numpy as np
import pytest

from models.evaluation.permutation import named_groups, permutation_importance
from models.evaluation.reliability import tenths
from models.evaluation.segments import FEWEST_ROWS, segments
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows

RANDOM = np.random.default_rng(8)
CHANCE = RANDOM.uniform(0.05, 0.95, 4000)
LABEL = (RANDOM.random(4000) < CHANCE).astype(float)
DAYS = np.repeat(np.array(["2024-01-01", "2024-02-01"], dtype="datetime64[D]"), 2000)


def test_right_probabilities_are_within_chance_and_wrong_ones_are_off() -> None:
    right = tenths(LABEL, CHANCE, CHANCE)
    assert sum(each.off for each in right) <= 2
    assert all(each.low <= each.predicted <= each.high for each in right)
    wrong = tenths(LABEL, CHANCE**2, CHANCE)
    assert sum(each.off for each in wrong) >= 8
    assert [each.before for each in wrong] == pytest.approx([each.predicted for each in right])
    assert tenths(LABEL[:0], CHANCE[:0], CHANCE[:0]) == []


def test_a_kind_of_customer_the_model_knows_nothing_of_is_weak() -> None:
    odd = np.arange(4000) % 2 == 1
    score = np.where(odd, RANDOM.permutation(CHANCE), CHANCE)
    rows = TestRows(np.arange(4000), DAYS, LABEL, {MODEL: score, UNCALIBRATED: CHANCE}, ())
    kinds = {"size": np.where(odd, "small", "large"), "rare": np.where(np.arange(4000) < FEWEST_ROWS - 1, "few", "")}
    found = {each.value: each for each in segments(rows, kinds, draws=60, seed=1, workers=1, confidence=0.95)}
    assert list(found) == ["large", "small", "few"]
    assert found["large"].weakness(0.7) == ""
    assert "AUC" in found["small"].weakness(0.7)
    assert "calibration error" in found["small"].weakness(0.7)
    assert found["few"].why == "99 rows, at least 100 are needed"
    assert np.isnan(found["few"].auc.value)


def test_a_segment_with_few_of_an_outcome_has_no_figure() -> None:
    label = np.zeros(400)
    label[:9] = 1
    rows = TestRows(np.arange(400), DAYS[:400], label, {MODEL: CHANCE[:400], UNCALIBRATED: CHANCE[:400]}, ())
    (found,) = segments(rows, {"all": np.full(400, "all")}, draws=10, seed=1, workers=1, confidence=0.95)
    assert found.why == "9 of the rarer outcome, at least 10 are needed"


def test_features_that_say_the_same_are_missed_only_together() -> None:
    signal = np.log(CHANCE / (1 - CHANCE))
    values = np.column_stack([signal, signal, RANDOM.normal(size=4000)]).astype(np.float32)

    def score(rows: np.ndarray) -> np.ndarray:
        return (rows[:, 0] + rows[:, 1]).astype(np.float64)

    columns = {"first": [0], "second": [1], "both": [0, 1], "noise": [2]}
    falls = permutation_importance(score, values, LABEL, DAYS, columns, seed=3)
    assert next(iter(falls)) == "both"
    assert falls["both"].value > 2 * falls["first"].value > 0
    assert falls["noise"].value == 0
    assert falls["both"].low <= falls["both"].value <= falls["both"].high


def test_dealing_stays_within_a_cutoff() -> None:
    # a feature that only tells the cutoffs apart is not missed when it is dealt within them
    values = (DAYS[0] == DAYS).astype(np.float32)[:, None]
    falls = permutation_importance(lambda rows: rows[:, 0].astype(float), values, LABEL, DAYS, {"season": [0]})
    assert falls["season"].value == 0


def test_a_group_is_named_after_its_most_important_member() -> None:
    found = named_groups([1, 1, 2], ["orders", "lines", "spend"], {"lines": 0.5, "orders": 0.1})
    assert found == {"lines and 1 like it": [0, 1], "spend": [2]}
