"""What the table of a training shows of scores that foretell something else than the label: how they rank, alone."""

import numpy as np
import pytest

from models.evaluation.comparison import compare
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from pipeline.training.outcome import SHOWN, _flat, _table

ROWS = 400


@pytest.fixture(scope="module")
def lines() -> dict[str, list[str]]:
    """The columns of the table by the name of the score."""
    return {name: line.split()[-len(SHOWN) :] for line in _table(FOUND, each_cutoff=False) for name in line.split()}


def found_beside_staying() -> object:
    random = np.random.default_rng(4)
    label = (np.arange(ROWS) % 4 == 0).astype(float)
    scores = {name: 0.4 * label + 0.6 * random.random(ROWS) for name in (MODEL, UNCALIBRATED, "stays", "spend")}
    day = np.full(ROWS, np.datetime64("2024-01-01"))
    rows = TestRows(np.arange(ROWS), day, label, scores, ("spend",), shown=("stays",))
    return compare(rows, draws=20, seed=1, workers=1, confidence=0.95)


FOUND = found_beside_staying()


def test_of_a_model_of_staying_only_the_ranking_is_shown(lines: dict[str, list[str]]) -> None:
    """Its Brier score against partnership, which it does not foretell, would look like a broken model."""
    ranks = [metric in ("roc_auc", "average_precision", "lift_top_tenth") for metric in SHOWN]
    assert [cell != "-" for cell in lines["stays"]] == ranks
    assert "-" not in lines["spend"] and "-" not in lines["model"]


def test_runs_keep_no_other_figure_of_it() -> None:
    kept = _flat("test", FOUND)  # type: ignore[arg-type]
    assert "test_stays_roc_auc" in kept and "test_stays_brier" not in kept
    assert "test_brier" in kept and "test_spend_brier" in kept
