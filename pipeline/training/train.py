"""Training: fit on the past, test on what came later, fit again on all, keep the run, register a challenger."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from features.engine.store import LineStore
from features.history import History
from pipeline.config import Config
from pipeline.learning.horizon import Horizon, chosen_horizon, with_horizon
from pipeline.learning.learning import first_and_end
from pipeline.matrices.known_history import OtherTables
from pipeline.process.progress import stage
from pipeline.profile.days import order_days_of
from pipeline.profile.line_doubts import line_doubts
from pipeline.profile.partner_warnings import partner_warnings
from pipeline.profile.partners import partners_seen
from pipeline.profile.returns import return_curve
from pipeline.profile.table_doubts import table_doubts
from pipeline.profile.unread_states import unread_states
from pipeline.profile.warnings import breaks, pauses
from pipeline.promotion.decision_log import deciding
from pipeline.promotion.decisions import Decisions
from pipeline.promotion.promotion import Grounds, decide
from pipeline.promotion.refusals import WORK, training_work
from pipeline.registry.champion import HELD_OUT_DIGEST, REFUSAL, model_name, tracking_of
from pipeline.registry.run_logging import HELD_OUT
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, CHAMPION, Tracking
from pipeline.sources.history import Reading
from pipeline.sources.store import StoreReading, read_store
from pipeline.training.candidate import Candidate
from pipeline.training.contest import candidates
from pipeline.training.outcome import TargetOutcome, TrainOutcome
from pipeline.training.refusal import refuse
from pipeline.training.run import run_of

logger = logging.getLogger(__name__)


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
    found = found or read_store(config)
    doubts = tuple(_doubts_of_lines(found.reading, config))
    found = found.without_lines()
    reading, store = found.reading, found.store
    logger.info("%s", reading.text())
    other_tables = OtherTables.of(reading.history, store)
    partners = partner_warnings(partners_seen(store, other_tables.tables, config), config)
    warnings = (*doubts, *reading.unread, *reading.unmet, *_warnings(reading.history, store, config), *partners)
    for sentence in warnings:
        logger.warning("%s", sentence)
    horizon = chosen_horizon(config, *first_and_end(store))
    config = with_horizon(config, horizon.days)
    tested, left_out = candidates(store, config, other_tables)
    tested = [_told_of(horizon, each) for each in tested]
    tracking = tracking_of(config)
    with stage("keeping the runs"):
        outcomes = [_keep(candidate, reading, config, tracking) for candidate in tested]
    decisions = _decided([each.kind for each in outcomes], found, config, promotes=promotes)
    told = tuple(replace(each, decision=decisions.decisions.get(each.kind)) for each in outcomes)
    outcome = TrainOutcome(config.name, reading.summary(), told, left_out, tracking.address, warnings)
    refuse(outcome, decisions)
    return outcome


def _doubts_of_lines(reading: Reading, config: Config) -> Iterator[str]:
    """What the profile would say of order lines that look misread; those read by buckets are at hand no more."""
    yield from unread_states(config)
    if reading.history.order_lines.num_rows:
        yield from line_doubts(reading.history)


def _warnings(history: History, store: LineStore, config: Config) -> Iterator[str]:
    """What the profile would say of silence that is no goodbye, of a whole history that breaks off, of tables misread.

    Order lines alone may have been let go of by now: without other tables they are not looked at.
    """
    days = order_days_of(store)
    if "churn" in config.training.targets and config.churn.target == "silence":
        yield from pauses(days, return_curve(days), config)
    yield from breaks(days, config)
    if history.optional:
        yield from table_doubts(history)


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
