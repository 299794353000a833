"""From which figure on a broken promise is an alarm. Shipped limits but: a loss of AUC of 0.02, an error of 0.03."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.evaluation.interval import Interval
from pipeline.monitor import performance as judging
from pipeline.monitor.drift import Watched
from pipeline.monitor.finding import Finding
from pipeline.monitor.performance import RealisedExport
from tests.pipeline.made_rows import settings

DAY = date(2024, 6, 30)
SURE = Interval(0.5, 0.5, 0.5)
ROWS = pd.DataFrame({"customer": ["ann", "bob"], "probability": [0.2, 0.9], "label": [0.0, 1.0]})


@pytest.fixture
def watched() -> Watched:
    config = settings()
    limits = {"smallest_auc_loss": 0.02, "smallest_calibration_error": 0.03}
    changed = config.model_copy(update={"monitor": config.monitor.model_copy(update=limits)})
    return SimpleNamespace(kind="churn", config=changed)  # type: ignore[return-value]


def kept(figure: str, value: Interval, days: int = 0, **promised: float) -> RealisedExport:
    figures = dict.fromkeys(judging.FIGURES, SURE) | {figure: value}
    return RealisedExport(DAY + timedelta(days=days), ROWS, figures, promised)


def of_newest(figure: str, each: RealisedExport, watched: Watched) -> Finding:
    older = [kept(figure, each.figures[figure], -days, **each.promised) for days in (200, 100)]
    found = [one for one in judging._beside_promise([*older, each], watched) if judging.WORDS[figure] in one.subject]
    assert [one.alarm for one in found[:-1]] == [False, False], "only the newest raises an alarm"
    return found[-1]


@pytest.mark.parametrize(
    ("realised", "promised", "limit", "alarm"),
    [
        # the ranges of both: the root of 0.06 squared and 0.08 squared is 0.1
        (Interval(0.69, 0.6, 0.77), {"test_roc_auc": 0.8, "test_roc_auc_low": 0.74}, 0.7, True),
        (Interval(0.71, 0.6, 0.79), {"test_roc_auc": 0.8, "test_roc_auc_low": 0.74}, 0.7, False),
        (Interval(0.71, 0.6, 0.79), {"test_roc_auc": 0.8}, 0.72, True),  # a promise without a range
        # of a figure that is sure, the least loss that is worth an alarm
        (Interval(0.77, 0.77, 0.77), {"test_roc_auc": 0.8, "test_roc_auc_low": 0.8}, 0.78, True),
        (Interval(0.79, 0.79, 0.79), {"test_roc_auc": 0.8, "test_roc_auc_low": 0.8}, 0.78, False),
        (Interval(0.9, 0.9, 0.9), {"test_roc_auc": 0.8, "test_roc_auc_low": 0.8}, 0.78, False),
        (Interval(0.5, 0.5, 0.5), {}, np.nan, False),  # nothing was promised
        (Interval(np.nan, np.nan, np.nan), {"test_roc_auc": 0.8}, np.nan, False),
    ],
)
def test_a_ranking_is_an_alarm_below_the_promise_beyond_both_ranges(watched, realised, promised, limit, alarm):
    found = of_newest("roc_auc", kept("roc_auc", realised, **promised), watched)
    np.testing.assert_allclose([found.got, found.limit], [realised.value, limit])
    assert (found.alarm, "train again" in found.todo) == (alarm, alarm)


@pytest.mark.parametrize(
    ("error", "band", "promised", "limit"),
    [
        (0.06, 0.05, {}, 0.05),
        (0.05, 0.05, {}, 0.05),
        (0.06, 0.01, {"test_calibration_error_high": 0.04, "test_calibration_error": 0.9}, 0.04),
        (0.06, 0.01, {"test_calibration_error_high": 0.07}, 0.07),
        (0.06, 0.01, {}, 0.03),
    ],
)
def test_probabilities_are_off_beyond_chance_beyond_the_promise_and_beyond_what_matters(
    watched, monkeypatch, error, band, promised, limit
):
    monkeypatch.setattr(judging, "calibration_band", lambda chance, seed: band if chance.tolist() == [0.2, 0.9] else 9)
    found = of_newest("calibration_error", kept("calibration_error", Interval(error, 0, 1), **promised), watched)
    assert (found.got, found.limit, found.alarm) == (error, limit, error > limit)
    assert ("as a ranking" in found.todo) == found.alarm


@pytest.mark.parametrize("figure", ["average_precision", "brier"])
def test_figures_that_move_with_the_base_rate_are_shown_and_no_alarm(watched, figure):
    found = of_newest(figure, kept(figure, Interval(0.0, 0.0, 0.0), **{f"test_{figure}": 0.9}), watched)
    assert "0.000 [0.000, 0.000] among 2 customers, promised 0.900" in found.what
    assert not found.alarm


@pytest.mark.parametrize(
    ("days", "slope", "alarm"),
    [
        ((0, 365, 730), Interval(-0.1, -0.2, -0.01), False),  # 0.2 in two years, and 0.25 is allowed
        ((0, 365, 1000), Interval(-0.1, -0.2, -0.01), True),
        ((0, 365, 1000), Interval(-0.1, -0.2, 0.0), False),  # it may be as good as level
        ((0, 365, 1000), Interval(0.1, -0.2, -0.01), False),
        ((0, 1000), Interval(-0.1, -0.2, -0.01), None),  # two are no trend
    ],
)
def test_a_trend_is_an_alarm_where_it_surely_falls_and_has_fallen_far(watched, monkeypatch, days, slope, alarm):
    monkeypatch.setattr(judging, "trend", lambda exports, **asked: slope)
    monitor = watched.config.monitor.model_copy(update={"smallest_auc_loss": 0.25})
    watched.config = watched.config.model_copy(update={"monitor": monitor})
    found = judging._decay([kept("roc_auc", SURE, each) for each in days], watched)
    assert [each.alarm for each in found] == ([] if alarm is None else [alarm])
    assert [each.got for each in found] == ([] if alarm is None else [slope.value])
