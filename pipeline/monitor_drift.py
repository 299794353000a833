"""Whether features, scores and outcomes are as they were in training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from features.engine.plan import Matrix
from features.engine.store import LineStore
from models.evaluation.drift import Values, Verdict, drift
from models.evaluation.drift_effect import score_move
from models.evaluation.levels import Level, level
from pipeline.champion import Champion
from pipeline.config import Config
from pipeline.dataset import Task, snapshot
from pipeline.evidence import Evidence
from pipeline.feature_choice import scored_features
from pipeline.learning import learnable_cutoffs
from pipeline.monitor_findings import Finding
from pipeline.outcomes_tiers import PROMISED, outcome_at
from pipeline.standing_rows import at_cutoff
from pipeline.store import PredictionStore

MOST_TOLD = 10
"""Drifted features told one by one; where more have drifted, the cause is seldom in one of them."""
WORDS = {1: "higher", -1: "lower", 0: "missing more or less often"}
RETRAIN = "train again, and compare: moorings retrain"


class Subject(NamedTuple):
    """What is watched: a kind of target, its task, and the model that scores it."""

    kind: str
    task: Task
    champion: Champion


def input_findings(store: LineStore, as_of: date, subject: Subject, config: Config) -> Iterator[Finding]:
    """Features of the eligible at `as_of` beside those at the latest training cutoffs of the model."""
    model = subject.champion.model
    days = [date.fromisoformat(day) for day in model.scope.cutoffs][-config.monitor.cutoffs :]
    days = [day for day in days if day < as_of]
    features = scored_features(store, model.names)
    matrix = snapshot(store, [*days, as_of], subject.task, config, lambda share: None, features)
    parts = [_values(matrix, place, model.names) for place in range(len(matrix.cutoffs))]
    limits = config.monitor
    found = drift(parts[-1], parts[:-1], model.reference, chance=limits.chance, draws=limits.draws)
    yield from _told(found, parts[-1], subject, config)


def _values(matrix: Matrix, place: int, names: tuple[str, ...]) -> Values:
    part = at_cutoff(matrix, place)
    return np.asfortranarray(part.values[:, [part.names.index(name) for name in names]])


def _told(found: Verdict, values: Values, subject: Subject, config: Config) -> Iterator[Finding]:
    """How many drifted and what that does to the scores together, and those that shifted most.

    A sure drift that moves no score is told and raises no alarm: in a year, much of a business changes.
    """
    model, limits = subject.champion.model, config.monitor
    drifted = np.flatnonzero(found.drifted)
    largest = drifted[np.argsort(-found.distance[drifted], kind="stable")]
    moved = score_move(model, values, [model.names[row] for row in drifted]) if drifted.size else 0.0
    alarm = abs(moved) >= limits.least_move
    yield Finding(
        "inputs",
        subject.kind,
        f"{drifted.size} of {len(model.names)} features have surely drifted; all together move the mean "
        f"probability by {moved:+.1%}",
        alarm,
        RETRAIN if alarm else "",
        {"features": float(len(model.names)), "drifted": float(drifted.size), "score_move": moved},
    )
    for row in largest[:MOST_TOLD]:
        yield _feature(row, found, values, subject, alarm=bool(found.distance[row] >= limits.least_shift))


def _feature(row: int, found: Verdict, values: Values, subject: Subject, *, alarm: bool) -> Finding:
    model = subject.champion.model
    moved = score_move(model, values, [model.names[row]])
    return Finding(
        "inputs",
        f"{subject.kind}: {model.names[row]}",
        f"{WORDS[int(found.direction[row])]}: {found.distance[row]:.0%} of the customers lie beyond where they lay in "
        f"training, {found.limit[row]:.0%} are usual; that alone moves the mean probability by {moved:+.1%}",
        alarm,
        "look whether the business changed or the data" if alarm else "",
        {"shift": float(found.distance[row]), "limit": float(found.limit[row]), "score_move": moved},
    )


def score_findings(predictions: PredictionStore, as_of: date, subject: Subject, config: Config) -> Iterator[Finding]:
    """The mean probability of the newest export beside those of the exports before."""
    name = PROMISED[subject.kind]
    exports = [cutoff for cutoff in predictions.cutoffs() if cutoff <= as_of][-config.monitor.cutoffs - 1 :]
    known = {day: _probabilities(predictions, day, name) for day in exports}
    means = {day: float(rows.mean()) for day, rows in known.items() if rows.size}
    if not means:
        return
    newest = max(means)
    rows, earlier = known[newest], [mean for day, mean in means.items() if day < newest]
    found = level(means[newest], earlier, float(rows.std() / np.sqrt(rows.size)), config.monitor.chance)
    yield _level("scores", f"{subject.kind} at {newest}", "mean probability", found, "exports", RETRAIN)


def _probabilities(predictions: PredictionStore, cutoff: date, name: str) -> npt.NDArray[np.float64]:
    return np.asarray(pc.drop_null(predictions.read(cutoff).column(name)).to_numpy(), dtype=np.float64)


def label_findings(evidence: Evidence, subject: Subject, config: Config) -> Iterator[Finding]:
    """The base rate at the latest mature cutoff beside those at the training cutoffs of the model."""
    trained = {date.fromisoformat(day) for day in subject.champion.model.scope.cutoffs}
    mature = learnable_cutoffs(evidence.store, subject.task, config)
    if not mature or mature[-1] in trained:
        return
    newest = mature[-1]
    usual = sorted(trained)[-config.monitor.cutoffs :]
    rates = {day: _rate(evidence, day, subject.task, config) for day in [*usual, newest]}
    rate, rows = rates[newest]
    earlier = [rates[day][0] for day in usual]
    noise = float(np.sqrt(rate * (1 - rate) / rows)) if rows else float("nan")
    found = level(rate, earlier, noise, config.monitor.chance)
    yield _level("labels", f"{subject.kind} at {newest}", "share of customers", found, "training cutoffs", RETRAIN)


def _rate(evidence: Evidence, cutoff: date, task: Task, config: Config) -> tuple[float, int]:
    came = outcome_at(evidence, cutoff, task, config).dropna()
    return (float(came.mean()) if len(came) else float("nan")), len(came)


def _level(section: str, subject: str, what: str, found: Level, of: str, todo: str) -> Finding:
    if np.isnan(found.low):
        text = f"{what} {found.value:.3f}; {found.earlier} earlier {of} are too few to say what is usual"
    else:
        text = f"{what} {found.value:.3f}; usual of {found.earlier} {of}: {found.low:.3f} to {found.high:.3f}"
    numbers: Mapping[str, float] = {"value": found.value, "low": found.low, "high": found.high}
    return Finding(section, subject, text, found.outside, todo if found.outside else "", numbers)
