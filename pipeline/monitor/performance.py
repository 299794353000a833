"""What past exports promised and what came: figures per cutoff with their ranges, and whether they decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from models.evaluation.bootstrap import calibration_band, redraw, shown
from models.evaluation.interval import Interval, interval_of
from models.evaluation.metrics import roc_auc
from models.evaluation.tally import Grouping
from models.explanation.sentence import NOTHING, Sentence
from models.target import mature_before
from pipeline.export.places import store_of
from pipeline.learning.learning import first_and_end
from pipeline.matrices.tasks import Task
from pipeline.monitor.drift import Watched
from pipeline.monitor.finding import Finding, Section
from pipeline.outcomes.tiers import PROMISED, outcome_at
from pipeline.registry.champion import tracking_of
from pipeline.registry.published import as_published, foreseen

FIGURES = ("roc_auc", "average_precision", "brier", "calibration_error")
DAYS_A_YEAR = 365.2425
LEAST_CUTOFFS = 3
"""A trend over fewer is none."""
MOST_NAMED = 12
"""Exports whose outcome is open that are named one by one: a year of monthly ones."""
WORDS = {
    "roc_auc": "AUC",
    "average_precision": "average precision",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
SAID = {
    "hindsight": "{kind}: {exports} past exports were scored in hindsight, by a model that had learned from what "
    "followed: no promise, and not judged",
    "open": "{kind}: the outcome of {cutoffs} is still open.",
    "many open": "{kind}: the outcome of {exports} exports from {first} to {last} is still open.",
    "none": "{kind}: no past export with a known outcome.",
    "subject": "{kind}: {figure} of {cutoff}",
    "figure": "{figure} {realised} among {customers:,} customers, promised {promised:.3f}",
    "decay": "{kind}: decay",
    "slope": "AUC changes by {slope} a year over {exports} exports from {first} to {last}",
    "ranks worse": "train again: moorings retrain; and look what changed among the inputs",
    "decays": "train again: moorings retrain",
    "off": "use the probabilities as a ranking until a new model is trained: moorings retrain",
}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), *(words for words in WORDS.values() if words != "AUC")]


@dataclass(frozen=True)
class RealisedExport:
    """One past export whose outcome is known: its rows (customer, probability, label), and the figures with ranges."""

    cutoff: date
    rows: pd.DataFrame
    figures: Mapping[str, Interval]
    promised: Mapping[str, float]


def performance(watched: Watched, as_of: date) -> Section:
    """Past exports whose window, that of its own model, has closed, beside what this model's test promised.

    Only the newest raises an alarm of its own; the trend over all of them another. Of exports that lie close together
    one in a window of a check is judged: those of two nights are about the same outcome, and a year holds 365.
    """
    store = store_of(watched.config)
    _, end = first_and_end(watched.known_history.store)
    past = [cutoff for cutoff in store.cutoffs() if cutoff < as_of]
    runs = {cutoff: store.training_run(cutoff, watched.kind) for cutoff in past}
    published, forecast = as_published(watched.config), foreseen(watched.config)
    told = [cutoff for cutoff in past if forecast(cutoff, runs[cutoff])]
    asked = {cutoff: published(watched.task, runs[cutoff]) for cutoff in told}
    mature = [cutoff for cutoff in told if mature_before(end, cutoff, asked[cutoff].window)]
    notes = _open(watched.kind, [cutoff for cutoff in told if cutoff not in mature])
    if len(told) < len(past):
        notes.append(Sentence(SAID["hindsight"], kind=watched.kind, exports=len(past) - len(told)))
    judged = spread(mature, watched.config.monitor.window_days, watched.config.monitor.windows)
    found = [_kept(watched, store.read(cutoff), cutoff, asked[cutoff], runs[cutoff]) for cutoff in judged]
    good = [each for each in found if each is not None]
    if not good:
        return Section("performance", notes=(*notes, Sentence(SAID["none"], kind=watched.kind)))
    findings = [*_beside_promise(good, watched), *_decay(good, watched)]
    newest = {f"{watched.kind}_realised_{name}": each.value for name, each in good[-1].figures.items()}
    return Section("performance", tuple(findings), tuple(notes), newest)


def _open(kind: str, waiting: Sequence[date]) -> list[Sentence]:
    """What is still open: a few by name, of the nights of a horizon the first and the last."""
    if len(waiting) > MOST_NAMED:
        return [Sentence(SAID["many open"], kind=kind, exports=len(waiting), first=waiting[0], last=waiting[-1])]
    return [Sentence(SAID["open"], kind=kind, cutoffs=tuple(map(str, waiting)))] if waiting else []


def spread(cutoffs: Sequence[date], days: int, most: int) -> list[date]:
    """The newest of ascending cutoffs, and before it those that lie so many days before the next one; ascending."""
    kept: list[date] = []
    for cutoff in reversed(cutoffs):
        if not kept or (kept[-1] - cutoff).days >= days:
            kept.append(cutoff)
    return kept[:most][::-1]


def paired(published: pa.Table, came: pd.Series, column: str) -> pd.DataFrame:
    """Customers of an export with a probability and a known outcome: customer, probability, label."""
    table = published.select(["customer_id", column]).to_pandas()
    table = table.set_axis(["customer", "probability"], axis=1)
    table["label"] = table["customer"].map(came)
    return table.dropna()


def _kept(watched: Watched, published: pa.Table, cutoff: date, task: Task, run: str | None) -> RealisedExport | None:
    rows = paired(published, outcome_at(watched.known_history, cutoff, task, watched.config), PROMISED[watched.kind])
    if rows["label"].nunique() < 2:
        return None  # nothing to tell apart
    draws = redraw(
        rows["customer"],
        rows["label"],
        {"published": rows["probability"]},
        draws=watched.config.training.bootstrap_repetitions,
        seed=watched.config.training.seed,
        confidence=watched.config.training.interval,
    )
    promised = tracking_of(watched.config).promised(run or watched.champion.registered.run_id)
    return RealisedExport(cutoff, rows, {name: draws.interval("published", name) for name in FIGURES}, promised)


def _beside_promise(kept: Sequence[RealisedExport], watched: Watched) -> list[Finding]:
    found = []
    for each in kept:
        newest = each is kept[-1]
        found += [_ranking(each, watched, newest), *_shown(each, watched), _calibrated(each, watched, newest)]
    return found


def _ranking(each: RealisedExport, watched: Watched, newest: bool) -> Finding:
    """AUC: an alarm where the loss is beyond the ranges of both the promise and what came."""
    realised, promised = each.figures["roc_auc"], each.promised.get("test_roc_auc", np.nan)
    low = each.promised.get("test_roc_auc_low", promised)
    noise = np.hypot(promised - low, realised.high - realised.value)
    limit = promised - max(float(noise), watched.config.monitor.smallest_auc_loss)
    alarm = newest and realised.value < limit
    return _told(each, watched, "roc_auc", limit, "ranks worse" if alarm else "")


def _shown(each: RealisedExport, watched: Watched) -> list[Finding]:
    """Figures that depend on the base rate: beside their promise, without an alarm of their own."""
    return [_told(each, watched, name, float("nan"), "") for name in ("average_precision", "brier")]


def _calibrated(each: RealisedExport, watched: Watched, newest: bool) -> Finding:
    """Calibration error: an alarm beyond what noise shows at this size, beyond the promise, and worth a thought."""
    noise = calibration_band(each.rows["probability"], seed=watched.config.training.seed)
    promised = each.promised.get("test_calibration_error_high", 0.0)
    limit = max(noise, promised, watched.config.monitor.smallest_calibration_error)
    alarm = newest and each.figures["calibration_error"].value > limit
    return _told(each, watched, "calibration_error", limit, "off" if alarm else "")


def _told(each: RealisedExport, watched: Watched, name: str, limit: float, alarm: str) -> Finding:
    """A figure beside its promise; `alarm` says which of `SAID` is to be done about it, "" where nothing."""
    realised, promised = each.figures[name], each.promised.get(f"test_{name}", float("nan"))
    told = {"realised": shown(name, realised), "customers": len(each.rows), "promised": promised}
    what = Sentence(SAID["figure"], figure=WORDS[name], **told)
    subject = Sentence(SAID["subject"], kind=watched.kind, figure=WORDS[name], cutoff=each.cutoff)
    todo = Sentence(SAID[alarm]) if alarm else NOTHING
    return Finding(subject, what, round(realised.value, 4), round(limit, 4), bool(alarm), todo)


def _decay(kept: Sequence[RealisedExport], watched: Watched) -> list[Finding]:
    if len(kept) < LEAST_CUTOFFS:
        return []
    training = watched.config.training
    slope = trend(kept, draws=training.bootstrap_repetitions, seed=training.seed, confidence=training.interval)
    years = (kept[-1].cutoff - kept[0].cutoff).days / DAYS_A_YEAR
    alarm = slope.high < 0 and -slope.value * years > watched.config.monitor.smallest_auc_loss
    what = Sentence(SAID["slope"], slope=slope, exports=len(kept), first=kept[0].cutoff, last=kept[-1].cutoff)
    todo = Sentence(SAID["decays"]) if alarm else NOTHING
    return [Finding(Sentence(SAID["decay"], kind=watched.kind), what, round(slope.value, 4), 0.0, alarm, todo)]


def trend(kept: Sequence[RealisedExport], *, draws: int, seed: int, confidence: float) -> Interval:
    """The change of AUC a year, by least squares over the exports; a customer is redrawn in all of them at once."""
    groupings = [Grouping.of(each.rows["label"], each.rows["probability"]) for each in kept]
    edges = np.cumsum([len(each.rows) for each in kept])[:-1]
    years = np.array([each.cutoff.toordinal() for each in kept]) / DAYS_A_YEAR
    centred = years - years.mean()

    def slope(weight: npt.NDArray[np.float64]) -> float:
        parts = zip(groupings, np.split(weight, edges), strict=True)
        area = np.array([roc_auc(grouping.tally(part)) for grouping, part in parts])
        return float(centred @ area / (centred @ centred))

    customer = np.concatenate([each.rows["customer"].astype(str) for each in kept])
    return interval_of(slope, customer, draws=draws, seed=seed, confidence=confidence)
