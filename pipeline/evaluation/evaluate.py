"""Testing a fitted model on later cutoffs, beside its baselines, and drawing what the test showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models import baselines
from models.baselines import LOGISTIC
from models.evaluation.comparison import Comparison, compare
from models.evaluation.level import BASE_RATE
from models.evaluation.staying import STAYS
from models.evaluation.tally import tally
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from models.explanation.contributions import mean_size
from models.linear import Linear
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.tasks import Task
from pipeline.process.progress import stage

STAYERS = "stayers"
EXPLAINED = 5_000
"""Rows that the mean contributions of the importance chart are taken over."""


@dataclass(frozen=True)
class Test:
    """What the test showed: over all test rows, and among those who stayed (None where that says nothing).

    `stayed` is that act of each test row (n,).
    """

    rows: TestRows
    overall: Comparison
    stayers: Comparison | None
    stayed: npt.NDArray[np.float32] | None
    importance: dict[str, float]

    __test__ = False  # pytest: no test

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        stayers = {} if self.stayers is None else {STAYERS: self.stayers.summary()}
        return {**self.overall.summary(), **stayers}


@stage("test")
def test_model(
    model: Model, others: Mapping[str, Model], train: Dataset, data: Dataset, kind: str, config: Config
) -> Test:
    """Test a model on rows later than all it learned from.

    Args:
        model: fitted on `train`.
        others: models shown beside it, by name, fitted on the same rows: `stays`, of staying alone, since partnership
            has to be more than churn upside down; `logistic`, which may not surely be better; `boosting`,
            where it stands in for that.
        train: the training rows; the baselines' curves are fitted on them.
        data: labelled rows of the test cutoffs.
        kind: of target.
        config: draws, seed, threads.
    """
    rows = _rows(model, others, train, data, kind)
    stayed = data.acts.get(STAYS)
    stayers = _compare(rows.take(stayed == 1), config) if stayed is not None and len(data) else None
    shown = np.linspace(0, len(data) - 1, min(len(data), EXPLAINED)).astype(np.int64)
    importance = mean_size(model.contributions(data.values[shown], data.names), model.names)
    return Test(rows, _compare(rows, config), stayers, stayed, importance)


test_model.__test__ = False  # type: ignore[attr-defined]


def _rows(model: Model, others: Mapping[str, Model], train: Dataset, data: Dataset, kind: str) -> TestRows:
    known = train.labelled()
    fitted = baselines.scores(kind, known.values, known.names)
    rivals = baselines.probabilities(kind, fitted, known.label, baselines.scores(kind, data.values, data.names))
    scores = {
        MODEL: model.probability(data.values, data.names),
        UNCALIBRATED: model.uncalibrated(data.values, data.names),
        **{name: other.probability(data.values, data.names) for name, other in others.items()},
        **rivals,
        BASE_RATE: np.full(len(data), known.label.mean()),
    }
    label, stands_in = data.label.astype(np.float64), isinstance(model, Linear)
    to_beat = () if stands_in else tuple(rivals)
    peers = () if stands_in else tuple(name for name in others if name == LOGISTIC)
    shown = tuple(name for name in others if name == STAYS)
    return TestRows(data.customer, data.cutoff, label, scores, to_beat, peers, (BASE_RATE, *rivals), shown)


@stage("bootstrap")
def _compare(rows: TestRows, config: Config) -> Comparison:
    settings = config.training
    return compare(
        rows,
        draws=settings.bootstrap_repetitions,
        seed=settings.seed,
        workers=usable_threads(config),
        confidence=settings.interval,
    )


@stage("charts")
def charts(test: Test, checks: Checks, model: Model, task: Task) -> dict[str, bytes]:
    """Calibration, gain and lift, importance and, where they were reckoned, profit and ageing, as PNG by file name."""
    from pipeline.report.charts import (  # noqa: PLC0415 - slow
        ageing_chart,
        calibration_chart,
        gain_chart,
        importance_chart,
        profit_chart,
    )

    title = _title(test.rows.cutoff, test.overall, task)
    counted = {name: tally(test.rows.label, score) for name, score in test.rows.scores.items()}
    best = test.overall.best_baseline
    ranked = {"model": counted[MODEL], **({best.replace("_", " "): counted[best]} if best else {})}
    error = test.overall.pooled.figures[MODEL]["calibration_error"]
    found = {
        "calibration.png": calibration_chart(counted[MODEL], test.overall.pooled.calibration_band, error, title),
        "gain.png": gain_chart(ranked, title),
        "importance.png": importance_chart(model.importance(), test.importance, title),
    }
    if checks.curve is not None:
        found["profit.png"] = profit_chart(*checks.curve, checks.campaigns[len(checks.campaigns) // 2].contacted, title)
    if checks.ageing is not None:
        found["ageing.png"] = ageing_chart(checks.ageing.ages, title)
    return found


def _title(cutoff: npt.NDArray[np.datetime64], found: Comparison, task: Task) -> str:
    days = np.unique(cutoff).astype("datetime64[D]")
    span = f"{days[0]} to {days[-1]}" if days.size > 1 else "".join(map(str, days))
    window = f"watched for {task.window.horizon_days} days from {task.window.gap_days} days after the cutoff"
    return f"{task.target.name}: {found.pooled.rows:,} eligible rows at {days.size} cutoffs, {span}\n{window}"
