"""How well a backtest predicted: by target and cutoff and over all cutoffs, by the comparison that training uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.evaluation.bootstrap import RANGELESS
from models.evaluation.comparison import Comparison, Slice, compare
from models.evaluation.interval import CONFIDENCE, Interval
from models.evaluation.metrics import measure
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from pipeline.config import Config
from pipeline.evaluation.known_outcomes import STAYED
from pipeline.learning.drawing import draws_of
from pipeline.matrices.dataset import usable_threads
from pipeline.process.progress import stage

BASELINE = "baseline_"
STAYERS = "partnership among stayers"
DAY = len("2024-06-30")
Record = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """Records of a target at each of its `cutoffs`, and of all its cutoffs together, `pooled`.

    A record holds target, cutoff (ISO date) or cutoffs (how many), rows, customers, base_rate, metrics, `intervals` of
    all but the calibration error, calibration_error_before, calibration_band, and the AUC of each baseline,
    `baseline_*`, as far as all rows have it. A pooled one also the best baseline and the lead over it in AUC. A figure
    that cannot be told is NaN, and `why` says so. `confidence` is the share of redraws of the customers inside an
    interval.
    """

    cutoffs: tuple[Record, ...]
    pooled: tuple[Record, ...]
    confidence: float = CONFIDENCE

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {"results": list(self.cutoffs), "pooled": list(self.pooled), "confidence": self.confidence}


@stage("figures")
def figures_of(table: pd.DataFrame, config: Config) -> Figures:
    """Measure the rows of a backtest that have a label; of partnership also among those who stayed.

    Intervals are over customers: all rows of one, at every cutoff, are drawn together.

    Args:
        table: as `backtest` writes it.
        config: redraws, seed, confidence, threads.
    """
    cutoffs: list[Record] = []
    pooled: list[Record] = []
    for target, rows in _questions(table):
        found = _compared(rows, config)
        for day, part in found.cutoffs.items():
            here = rows[rows["cutoff"].astype(str).str[:DAY] == day]
            cutoffs.append({"target": target, "cutoff": day, **_record(part, here)})
        together = _record(found.pooled, rows) | {"intervals": _ranges(found.intervals)}
        lead = {"best_baseline": found.best_baseline, "auc_lead": found.lead.summary()}
        pooled.append({"target": target, "cutoffs": len(found.cutoffs), **together, **lead})
    return Figures(tuple(cutoffs), tuple(pooled), config.training.interval)


def _questions(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The labelled rows of each target, and those of partnership that stayed; none without rows."""
    for target, rows in table[table["label"].notna()].groupby("target"):
        yield str(target), rows
        stayed = rows[rows[STAYED] == 1] if target == "partnership" else rows[:0]
        if len(stayed):
            yield STAYERS, stayed


def _compared(rows: pd.DataFrame, config: Config) -> Comparison:
    """The model beside its baselines; one that some row lacks cannot be pooled, and is left out."""
    rivals = _known(rows)
    scores = {MODEL: "probability", UNCALIBRATED: "uncalibrated", **{name: name for name in rivals}}
    asked = TestRows(
        customer=rows["customer_id"].to_numpy(),
        cutoff=rows["cutoff"].to_numpy("datetime64[D]"),
        label=rows["label"].to_numpy(np.float64),
        scores={name: rows[column].to_numpy(np.float64) for name, column in scores.items()},
        baselines=rivals,
    )
    return compare(asked, **draws_of(config), workers=usable_threads(config))


def _known(rows: pd.DataFrame) -> tuple[str, ...]:
    """The baselines that every row has."""
    return tuple(name for name in rows.columns if name.startswith(BASELINE) and rows[name].notna().all())


def _record(part: Slice, rows: pd.DataFrame) -> Record:
    aucs = {name: measure(rows["label"], rows[name])[0]["roc_auc"] for name in _known(rows)}
    return {
        "rows": part.rows,
        "customers": int(rows["customer_id"].nunique()),
        "base_rate": part.base_rate,
        **part.figures[MODEL],
        "intervals": _ranges(part.intervals),
        "calibration_error_before": part.figures[UNCALIBRATED]["calibration_error"],
        "calibration_band": part.calibration_band,
        "why": part.why,
        **aucs,
    }


def _ranges(found: Mapping[str, Interval]) -> dict[str, list[float]]:
    return {name: [each.low, each.high] for name, each in found.items() if name not in RANGELESS}
