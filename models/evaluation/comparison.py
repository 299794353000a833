"""A model beside its baselines on the same test rows: per cutoff and pooled, with intervals, and the gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.evaluation.bootstrap import Draws, calibration_band, redraw
from models.evaluation.interval import Interval
from models.evaluation.level import BRIER, Level, beside
from models.evaluation.metrics import METRICS, RANKING, measure, why_not
from models.evaluation.tally import tally
from models.evaluation.tested_rows import MODEL, TestRows
from models.explanation.sentence import NOTHING, Sentence

NO_SIGNAL = 0.5
SURE = 0.99
"""Confidence of the interval whose lower end has to be above chance: at 95 % a training a night on a history without
signal would bring a lucky champion every other month."""
REFUSALS = {
    "untested": "it could not be tested: {why}",
    "no signal": "no signal: its AUC cannot be told from {chance} (lower bound at {sure:.0%}: {least:.3f}; stricter "
    "than the interval shown, since of many trainings some would pass that by luck)",
    "baseline": "it does not beat the best baseline",
    "peer": "the simpler model {name} is surely better",
}
OFF = (
    "{day}: calibration error {error:.3f}, by chance alone up to {band:.3f}; the market moved between the calibration "
    "cutoffs and this one, or the model is off"
)
AS_WELL = "the simpler model {name} ranks as well as can be told: lead in AUC {lead}"
LARGE, MANY, FEW = 20_000, 1000, 200
"""Beyond this many rows the noise of calibration is small, and fewer draws tell it well enough."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*REFUSALS.values(), OFF, AS_WELL]


@dataclass(frozen=True)
class Slice:
    """Figures of one set of rows: how many, base rate, metrics by score and metric, and the noise of calibration.

    `intervals` are those of the model by metric, where they were drawn. `why` says why a figure is NaN; "" when none
    is.
    """

    rows: int
    base_rate: float
    figures: Mapping[str, Mapping[str, float]]
    calibration_band: float
    why: str
    intervals: Mapping[str, Interval] = field(default_factory=dict)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        own = {"rows": self.rows, "base_rate": self.base_rate, "calibration_band": self.calibration_band}
        drawn = {"intervals": {name: [each.low, each.high] for name, each in self.intervals.items()}}
        return {**own, "why": self.why, **drawn, **{name: dict(found) for name, found in self.figures.items()}}


@dataclass(frozen=True)
class Comparison:
    """All rows together and cutoff by cutoff, the intervals of the model, and its lead over the best baseline.

    `least_auc` is the lower end of the interval at `SURE`, what the model's AUC is above in all but 1 of 200 redraws;
    `intervals` are as wide as was asked for. `peers` are the leads in AUC over models that are nearly as good by
    nature: losing to one by a hair is chance, losing for sure is a reason to refuse. `levels` is the Brier score beside
    rivals that are calibrated. `shown` are leads in AUC that are told and decide nothing.
    """

    pooled: Slice
    cutoffs: Mapping[str, Slice]
    intervals: Mapping[str, Interval]
    best_baseline: str
    lead: Interval
    least_auc: float
    peers: Mapping[str, Interval] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = field(default=())
    levels: tuple[Level, ...] = ()
    shown: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def auc(self) -> float:
        """Of the model, pooled."""
        return self.pooled.figures[MODEL]["roc_auc"]

    @property
    def baseline_auc(self) -> float:
        """Of the best baseline, pooled; 0.5 without one."""
        return self.pooled.figures[self.best_baseline]["roc_auc"] if self.best_baseline else NO_SIGNAL

    def tells(self, name: str, metric: str) -> bool:
        """Whether a metric of a score says something; of those only shown, which foretell something else, ranks do."""
        return name not in self.shown or metric in RANKING

    def refusal(self) -> Sentence:
        """Why the model may not become champion; nothing when it may."""
        if np.isnan(self.auc):
            return Sentence(REFUSALS["untested"], why=self.pooled.why)
        if self.signal_refusal():
            return self.signal_refusal()
        if not self.auc > self.baseline_auc:
            return Sentence(REFUSALS["baseline"])
        return self.peer_refusal() or self.level_refusal()

    def signal_refusal(self) -> Sentence:
        """Why chance forbids it; nothing when it does not."""
        if not self.least_auc <= NO_SIGNAL:
            return NOTHING
        return Sentence(REFUSALS["no signal"], chance=NO_SIGNAL, least=self.least_auc, sure=SURE)

    @property
    def surely_better(self) -> str:
        """The first simpler model that surely ranks better; "" where none does."""
        return next((name for name, lead in self.peers.items() if lead.high < 0), "")

    def peer_refusal(self) -> Sentence:
        """Why a simpler model forbids it; nothing when none does."""
        return Sentence(REFUSALS["peer"], name=self.surely_better) if self.surely_better else NOTHING

    def level_refusal(self) -> Sentence:
        """Why the height of the probabilities forbids it; nothing when it does not."""
        return next(filter(None, (level.refusal() for level in self.levels)), NOTHING)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "pooled": self.pooled.summary(),
            "cutoffs": {cutoff: found.summary() for cutoff, found in self.cutoffs.items()},
            "intervals": {name: [each.low, each.high] for name, each in self.intervals.items()},
            "best_baseline": self.best_baseline,
            "auc_lead": {"value": self.lead.value, "low": self.lead.low, "high": self.lead.high},
            "peers": {name: lead.summary() for name, lead in self.peers.items()},
            "levels": {level.rival: level.summary() for level in self.levels},
            "shown": {name: lead.summary() for name, lead in self.shown.items()},
            "notes": list(self.notes),
        }


def compare(rows: TestRows, *, draws: int, seed: int, workers: int, confidence: float) -> Comparison:
    """Measure the model and its rivals on the same rows.

    Args:
        rows: test rows; none are allowed, figures are NaN then.
        draws: redraws of customers for the intervals.
        seed: of the draws.
        workers: threads; the result does not depend on them.
        confidence: share of the draws inside an interval.
    """

    def drawn_of(part: TestRows, names: tuple[str, ...]) -> Draws:
        chosen = {name: part.scores[name] for name in names}
        return redraw(part.customer, part.label, chosen, draws=draws, seed=seed, workers=workers, confidence=confidence)

    pooled = _slice(rows, seed)
    cutoffs = {
        day: replace(_slice(part, seed), intervals=_intervals(drawn_of(part, (MODEL,)))) for day, part in rows.slices()
    }
    best = _best(pooled, rows.baselines)
    calibrated = beside(pooled.figures, rows.calibrated)
    drawn = drawn_of(rows, tuple(filter(None, dict.fromkeys((MODEL, best, *rows.peers, *rows.shown, *calibrated)))))
    auc = drawn.interval(MODEL, "roc_auc")
    over_chance = Interval(auc.value - NO_SIGNAL, auc.low - NO_SIGNAL, auc.high - NO_SIGNAL)
    lead = drawn.difference(MODEL, best, "roc_auc") if best else over_chance
    least = replace(drawn, confidence=SURE).interval(MODEL, "roc_auc").low
    peers, shown = (
        {name: drawn.difference(MODEL, name, "roc_auc") for name in names} for names in (rows.peers, rows.shown)
    )
    notes, levels = (*_notes(cutoffs), *_peer_notes(peers)), tuple(_level(drawn, name) for name in calibrated)
    return Comparison(pooled, cutoffs, _intervals(drawn), best, lead, least, peers, notes, levels, shown)


def _level(drawn: Draws, rival: str) -> Level:
    model, other = (drawn.interval(name, BRIER).value for name in (MODEL, rival))
    return Level(rival, model, other, drawn.difference(MODEL, rival, BRIER))


def _intervals(drawn: Draws) -> dict[str, Interval]:
    """Of the model, by metric."""
    return {metric: drawn.interval(MODEL, metric) for metric in METRICS}


def _slice(rows: TestRows, seed: int) -> Slice:
    figures = {name: measure(rows.label, score)[0] for name, score in rows.scores.items()}
    counted = tally(rows.label, rows.scores[MODEL])
    band = calibration_band(rows.scores[MODEL], draws=MANY if counted.total <= LARGE else FEW, seed=seed)
    return Slice(int(counted.total), counted.base_rate, figures, band, why_not(counted))


def _best(pooled: Slice, baselines: tuple[str, ...]) -> str:
    """The baseline with the highest AUC, of equals the first by name; "" without a measurable one."""
    aucs = {name: pooled.figures[name]["roc_auc"] for name in sorted(baselines)}
    known = {name: auc for name, auc in aucs.items() if not np.isnan(auc)}
    return max(known, key=lambda name: known[name]) if known else ""


def _notes(cutoffs: Mapping[str, Slice]) -> Iterator[Sentence]:
    """What a reader has to be told: cutoffs whose calibration is off by more than chance explains."""
    for day, found in cutoffs.items():
        error = found.figures[MODEL]["calibration_error"]
        if error > found.calibration_band:
            yield Sentence(OFF, day=day, error=error, band=found.calibration_band)


def _peer_notes(peers: Mapping[str, Interval]) -> Iterator[Sentence]:
    for name, lead in peers.items():
        if not lead.low > 0 and not lead.high < 0:
            yield Sentence(AS_WELL, name=name, lead=lead)
