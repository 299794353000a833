"""The model is measured beside its baselines on the same rows, and the gate lets nothing doubtful through."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from models.evaluation.comparison import Comparison, compare
from models.evaluation.interval import Interval
from models.evaluation.level import BASE_RATE, BEARABLE, Level
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows

ROWS = 1500


def rows(skill: float, rival: float, label: float | None = None, shift: float = 0.0) -> TestRows:
    random = np.random.default_rng(3)
    hidden = random.normal(size=ROWS)
    chance = 1 / (1 + np.exp(-2 * hidden))
    labels = (random.random(ROWS) < chance).astype(float) if label is None else np.full(ROWS, label)
    blurred = (
        1 / (1 + np.exp(-2 * (share * hidden + (1 - share) * random.normal(size=ROWS)))) for share in (skill, rival)
    )
    model, other = blurred
    scores = {MODEL: np.clip(model + shift, 0, 1), UNCALIBRATED: model, "order_count": other, "spend": 1 - other}
    cutoff = np.repeat(np.array(["2024-01-01", "2024-02-01", "2024-03-01"], dtype="datetime64[D]"), ROWS // 3)
    return TestRows(np.arange(ROWS) % 500, cutoff, labels, scores, ("order_count", "spend"))


def compared(found: TestRows) -> Comparison:
    return compare(found, draws=100, seed=1, workers=1, confidence=0.95)


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (rows(skill=1.0, rival=0.5), ""),
        (rows(skill=0.5, rival=1.0), "does not beat the best baseline"),
        (rows(skill=0.0, rival=0.0), "no signal"),
        (rows(skill=1.0, rival=0.5, label=1.0), "could not be tested: all 1500 labels are 1"),
        (rows(skill=1.0, rival=0.5).take(np.zeros(ROWS, dtype=bool)), "could not be tested: no row"),
    ],
    ids=["better", "worse", "noise", "only churn", "nobody"],
)
def test_gate(found: TestRows, refusal: str) -> None:
    assert compared(found).refusal().startswith(refusal) or refusal in compared(found).refusal()
    assert bool(compared(found).refusal()) == bool(refusal)


def test_best_baseline_and_lead_are_of_the_same_rows() -> None:
    found = compared(rows(skill=1.0, rival=0.5))
    assert found.best_baseline == "order_count"
    assert found.lead.value == pytest.approx(found.auc - found.baseline_auc)
    assert 0 < found.lead.low < found.lead.value < found.lead.high


def levelled(shift: float, rows_of: TestRows) -> TestRows:
    """Beside the base rate of training and a rival that is calibrated, with a model off by `shift` in log-odds."""
    odds = special.logit(rows_of.scores[MODEL]) + shift
    scores = {**rows_of.scores, BASE_RATE: np.full(ROWS, 0.5), MODEL: special.expit(odds)}
    return replace(rows_of, scores=scores, calibrated=(BASE_RATE, "order_count"))


def test_a_model_that_ranks_well_at_a_wrong_height_is_refused_with_the_numbers() -> None:
    found = compared(levelled(4.0, rows(skill=1.0, rival=0.5)))
    assert found.auc > found.baseline_auc
    assert re.fullmatch(
        r"the height of its probabilities is off: Brier score 0\.\d{3}, surely worse than 0\.250 of base rate "
        r"\(by 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]\)",
        found.refusal(),
    )
    assert found.summary()["levels"][BASE_RATE]["more"]["low"] > 0  # type: ignore[index]


def test_a_model_better_than_the_base_rate_may_still_be_worse_than_a_calibrated_rival() -> None:
    found = compared(levelled(1.2, rows(skill=1.0, rival=0.8)))
    base, rival = found.levels
    assert (base.rival, rival.rival) == (BASE_RATE, "order_count")
    assert base.more.high < 0 < rival.more.low
    assert "surely worse than" in found.refusal() and "of order count" in found.refusal()


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_a_model_of_about_the_right_height_is_not_refused_for_it(shift: float) -> None:
    assert compared(levelled(shift, rows(skill=1.0, rival=0.5))).refusal() == ""


def test_what_may_be_chance_is_not_refused() -> None:
    few = levelled(1.2, rows(skill=1.0, rival=0.8)).take(np.arange(ROWS) % 500 < 12)
    found = compared(few)
    assert found.levels[1].more.value > BEARABLE > found.levels[1].more.low
    assert found.level_refusal() == ""


@pytest.mark.parametrize(
    ("rival", "low", "refused"),
    [(BASE_RATE, 0.001, True), (BASE_RATE, -0.001, False), ("bg_nbd", 0.009, False), ("bg_nbd", 0.011, True)],
)
def test_beside_a_baseline_a_little_is_bearable_and_beside_the_base_rate_nothing(
    rival: str, low: float, refused: bool
) -> None:
    level = Level(rival, 0.23, 0.21, Interval(0.02, low, 0.03))
    assert bool(level.refusal()) is refused


def test_a_gate_without_the_check_lets_a_wrong_height_through() -> None:
    found = levelled(4.0, rows(skill=1.0, rival=0.5))
    assert compared(replace(found, calibrated=())).refusal() == ""


def test_every_cutoff_is_measured() -> None:
    found = compared(rows(skill=1.0, rival=0.5))
    assert list(found.cutoffs) == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert sum(part.rows for part in found.cutoffs.values()) == found.pooled.rows == ROWS
    assert set(found.pooled.figures) == {MODEL, UNCALIBRATED, "order_count", "spend"}


def test_calibration_that_chance_does_not_explain_is_said() -> None:
    assert not compared(rows(skill=1.0, rival=0.5)).notes
    assert len(compared(rows(skill=1.0, rival=0.5, shift=0.2)).notes) == 3


def test_without_a_baseline_chance_is_to_be_beaten() -> None:
    found = rows(skill=1.0, rival=0.5)
    alone = compared(TestRows(found.customer, found.cutoff, found.label, {MODEL: found.scores[MODEL]}, ()))
    assert alone.refusal() == ""
    assert alone.baseline_auc == 0.5
    assert alone.lead.low == alone.intervals["roc_auc"].low - 0.5


def test_a_peer_may_be_as_good_but_not_surely_better() -> None:
    found = rows(skill=0.7, rival=0.5)
    noise = np.random.default_rng(2).normal(0, 0.001, ROWS)
    as_good, better = found.scores[MODEL] + noise, rows(skill=1.0, rival=0.5).scores[MODEL]
    near, beaten = (
        compared(replace(found, scores={**found.scores, "logistic": score}, peers=("logistic",)))
        for score in (as_good, better)
    )
    assert near.refusal() == ""
    assert any("logistic ranks as well as can be told" in note for note in near.notes)
    assert beaten.refusal() == "the simpler model logistic is surely better"


def test_each_cutoff_has_an_interval_of_its_own() -> None:
    found = compared(rows(skill=1.0, rival=0.5))
    for part in found.cutoffs.values():
        auc = part.intervals["roc_auc"]
        assert auc.low < part.figures[MODEL]["roc_auc"] == auc.value < auc.high
        assert auc.high - auc.low > found.intervals["roc_auc"].high - found.intervals["roc_auc"].low
