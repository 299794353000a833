"""Which comparison decided about partnership, and where staying alone ranks as well, in words chosen by intervals."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.comparison import Comparison, compare
from models.evaluation.interval import Interval
from models.evaluation.staying import STAYS, beside_staying
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows

ROWS = 300
BETTER, EQUAL, WORSE = Interval(0.1, 0.05, 0.15), Interval(0.01, -0.02, 0.04), Interval(-0.1, -0.15, -0.05)


def comparison(shown: tuple[str, ...] = (STAYS,)) -> Comparison:
    random = np.random.default_rng(1)
    label = (np.arange(ROWS) % 3 == 0).astype(float)
    day = np.full(ROWS, np.datetime64("2024-01-01"))
    scores = {name: label * 0.3 + random.random(ROWS) / 2 for name in (MODEL, UNCALIBRATED, "bg_nbd", STAYS)}
    rows = TestRows(np.arange(ROWS), day, label, scores, ("bg_nbd",), shown=shown)
    return compare(rows, draws=50, seed=1, workers=1, confidence=0.95)


FOUND = comparison()


def with_lead(lead: Interval) -> Comparison:
    return replace(FOUND, shown={STAYS: lead})


def test_a_lead_that_is_shown_is_of_the_same_rows_and_has_no_say() -> None:
    figures = FOUND.pooled.figures
    assert FOUND.shown[STAYS].value == pytest.approx(figures[MODEL]["roc_auc"] - figures[STAYS]["roc_auc"])
    assert FOUND.summary()["shown"] == {STAYS: FOUND.shown[STAYS].summary()}
    assert (FOUND.best_baseline, FOUND.peers) == ("bg_nbd", {})
    assert with_lead(WORSE).refusal() == FOUND.refusal()
    alike = comparison(shown=())
    assert (alike.lead, alike.intervals, alike.shown) == (FOUND.lead, FOUND.intervals, {})


@pytest.mark.parametrize(
    ("everybody", "stayers", "words"),
    [
        (EQUAL, BETTER, ["ranks about as well as the model (lead of the model 0.010", "stayed the model ranks better"]),
        (BETTER, BETTER, ["among everybody the model ranks better than it", "it tells more than who stays"]),
        (WORSE, EQUAL, ["ranks even better than the model", "cannot be told apart either"]),
        (EQUAL, WORSE, ["ranks about as well", "go by the chance of leaving"]),
    ],
)
def test_each_outcome_has_its_words(everybody: Interval, stayers: Interval, words: list[str]) -> None:
    said = beside_staying(with_lead(everybody), with_lead(stayers))
    assert said.startswith(f"What decides is the AUC among everybody, beside bg nbd (lead {FOUND.lead}).")
    assert all(each in said for each in ["decides nothing", *words])


def test_a_simpler_model_that_may_not_be_better_decides_too() -> None:
    said = beside_staying(replace(with_lead(EQUAL), peers={"logistic": WORSE}), None)
    assert f"(lead {FOUND.lead}), and beside logistic (lead {WORSE}), which may not surely be better. Staying" in said


def test_without_staying_alone_nothing_is_said() -> None:
    assert beside_staying(comparison(shown=()), None) == ""


def test_without_stayers_only_everybody_is_spoken_of() -> None:
    assert "Among those who stayed" not in beside_staying(with_lead(EQUAL), None)
