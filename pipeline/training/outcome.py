"""What a training came to: for programs, for people, and as the numbers MLflow keeps."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.evaluation.comparison import Comparison, Slice
from models.evaluation.staying import beside_staying
from models.evaluation.tested_rows import MODEL
from models.evaluation.verdict import verdict
from pipeline.evaluation.checks import Checks
from pipeline.evaluation.evaluate import STAYERS, Test
from pipeline.promotion.decisions import Decision
from pipeline.registry.tracked import Registered

SHOWN = ("roc_auc", "average_precision", "brier", "calibration_error", "lift_top_tenth")
WIDTH = 110
HEADINGS = ("AUC", "AP", "Brier", "calibration", "lift")


@dataclass(frozen=True)
class TargetOutcome:
    """One target: what its test showed, the registered model, and why that forbids promotion ("" if it does not).

    `window` is gap and horizon in days; `note` says what is odd about the labels, "" when nothing. `decision` is about
    promotion; None where it is left to `moorings promote`.
    """

    kind: str
    target: str
    window: tuple[int, int]
    test: Test
    model: Registered
    trained_rows: int
    trained_cutoffs: tuple[str, ...]
    refusal: str
    note: str
    checks: Checks
    decision: Decision | None = None

    @property
    def promoted(self) -> bool:
        """Whether the model is the champion now."""
        return self.decision is not None and self.decision.moved

    @property
    def ending(self) -> str:
        """What became of the model."""
        if self.refusal:
            return f"not promoted: {self.refusal}"
        if self.decision is None:
            return (
                f"challenger: {self.model.name} version {self.model.version}; the champion stays until moorings promote"
            )
        return f"promoted: {self.decision.sentence()}" if self.promoted else self.decision.sentence()

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "target": self.target,
            "gap_days": self.window[0],
            "horizon_days": self.window[1],
            "model": self.model.name,
            "version": self.model.version,
            "run_id": self.model.run_id,
            "digest": self.model.digest,
            "promoted": self.promoted,
            "refusal": self.refusal,
            "decision": self.decision.summary() if self.decision else None,
            "note": self.note,
            "trained_rows": self.trained_rows,
            "trained_cutoffs": list(self.trained_cutoffs),
            "test": self.test.summary(),
            "checks": self.checks.summary(),
        }

    def text(self) -> str:
        """The test as a table, and what became of the model."""
        gap, horizon = self.window
        head = f"{self.kind} ({self.target}), {horizon} days from {gap} days after the cutoff"
        lines = [head, *_table(self.test.overall, each_cutoff=True), *_lead(self.test.overall)]
        if self.test.stayers is not None:
            lines += ["  among those who stayed", *_table(self.test.stayers, each_cutoff=False)]
        lines += wrapped(beside_staying(self.test.overall, self.test.stayers))
        lines += [f"  note: {note}" for note in (self.note, *self.test.overall.notes) if note]
        lines += [f"  leakage alarm: {alarm.text}" for alarm in self.checks.alarms]
        lines += [] if self.checks.audit is None else wrapped(verdict(self.checks.audit, self.kind))
        return "\n".join([*lines, f"  {self.ending}"])


@dataclass(frozen=True)
class TrainOutcome:
    """What a training came to, target by target; `left_out` says why others were not trained.

    `warnings` say what is wrong with the history as a whole.
    """

    name: str
    account: Mapping[str, object]
    targets: tuple[TargetOutcome, ...]
    left_out: Mapping[str, str]
    tracking: str
    warnings: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "name": self.name,
            "account": dict(self.account),
            "targets": {target.kind: target.summary() for target in self.targets},
            "left_out": dict(self.left_out),
            "tracking": self.tracking,
            "warnings": list(self.warnings),
        }

    def text(self) -> str:
        """For people."""
        left = [f"{kind} is left out: {why}" for kind, why in self.left_out.items()]
        left += [f"warning: {told}" for told in self.warnings]
        return "\n\n".join([*(target.text() for target in self.targets), *left, shown_by(self.tracking)])


def shown_by(tracking: str) -> str:
    """What shows the runs: the address of a server, or the command for a database, wherever it is installed."""
    if tracking.startswith("http"):
        return f"runs: {tracking}"
    program = "mlflow" if shutil.which("mlflow") else Path(sys.executable).with_name("mlflow")
    return f"runs: {program} ui --backend-store-uri {tracking}"


def wrapped(paragraph: str) -> list[str]:
    """A paragraph as indented lines of a terminal's width."""
    return textwrap.wrap(paragraph, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _table(found: Comparison, *, each_cutoff: bool) -> Iterator[str]:
    """The model at each cutoff, then all rows together with the rivals below."""
    names = list(found.pooled.figures)
    width = max(map(len, names))
    yield f"  {'':10}  {'':{width}}  {'rows':>7}  {'base':>5}" + "".join(f"{word:>13}" for word in HEADINGS)
    for day, part in found.cutoffs.items() if each_cutoff else ():
        yield _line(day, MODEL, part, SHOWN, width)
    for name in names:
        told = [metric for metric in SHOWN if found.tells(name, metric)]
        yield _line("together" if name == MODEL else "", name, found.pooled, told, width)


def _line(day: str, name: str, part: Slice, told: Sequence[str], width: int) -> str:
    counted = f"{part.rows:>7,}  {part.base_rate:>5.3f}" if day else " " * 14
    figures = "".join(f"{part.figures[name][metric]:>13.3f}" if metric in told else f"{'-':>13}" for metric in SHOWN)
    return f"  {day:10}  {name.replace('_', ' '):{width}}  {counted}{figures}"


def _lead(found: Comparison) -> Iterator[str]:
    rival = found.best_baseline.replace("_", " ") or "chance"
    yield f"  AUC {found.intervals['roc_auc']}; before {rival} by {found.lead}"
    error = found.pooled.figures[MODEL]["calibration_error"]
    yield f"  calibration error {error:.3f}; by chance alone up to {found.pooled.calibration_band:.3f}"


def totals(test: Test) -> dict[str, float]:
    """The pooled figures by flat name: `test_roc_auc`, `test_roc_auc_low`, `stayers_roc_auc`, `test_recency_brier`."""
    found = _flat("test", test.overall)
    return found if test.stayers is None else {**found, **_flat(STAYERS, test.stayers)}


def _flat(prefix: str, found: Comparison) -> dict[str, float]:
    figures = {
        f"{prefix}_{metric}" if name == MODEL else f"{prefix}_{name}_{metric}": value
        for name, measured in found.pooled.figures.items()
        for metric, value in measured.items()
        if found.tells(name, metric)
    }
    for metric, interval in found.intervals.items():
        figures |= {f"{prefix}_{metric}_low": interval.low, f"{prefix}_{metric}_high": interval.high}
    lead = {f"{prefix}_auc_lead": found.lead.value, f"{prefix}_auc_lead_low": found.lead.low}
    lead |= {f"{prefix}_auc_lead_high": found.lead.high, f"{prefix}_calibration_band": found.pooled.calibration_band}
    return {**figures, **lead, f"{prefix}_rows": found.pooled.rows, f"{prefix}_base_rate": found.pooled.base_rate}


def per_cutoff(test: Test) -> dict[str, list[tuple[int, float]]]:
    """Figures of the model at each test cutoff, with the cutoff as a step: 2024-03-19 is step 20240319."""
    series: dict[str, list[tuple[int, float]]] = {}
    for day, part in test.overall.cutoffs.items():
        for name, value in _numbers(part).items():
            series.setdefault(f"cutoff_{name}", []).append((int(day.replace("-", "")), value))
    return series


def _numbers(part: Slice) -> dict[str, float]:
    own = {"rows": float(part.rows), "base_rate": part.base_rate, "calibration_band": part.calibration_band}
    return {**part.figures[MODEL], **own}
