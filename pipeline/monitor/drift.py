"""Drift of what a champion is fed, of what it says, and of what comes: each against its own past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from features.catalogue import FEATURES
from features.history import TABLES, TREATMENTS
from features.needs import needs
from models.evaluation.drift import drift, rate_drift
from models.explanation.sentence import Sentence
from models.reference import Reference
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.learning.learning import learnable_cutoffs
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task
from pipeline.monitor.finding import Section
from pipeline.monitor.listing import OF_FEATURE, finding, listed, shift
from pipeline.outcomes.tiers import PROMISED
from pipeline.registry.champion import Champion

SAID = {
    "ours": "{kind}: features of treatments are not compared: they change with what we do, not with the customers.",
    "by month": "{kind}: ages in days of what is known by month are not compared: they move with the day of the month.",
    "too few": "There are too few cutoffs or customers to say what is usual.",
    "few exports": "{kind}: {exports} exports before the newest: too few.",
    "rests on": "{kind}: the limit rests on {exports} exports.",
    "no outcome": "{kind}: no outcome is known that the champion was not trained on.",
    "base rate": "{kind}: base rate",
    "rate": "{rate:.1%} of {customers:,} customers at {day}, {before:.1%} in the training",
}
OURS = frozenset(feature.name for feature in FEATURES if needs(feature) == (TREATMENTS.name,))
"""Features of what the supplier itself does. Where a programme begins they lie beyond all that the latest two years of
cutoffs hold, and no training can learn of it before its outcomes have come."""
MONTHLY = {table.name for table in TABLES.values() if table.monthly}
BY_MONTH = frozenset(
    feature.name
    for feature in FEATURES
    if feature.unit == "days" and MONTHLY & {need.partition(".")[0] for need in needs(feature)}
)
"""Ages in days of what is known by month: two days on all cutoffs of a training that ends on the third, one on the
second. So they lie beyond what is usual on any other day of the month."""
APART = {"ours": OURS, "by month": BY_MONTH}
"""Features that are not compared, by the sentence that says why."""
AGAIN = "train again: moorings retrain; until then read probabilities as a ranking"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), AGAIN, *PROMISED.values()]


@dataclass(frozen=True)
class Watched:
    """A champion, what it predicts, and all that is known by the day of the check."""

    kind: str
    task: Task
    champion: Champion
    known_history: KnownHistory
    config: Config

    def cutoffs(self) -> list[date]:
        """The latest cutoffs of the training, ascending."""
        known = sorted(date.fromisoformat(text) for text in self.champion.model.scope.cutoffs)
        return known[-self.config.monitor.training_cutoffs :]

    def rows(self, cutoffs: list[date]) -> Dataset:
        """What the champion is fed at these cutoffs, and what came where it is known."""
        features = tuple(each for each in FEATURES if each.name in set(self.champion.model.names))
        store, tables = self.known_history.store, self.known_history.tables
        made = build_dataset(store, cutoffs, self.task, self.config, tables=tables, features=features)
        return made.only(self.champion.model.names)


def inputs(watched: Watched, as_of: date) -> Section:
    """Every feature of the champion but those `APART` at the day of the check against its training's cutoffs."""
    model, asked, cutoffs = watched.champion.model, watched.config.monitor, watched.cutoffs()
    kept = [place for place, name in enumerate(model.names) if not any(name in names for names in APART.values())]
    usual, now = watched.rows(cutoffs), watched.rows([as_of])
    there = (usual.at([cutoff]).values[:, kept] for cutoff in cutoffs)
    parts = [part for part in there if len(part)]  # none of a past that is not delivered any more
    limits = {"chance": asked.chance, "draws": asked.draws, "smallest": asked.smallest_shift}
    verdict = drift(now.values[:, kept], parts, model.reference.take(kept), **limits)  # type: ignore[arg-type]
    notes = [] if len(now) and len(parts) > 1 else [Sentence(SAID["too few"])]
    notes += [Sentence(SAID[why], kind=watched.kind) for why, names in APART.items() if names & set(model.names)]
    figures = {f"{watched.kind}_features_beyond": float(verdict.drifted.sum())}
    names = [model.names[place] for place in kept]
    return Section("inputs", tuple(listed(verdict, names, watched.kind, "training")), tuple(notes), figures)


def scores(watched: Watched, as_of: date) -> Section:
    """The probabilities of the newest export against those of the exports before it."""
    store = store_of(watched.config)
    cutoffs, asked = [cutoff for cutoff in store.cutoffs() if cutoff <= as_of], watched.config.monitor
    column = PROMISED[watched.kind]
    published = {cutoff: _known(store.read(cutoff).column(column).to_numpy()) for cutoff in cutoffs[-asked.windows :]}
    *before, newest = [each for each in published.values() if len(each)] or [np.zeros((0, 1), np.float32)]
    if len(before) < 2:
        return Section("scores", notes=(Sentence(SAID["few exports"], kind=watched.kind, exports=len(before)),))
    usual = Reference.of(np.concatenate(before))
    limits = {"chance": asked.chance, "draws": asked.draws, "smallest": asked.smallest_shift}
    verdict = drift(newest, before, usual, **limits)  # type: ignore[arg-type]
    figures = {f"{column}_mean": float(newest.mean()), f"{column}_mean_before": float(np.concatenate(before).mean())}
    rests = Sentence(SAID["rests on"], kind=watched.kind, exports=len(before))
    subject = Sentence(OF_FEATURE, kind=watched.kind, feature=column)
    found = finding(subject, shift(verdict, 0, "exports"), verdict, 0)
    return Section("scores", (found,), (rests,) if len(before) < asked.least_history else (), figures)


def _known(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return column[~np.isnan(column)].astype(np.float32)[:, None]


def labels(watched: Watched) -> Section:
    """The base rate of the newest mature cutoff after the training against the cutoffs of the training."""
    usual, asked = watched.cutoffs(), watched.config.monitor
    mature = learnable_cutoffs(watched.known_history.store, watched.task, watched.config)
    newer = [cutoff for cutoff in mature if usual and cutoff > usual[-1]]
    if not newer:
        return Section("labels", notes=(Sentence(SAID["no outcome"], kind=watched.kind),))
    data = watched.rows([*usual, newer[-1]]).labelled()
    parts = [each for cutoff in usual if (each := data.at([cutoff]).label.astype(np.float64)).size]
    if not parts:
        return Section("labels", notes=(Sentence(SAID["too few"]),))
    now = data.at([newer[-1]]).label.astype(np.float64)
    limits = {"chance": asked.chance, "draws": asked.draws, "smallest": asked.smallest_rate_shift}
    verdict = rate_drift(now, parts, **limits)  # type: ignore[arg-type]
    rate, before = float(now.mean()) if now.size else np.nan, float(np.concatenate(parts).mean())
    what = Sentence(SAID["rate"], rate=rate, customers=now.size, day=newer[-1], before=before)
    found = finding(Sentence(SAID["base rate"], kind=watched.kind), what, verdict, 0, AGAIN)
    return Section("labels", (found,), (), {f"{watched.kind}_base_rate": rate, f"{watched.kind}_rate_before": before})
