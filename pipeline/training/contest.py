"""Learning and testing: per target a model of the past, tried on what came later, and fitted again on all."""

from __future__ import annotations

import logging

from features.catalogue import computable
from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from models.baselines import LOGISTIC
from models.evaluation.staying import STAYS
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.base_rate import base_rate_note
from pipeline.evaluation.checks import TestedModel, look_into
from pipeline.evaluation.evaluate import test_model
from pipeline.learning.learning import first_and_end, fit_settings, learn, learnable_cutoffs, rounds_note, tuned
from pipeline.learning.levels import level_note
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.feature_choice import audited_only
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.tasks import Task, tasks
from pipeline.process.progress import stage
from pipeline.standing.margins import shares_at
from pipeline.training.candidate import Candidate
from pipeline.training.fallback import fallback, fitted_lines, recipe, too_small
from pipeline.training.learnable import check_rows, split_of

logger = logging.getLogger(__name__)
BOOSTING = "boosting"


def candidates(
    store: LineStore, config: Config, other_tables: OtherTables | None = None
) -> tuple[list[Candidate], dict[str, str]]:
    """A tested model per target, and by kind why others were left out; nothing is kept yet.

    `other_tables` are what is known beside the order lines; nothing by default.

    Raises:
        DataProblem: the first target has too short a history or too few rows.
        ModelProblem: its label has one class only.
    """
    found: list[Candidate] = []
    left_out: dict[str, str] = {}
    for kind, task in tasks(config).items():
        try:
            with stage(kind):
                found.append(_candidate(store, other_tables or OtherTables(), kind, task, config))
        except (DataProblem, ModelProblem) as problem:
            if not found:
                raise
            left_out[kind] = f"{problem.what} {problem.got}"
            logger.info("%s is left out: %s", kind, left_out[kind])
    return found, left_out


def _candidate(store: LineStore, other_tables: OtherTables, kind: str, task: Task, config: Config) -> Candidate:
    parts = split_of(store, task, config)
    logger.info("%s: %d cutoffs to learn from, %d to test on", kind, len(parts.train), len(parts.test))
    every = wide_dataset(store, other_tables, task, config)
    data = _learned_from(every, kind, config)
    check_rows(data, kind, config)
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
    tried = TestedModel(model, past, later, every, test.rows, test.overall, test.importance, refit, share)
    checks = look_into(tried, task, kind, config, other_tables.regions)
    del past, tried, today  # most of a matrix, and the last fit needs as much memory as the first
    final = refit(data, None if instead else _customers_today(store, other_tables, task, config))
    grown = instead.text if instead else rounds_note(chosen.best, config)
    notes = tuple(filter(None, (grown, base_rate_note(data.labelled().label, kind, config), level_note(final))))
    trials = chosen.trials if not instead else ()
    return Candidate(kind, task, test, checks, final, model, instead, notes, later.customer_id, trials)


def _learned_from(every: Dataset, kind: str, config: Config) -> Dataset:
    """The rows without the features that are only audited; not a copy where there are none."""
    apart = set(audited_only(every.names, kind, config))
    return every.only([name for name in every.names if name not in apart]) if apart else every


def _customers_today(store: LineStore, other_tables: OtherTables, task: Task, config: Config) -> Dataset:
    """The customers as they stand at the end of the history, for the level of the model that goes into use."""
    return build_dataset(store, [first_and_end(store)[1]], task, config, tables=other_tables.tables)


def wide_dataset(store: LineStore, other_tables: OtherTables, task: Task, config: Config) -> Dataset:
    """The labelled cutoffs with every feature there is, those included that the target does not learn from."""
    cutoffs = learnable_cutoffs(store, task, config)
    return build_dataset(store, cutoffs, task, config, tables=other_tables.tables, features=computable(store))


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
