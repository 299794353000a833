"""Charts are pictures, the same for the same rows, and survive rows that show nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from models.evaluation.age import Age
from models.evaluation.tally import tally
from pipeline.report.charts import (
    ageing_chart,
    calibration_chart,
    gain_chart,
    importance_chart,
    profit_chart,
    qini_chart,
)

RANDOM = np.random.default_rng(0)
SCORE = RANDOM.beta(1, 3, 2000)
ROWS = tally(RANDOM.random(2000) < SCORE, SCORE)
NOBODY, ONE_CLASS = tally([], []), tally(np.zeros(50), np.full(50, 0.3))

LINE = np.linspace(0, 1, 11), np.linspace(0, 0.02, 11)


def age(months: int, auc: float = 0.8) -> Age:
    return Age(f"2024-0{months + 1}-01", months, 500, auc, auc - 0.05, 0.03, 0.04)


CHARTS: dict[str, Callable[[], bytes]] = {
    "calibration": lambda: calibration_chart(ROWS, 0.03, 0.02, "Churn"),
    "gain": lambda: gain_chart({"model": ROWS, "order count": ROWS}, "Churn"),
    "importance": lambda: importance_chart({"a": 0.7, "b": 0.3}, {"a": 0.4, "b": 0.9}, "Churn"),
    "calibration of one class": lambda: calibration_chart(ONE_CLASS, float("nan"), 0.3, "Churn"),
    "gain of one class": lambda: gain_chart({"model": ONE_CLASS}, "Churn"),
    "importance of nothing": lambda: importance_chart({}, {}, "Churn"),
    "profit": lambda: profit_chart(np.linspace(0, 1, 11), np.arange(11.0) * (5 - np.arange(11.0)), 0.3, "Churn"),
    "qini": lambda: qini_chart({"gain": LINE, "risk": (LINE[0], -LINE[1])}, "Call"),
    "ageing": lambda: ageing_chart([age(month) for month in range(5)], "Churn"),
    "ageing of one cutoff without a figure": lambda: ageing_chart([age(0, float("nan"))], "Churn"),
    "calibration of nobody": lambda: calibration_chart(NOBODY, float("nan"), float("nan"), "Churn"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_a_picture_and_the_same_again(name: str) -> None:
    picture = CHARTS[name]()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 3000
    assert CHARTS[name]() == picture
