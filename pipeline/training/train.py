"""Training: fit on the past, test on what came later, fit again on all, keep the run, register a challenger."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from features.catalogue import computable
from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from models.baselines import LOGISTIC
from models.evaluation.staying import STAYS
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity
from models.split import Split, split
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.base_rate import base_rate_note
from pipeline.evaluation.checks import Tried, look_into
from pipeline.evaluation.evaluate import test_model
from pipeline.learning.horizon import Horizon, chosen_horizon, with_horizon
from pipeline.learning.learning import first_and_end, fit_settings, learn, learnable_cutoffs, rounds_note, tuned
from pipeline.learning.levels import level_note
from pipeline.matrices.dataset import Dataset, Task, build_dataset, tasks
from pipeline.matrices.evidence import Beside
from pipeline.matrices.feature_choice import audited_only
from pipeline.process.progress import stage
from pipeline.profile.days import order_days_of
from pipeline.profile.partner_warnings import partner_warnings
from pipeline.profile.partners import partners_seen
from pipeline.profile.returns import return_curve
from pipeline.profile.warnings import breaks, pauses
from pipeline.promotion.decision_log import deciding
from pipeline.promotion.decisions import Decisions
from pipeline.promotion.promotion import REFUSAL, Grounds, decide
from pipeline.promotion.refusals import WORK, training_work
from pipeline.registry.champion import HELD_OUT_DIGEST, model_name, tracking_of
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, CHAMPION, HELD_OUT, Tracking
from pipeline.sources.buckets import StoreReading, read_store
from pipeline.sources.history import Reading
from pipeline.standing.margins import shares_at
from pipeline.training.candidate import Candidate
from pipeline.training.fallback import fallback, fitted_lines, recipe, too_small
from pipeline.training.outcome import TargetOutcome, TrainOutcome
from pipeline.training.refusal import refuse
from pipeline.training.run import run_of

__all__ = ["candidates", "split_of", "train"]
logger = logging.getLogger(__name__)
BOOSTING = "boosting"


def train(config: Config, *, promotes: bool = False, found: StoreReading | None = None) -> TrainOutcome:
    """Fit, test and register a model per target as challenger; decide about those of which there is no champion yet.

    Nothing is kept before every target has been fitted and tested. The first target has to succeed; others for
    which there is too little are left out, and the outcome says why.

    Args:
        config: the settings.
        promotes: decide about every challenger, see `pipeline.promotion.promotion`. Without it a champion that there is
            stays.
        found: the history, where it has been read already.

    Raises:
        DataProblem: the history is too short or holds too few eligible customers.
        ModelProblem: a label has one class only; or a model was refused, by its own test or beside the champion: its
            run is kept, and the champion stays.
    """
    found = (found or read_store(config)).without_lines()
    reading, store = found.reading, found.store
    logger.info("%s", reading.text())
    beside = Beside.of(reading.history, store)
    partners = partner_warnings(partners_seen(store, beside.tables, config), config)
    warnings = (*reading.unread, *reading.unmet, *_warnings(store, config), *partners)
    for sentence in warnings:
        logger.warning("%s", sentence)
    horizon = chosen_horizon(config, *first_and_end(store))
    config = with_horizon(config, horizon.days)
    tested, left_out = candidates(store, config, beside)
    tested = [_told_of(horizon, each) for each in tested]
    tracking = tracking_of(config)
    with stage("keeping the runs"):
        outcomes = [_keep(candidate, reading, config, tracking) for candidate in tested]
    decisions = _decided([each.kind for each in outcomes], found, config, promotes=promotes)
    told = tuple(replace(each, decision=decisions.decisions.get(each.kind)) for each in outcomes)
    outcome = TrainOutcome(config.name, reading.summary(), told, left_out, tracking.address, warnings)
    refuse(outcome, decisions)
    return outcome


def _warnings(store: LineStore, config: Config) -> tuple[str, ...]:
    """What the profile would say of silence that is no goodbye, and of a whole history that breaks off."""
    days = order_days_of(store)
    broken = tuple(breaks(days, config))
    if "churn" not in config.training.targets or config.churn.target != "silence":
        return broken
    return (*pauses(days, return_curve(days), config), *broken)


def _told_of(horizon: Horizon, candidate: Candidate) -> Candidate:
    """The candidate with what there is to say of the horizon that was chosen for it."""
    if candidate.kind != "partnership" or not horizon.why:
        return candidate
    logger.info("%s: %s", candidate.kind, horizon.note())
    return replace(candidate, notes=(horizon.note(), *candidate.notes), horizon_chosen=horizon.why)


def _decided(kinds: list[str], found: StoreReading, config: Config, *, promotes: bool) -> Decisions:
    """Decide about the challengers of `kinds`, or only about those without a champion."""
    grounds = Grounds.of(config, found)
    with deciding(config, wait=True):
        names = {kind: model_name(config, kind) for kind in kinds}
        chosen = [kind for kind in kinds if promotes or CHAMPION not in grounds.tracking.aliases(names[kind])]
        return decide(grounds, chosen)


def candidates(
    store: LineStore, config: Config, beside: Beside | None = None
) -> tuple[list[Candidate], dict[str, str]]:
    """A tested model per target, and by kind why others were left out; nothing is kept yet.

    `beside` is what is known beside the order lines; nothing by default.

    Raises:
        DataProblem: the first target has too short a history or too few rows.
        ModelProblem: its label has one class only.
    """
    found: list[Candidate] = []
    left_out: dict[str, str] = {}
    for kind, task in tasks(config).items():
        try:
            with stage(kind):
                found.append(_candidate(store, beside or Beside(), kind, task, config))
        except (DataProblem, ModelProblem) as problem:
            if not found:
                raise
            left_out[kind] = f"{problem.what} {problem.got}"
            logger.info("%s is left out: %s", kind, left_out[kind])
    return found, left_out


def _candidate(store: LineStore, beside: Beside, kind: str, task: Task, config: Config) -> Candidate:
    parts = split_of(store, task, config)
    logger.info("%s: %d cutoffs to learn from, %d to test on", kind, len(parts.train), len(parts.test))
    every = wide_dataset(store, beside, task, config)
    data = _learned_from(every, kind, config)
    _check_rows(data, kind, config)
    past, later = data.at(parts.train), data.at(parts.test).labelled()
    chosen = tuned(past, task, config)
    today = data.at(parts.test[:1])  # who learned up to the first test cutoff saw its customers, and not what came
    why = too_small(later, kind, config)
    instead = fallback(past, task, kind, config, why) if why else None
    refit = stage("learning")(recipe(instead, task, kind, config, chosen.best))
    model = refit(past, today)
    boosted = _boosting(past, today, task, config, chosen.best) if instead else {}
    others = _rivals(past, task, kind, config) | boosted
    test = test_model(model, others, past, later, kind, config)
    beaten = test.overall.best_baseline or "chance"
    logger.info("%s: AUC %.3f, %s %.3f", kind, test.overall.auc, beaten.replace("_", " "), test.overall.baseline_auc)
    share = shares_at(store, later.customer, later.cutoff, config.scoring)
    tried = Tried(model, past, later, every, test.rows, test.overall, test.importance, refit, share)
    checks = look_into(tried, task, kind, config, beside.regions)
    del past, tried, today  # most of a matrix, and the last fit needs as much memory as the first
    final = refit(data, None if instead else _customers_today(store, beside, task, config))
    grown = instead.text if instead else rounds_note(chosen.best, config)
    notes = tuple(filter(None, (grown, base_rate_note(data.labelled().label, kind, config), level_note(final))))
    trials = chosen.trials if not instead else ()
    return Candidate(kind, task, test, checks, final, model, instead, notes, later.customer_id, trials)


def _learned_from(every: Dataset, kind: str, config: Config) -> Dataset:
    """The rows without the features that are only audited; not a copy where there are none."""
    apart = set(audited_only(every.names, kind, config))
    return every.only([name for name in every.names if name not in apart]) if apart else every


def _customers_today(store: LineStore, beside: Beside, task: Task, config: Config) -> Dataset:
    """The customers as they stand at the end of the history, for the level of the model that goes into use."""
    return build_dataset(store, [first_and_end(store)[1]], task, config, tables=beside.tables)


def wide_dataset(store: LineStore, beside: Beside, task: Task, config: Config) -> Dataset:
    """The labelled cutoffs with every feature there is, those included that the target does not learn from."""
    cutoffs = learnable_cutoffs(store, task, config)
    return build_dataset(store, cutoffs, task, config, tables=beside.tables, features=computable(store))


def _boosting(past: Dataset, today: Dataset, task: Task, config: Config, settings: FitSettings) -> dict[str, Model]:
    """Boosting, to be shown beside what stands in for it; nothing where there is too little to learn from."""
    try:
        return {BOOSTING: learn(past, task, config, settings, present=today)}
    except ModelProblem:
        logger.info("boosting has too little to learn from, and is not shown beside what stands in for it")
        return {}


@stage("rivals")
def _rivals(past: Dataset, task: Task, kind: str, config: Config) -> dict[str, Model]:
    """A line through a handful of features, and a model of staying alone, which only has to rank; where there are."""
    found: dict[str, Model] = {**fitted_lines(past, task, kind, config, [LOGISTIC])}
    if STAYS not in past.acts or len(task.target.acts) == 1:
        return found
    scope, settings, stays = Scope(target=STAYS), fit_settings(config), past.acts[STAYS]
    try:
        found[STAYS] = Propensity.fit(past.values, past.names, stays, past.cutoff, settings=settings, scope=scope)
    except ModelProblem:
        logger.info("%s: staying alone cannot be learned, and is not shown beside it", kind)
    return found


def split_of(store: LineStore, task: Task, config: Config) -> Split:
    """Cutoffs to learn from and to test on.

    Raises:
        DataProblem: the history holds no two cutoffs whose outcome windows do not overlap.
    """
    parts = split(learnable_cutoffs(store, task, config), task.window, test=config.training.test_cutoffs)
    if parts.train and parts.test:
        return parts
    first, end = first_and_end(store)
    needed = 2 * task.window.days_to_maturity + config.training.test_cutoffs * config.time.cutoff_months * 31
    raise DataProblem(
        "The history is too short to learn from one stretch of it and to test on a later one.",
        where=f"target {task.target.name}, gap {task.window.gap_days} and horizon {task.window.horizon_days} days",
        got=f"{first} to {end - timedelta(days=1)}, {(end - first).days:,} days",
        expected=f"about {needed:,} days or more",
        todo="give a longer history, or lower [time] horizon_days or [training] test_cutoffs; see moorings profile",
    )


def _check_rows(data: Dataset, kind: str, config: Config) -> None:
    label = data.labelled().label
    rows, ones = label.size, int(label.sum())
    if rows >= config.training.min_rows:
        if not 0 < ones < rows:
            raise _one_outcome(data, kind, ones)
        return
    raise DataProblem(
        "There are too few eligible customers to learn from.",
        where=f"target {kind}, all cutoffs together",
        got=f"{rows:,} rows (customer and cutoff) with a label, of {len(set(data.customer_id)):,} customers",
        expected=f"at least {config.training.min_rows:,} ([training] min_rows)",
        todo="give more history; see moorings profile for who is eligible when",
    )


ALL_ALIKE = {
    ("churn", False): 'nobody leaves by this definition: [churn] target = "partial" counts customers who spend less '
    "and less, a shorter [time] horizon_days those who pause",
    ("churn", True): "a longer [time] horizon_days: nobody orders again within this one; see moorings profile",
}
"""What to do where every outcome is the same, by kind of target and whether it always came."""


def _one_outcome(data: Dataset, kind: str, ones: int) -> ModelProblem:
    rows, days = len(data.labelled()), np.unique(data.labelled().cutoff)
    return ModelProblem(
        "Every outcome is the same, and there is nothing to tell customers apart by.",
        where=f"target {kind}, {days.size} cutoffs from {days[0]} to {days[-1]}",
        got=f"{ones:,} of {rows:,} rows (customer and cutoff) are 1",
        expected="rows of both outcomes",
        todo=ALL_ALIKE.get((kind, ones > 0), "use a longer history, or another definition of the target"),
    )


def _keep(candidate: Candidate, reading: Reading, config: Config, tracking: Tracking) -> TargetOutcome:
    """Register the model with its run as the challenger of its name."""
    with tempfile.TemporaryDirectory(prefix="moorings-") as folder:
        place = Path(folder) / "propensity"
        digest = candidate.model.save(place)
        marks = {HELD_OUT_DIGEST: candidate.held_out.save(place.with_name(HELD_OUT)), REFUSAL: candidate.refusal()}
        marks |= {WORK: training_work(config, reading.fingerprint)}
        run = run_of(candidate, reading, config, place, marks)
        registered = tracking.log(run, model_name(config, candidate.kind), digest)
    tracking.point(registered.name, CHALLENGER, registered.version)
    return _outcome(candidate, registered)


def _outcome(candidate: Candidate, registered: Registered) -> TargetOutcome:
    return TargetOutcome(
        kind=candidate.kind,
        target=candidate.task.target.name,
        window=(candidate.task.window.gap_days, candidate.task.window.horizon_days),
        test=candidate.test,
        model=registered,
        trained_rows=candidate.model.scope.rows,
        trained_cutoffs=candidate.model.scope.cutoffs,
        refusal=candidate.refusal(),
        note="; ".join(candidate.notes),
        checks=candidate.checks,
    )
