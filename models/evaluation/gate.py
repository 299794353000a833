"""Whether a challenger may take the champion's place: both on the same rows, and every check has to let it pass.

Models lose power within a few periods (Risselada et al. 2010), so a fresher one need not be shown to be better: it is
refused where it is surely worse, or ranks worse by more than is tolerated even if that may be chance. (Ours.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from models.evaluation.bootstrap import Draws, calibration_band, redraw
from models.evaluation.interval import Interval
from models.evaluation.metrics import roc_auc
from models.evaluation.segments import parts
from models.evaluation.tally import tally
from models.evaluation.tested_rows import MODEL, TestRows

CHAMPION = "champion"
"""The name of the champion's probabilities among the scores; the challenger's is `MODEL`."""
COMPARED = ("roc_auc", "average_precision", "brier", "calibration_error")
PER_SLICE = ("roc_auc", "brier")
Kinds = Mapping[str, npt.NDArray[np.str_]]


@dataclass(frozen=True)
class Finding:
    """One check: what it looked at, whether the challenger passed it, and the numbers in words."""

    check: str
    passed: bool
    text: str

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {"check": self.check, "passed": self.passed, "text": self.text}


@dataclass(frozen=True)
class Gate:
    """Challenger and champion on the same rows by metric, challenger less champion paired, and what was found."""

    rows: int
    customers: int
    base_rate: float
    challenger: Mapping[str, Interval]
    champion: Mapping[str, Interval]
    difference: Mapping[str, Interval]
    findings: tuple[Finding, ...]

    @property
    def refusals(self) -> tuple[str, ...]:
        """What the challenger did not pass; empty when it may be promoted."""
        return tuple(f"{found.check}: {found.text}" for found in self.findings if not found.passed)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        own = {"rows": self.rows, "customers": self.customers, "base_rate": self.base_rate}
        sides = {"challenger": self.challenger, CHAMPION: self.champion, "difference": self.difference}
        shown = {name: {metric: each.summary() for metric, each in side.items()} for name, side in sides.items()}
        return {**own, **shown, "findings": [found.summary() for found in self.findings]}


def gate(
    rows: TestRows, kinds: Kinds, *, auc_loss: float, draws: int, seed: int, workers: int, confidence: float
) -> Gate:
    """Compare the challenger with the champion and with the best baseline, in calibration, and in every slice.

    Args:
        rows: rows with a known label that neither model learned from, with the scores `MODEL` and `CHAMPION`.
        kinds: by kind of customer, the value of each row (n,); "" where not known. Slices with fewer than 100 rows, or
            fewer than 10 of the rarer outcome, are not looked at.
        auc_loss: by how much the AUC may be lower while that may be chance.
        draws: redraws of customers, the same ones for both models.
        seed: of the draws.
        workers: threads; the result does not depend on them.
        confidence: share of the draws inside an interval; and the least chance that a model as good as the champion
            is refused by none of the slices.
    """
    draw = partial(redraw, draws=draws, seed=seed, workers=workers, confidence=confidence)
    drawn = draw(rows.customer, rows.label, {name: rows.scores[name] for name in (MODEL, CHAMPION)})
    findings = (
        _ranking(drawn, auc_loss),
        _probabilities(drawn),
        _calibration(drawn, calibration_band(rows.scores[MODEL], seed=seed)),
        *_baseline(rows, draw),
        *_slices(rows, kinds, draw, confidence),
    )
    return Gate(
        rows=rows.label.size,
        customers=np.unique(rows.customer).size,
        base_rate=float(rows.label.mean()),
        challenger={metric: drawn.interval(MODEL, metric) for metric in COMPARED},
        champion={metric: drawn.interval(CHAMPION, metric) for metric in COMPARED},
        difference={metric: drawn.difference(MODEL, CHAMPION, metric) for metric in COMPARED},
        findings=findings,
    )


def _ranking(drawn: Draws, auc_loss: float) -> Finding:
    """Not surely worse, and by no more than is tolerated."""
    lead = drawn.difference(MODEL, CHAMPION, "roc_auc")
    return Finding("AUC", lead.value >= -auc_loss and not lead.high < 0, f"differs from the champion's by {lead}")


def _probabilities(drawn: Draws) -> Finding:
    more = drawn.difference(MODEL, CHAMPION, "brier")
    return Finding("Brier score", not more.low > 0, f"differs from the champion's by {more}, lower being better")


def _calibration(drawn: Draws, band: float) -> Finding:
    """Within what chance explains, or not surely worse than the champion, which the same market has moved away from."""
    error, more = (
        drawn.interval(MODEL, "calibration_error").value,
        drawn.difference(MODEL, CHAMPION, "calibration_error"),
    )
    text = f"error {error:.3f}, by chance alone up to {band:.3f}; it differs from the champion's by {more}"
    return Finding("calibration", error <= band or not more.low > 0, text)


def _baseline(rows: TestRows, draw: Callable[..., Draws]) -> Iterator[Finding]:
    """Above the best baseline; nothing where there is none to beat."""
    aucs = {name: roc_auc(tally(rows.label, rows.scores[name])) for name in sorted(rows.baselines)}
    best = max(aucs, key=lambda name: aucs[name], default="")
    if best:
        ranks = stats.rankdata(rows.scores[best]) / (rows.label.size + 1)
        drawn = draw(rows.customer, rows.label, {MODEL: rows.scores[MODEL], best: ranks})
        lead = drawn.difference(MODEL, best, "roc_auc")
        yield Finding("best baseline", lead.value > 0, f"AUC {aucs[best]:.3f} of {best}, lead {lead}")


def _slices(rows: TestRows, kinds: Kinds, draw: Callable[..., Draws], confidence: float) -> Iterator[Finding]:
    """In no slice surely worse, by AUC or by Brier score. The more slices, the surer it has to be."""
    looked_at = [(kind, value, part) for kind, value, part, why in parts(rows, kinds) if not why]
    sure = float(special.ndtri(1 - (1 - confidence) / 2 / max(1, len(looked_at) * len(PER_SLICE))))
    for kind, value, part in looked_at:
        drawn = draw(part.customer, part.label, {name: part.scores[name] for name in (MODEL, CHAMPION)})
        auc, brier = (_doubt(drawn, metric, sure) for metric in PER_SLICE)
        text = f"{part.label.size:,} rows, AUC differs from the champion's by {auc}, Brier score by {brier}"
        yield Finding(f"{kind} {value}", not (auc.high < 0 or brier.low > 0), text)


def _doubt(drawn: Draws, metric: str, sure: float) -> Interval:
    """The difference with `sure` standard errors on either side: so far out, draws are too few to be counted.

    Source: Efron & Tibshirani 1993 (standard interval); Bonferroni's bound over the slices.
    """
    values = drawn.values[MODEL][metric] - drawn.values[CHAMPION][metric]
    error = float(np.nanstd(values[1:])) if values.size > 1 else float("nan")
    return Interval(float(values[0]), float(values[0]) - sure * error, float(values[0]) + sure * error)
