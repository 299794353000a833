"""Charts are pictures, the same for the same rows, and survive rows that show nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from models.evaluation.tally import tally
from pipeline.report.charts import calibration_chart, gain_chart, importance_chart

RANDOM = np.random.default_rng(0)
SCORE = RANDOM.beta(1, 3, 2000)
ROWS = tally(RANDOM.random(2000) < SCORE, SCORE)
NOBODY, ONE_CLASS = tally([], []), tally(np.zeros(50), np.full(50, 0.3))

CHARTS: dict[str, Callable[[], bytes]] = {
    "calibration": lambda: calibration_chart(ROWS, 0.03, 0.02, "Churn"),
    "gain": lambda: gain_chart({"model": ROWS, "order count": ROWS}, "Churn"),
    "importance": lambda: importance_chart({"a": 0.7, "b": 0.3}, {"a": 0.4, "b": 0.9}, "Churn"),
    "calibration of one class": lambda: calibration_chart(ONE_CLASS, float("nan"), 0.3, "Churn"),
    "gain of one class": lambda: gain_chart({"model": ONE_CLASS}, "Churn"),
    "importance of nothing": lambda: importance_chart({}, {}, "Churn"),
    "calibration of nobody": lambda: calibration_chart(NOBODY, float("nan"), float("nan"), "Churn"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_a_picture_and_the_same_again(name: str) -> None:
    picture = CHARTS[name]()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 3000
    assert CHARTS[name]() == picture
