"""How past exports did, as their outcomes come true, beside what the training had promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from models.evaluation.bootstrap import calibration_band, redraw
from models.target import mature_before
from pipeline.config import Config
from pipeline.dataset import usable_threads
from pipeline.drawing import draws_of
from pipeline.evidence import Evidence
from pipeline.learning import first_and_end
from pipeline.monitor_drift import RETRAIN, Subject
from pipeline.monitor_findings import Finding
from pipeline.outcomes_tiers import PROMISED, outcome_at
from pipeline.store import PredictionStore

SCORE = "published"
FEWEST = 10
"""Customers of the rarer outcome below which no figure is told."""
SHOWN = {"roc_auc": "AUC", "average_precision": "AP", "brier": "Brier"}


def performance_findings(
    evidence: Evidence, predictions: PredictionStore, subject: Subject, promised: dict[str, float], config: Config
) -> Iterator[Finding]:
    """Figures of every past export whose outcome is known, oldest first, and how many are still open.

    Args:
        evidence: what is known by now.
        predictions: the exports.
        subject: kind of target and its task; its definition, whatever model published the probabilities.
        promised: the figures of the champion's test, by flat name.
        config: intervals and limits.
    """
    _, end = first_and_end(evidence.store)
    cutoffs = predictions.cutoffs()
    open_ones = 0
    for cutoff in cutoffs:
        if not mature_before(end, cutoff, subject.task.window):
            open_ones += 1
            continue
        rows = published(evidence, predictions, cutoff, subject, config)
        if min(rows["label"].sum(), (1 - rows["label"]).sum()) >= FEWEST:
            yield _judged(rows, cutoff, subject.kind, promised.get("test_roc_auc", float("nan")), config)
    if open_ones:
        said = f"{open_ones:,} exports whose outcome is still open"
        yield Finding("performance", subject.kind, said, numbers={"open": float(open_ones)})


def published(
    evidence: Evidence, predictions: PredictionStore, cutoff: date, subject: Subject, config: Config
) -> pd.DataFrame:
    """Customers of an export with their probability and what came: customer_id, chance, label."""
    name = PROMISED[subject.kind]
    came = outcome_at(evidence, cutoff, subject.task, config)
    rows = predictions.read(cutoff).select(["customer_id", name]).to_pandas().rename(columns={name: "chance"})
    return rows.assign(label=rows["customer_id"].map(came)).dropna()


def _judged(rows: pd.DataFrame, cutoff: date, kind: str, promised: float, config: Config) -> Finding:
    chance, label = rows["chance"].to_numpy(np.float64), rows["label"].to_numpy(np.float64)
    drawn = redraw(
        rows["customer_id"].to_numpy(), label, {SCORE: chance}, workers=usable_threads(config), **draws_of(config)
    )
    found = {metric: drawn.interval(SCORE, metric) for metric in SHOWN}
    error, band = drawn.interval(SCORE, "calibration_error"), calibration_band(chance)
    short = found["roc_auc"].high < promised - config.monitor.auc_loss
    figures = ", ".join(f"{said} {found[metric]}" for metric, said in SHOWN.items())
    text = (
        f"{len(rows):,} customers, {label.mean():.1%} came true of {chance.mean():.1%} foreseen; {figures}; "
        f"calibration error {error.value:.3f}, by chance alone up to {band:.3f}; AUC promised {promised:.3f}"
    )
    numbers = {metric: interval.value for metric, interval in found.items()}
    numbers |= {"calibration_error": error.value, "band": band}
    numbers |= {"foreseen": float(chance.mean()), "came": float(label.mean())}
    return Finding("performance", f"{kind} at {cutoff}", text, bool(short), RETRAIN if short else "", numbers)
