"""Training: fit on the past, test on what came later, fit again on all, keep the run, promote what is better."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from features.engine.store import EPOCH, LineStore
from features.errors import DataProblem, ModelProblem, Problem
from models.baselines import LOGISTIC
from models.event_rows import Rows
from models.fit_settings import Scope
from models.linear import Linear
from models.outcome_tables import outcome_tables
from models.propensity import Propensity
from models.split import Split, split
from models.stored import Model
from pipeline.buckets import read_store
from pipeline.candidate import Candidate
from pipeline.check_figures import check_figures
from pipeline.checks import Tried, look_into
from pipeline.config import Config
from pipeline.dataset import Dataset, Task, build_dataset, tasks
from pipeline.evaluate import STAYS, charts, test_model
from pipeline.fallback import fallback, fitted_lines, recipe, too_small
from pipeline.known_outcomes import FILE, test_rows_file
from pipeline.learning import fit_settings, learn, learnable_cutoffs, tuned
from pipeline.segment_kinds import regions_of
from pipeline.sources import Reading
from pipeline.tracking import Registered, Run, Tracking
from pipeline.training_report import TargetOutcome, TrainOutcome, per_cutoff, plain, totals

logger = logging.getLogger(__name__)
BOOSTING = "boosting"


@dataclass(frozen=True)
class Beside:
    """What is known beside the order lines: rows of the other tables as outcomes, and each customer's region."""

    tables: Mapping[str, Rows] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


def train(config: Config) -> TrainOutcome:
    """Fit, test and register a model per target; make it champion where it beats the best baseline.

    Nothing is kept before every target has been fitted and tested. The first target has to succeed; others for
    which there is too little are left out, and the outcome says why.

    Raises:
        DataProblem: the history is too short or holds too few eligible customers.
        ModelProblem: a label has one class only; or a model was refused: its run is kept, without the alias.
    """
    found_store = read_store(config)
    reading, store = found_store.reading, found_store.store
    logger.info("%s", reading.text())
    beside = Beside(outcome_tables(reading.history, store), regions_of(reading.history))
    found, left_out = candidates(store, config, beside)
    tracking = tracking_of(config)
    outcomes = [_keep(candidate, reading, config, tracking) for candidate in found]
    outcome = TrainOutcome(config.name, reading.summary(), tuple(outcomes), left_out, tracking.address)
    _refuse(outcome)
    return outcome


def tracking_of(config: Config) -> Tracking:
    """Where runs and models of a configuration are kept."""
    return Tracking(config.runs, config.name, config.storage.tracking_uri)


def model_name(config: Config, kind: str) -> str:
    """The name under which a target's models are registered."""
    return f"{config.name}-{kind}"


def candidates(
    store: LineStore, config: Config, beside: Beside | None = None
) -> tuple[list[Candidate], dict[str, str]]:
    """A tested model per target, and by kind why others were left out; nothing is kept yet.

    `regions` says by customer where it is, as far as that is known.

    Raises:
        DataProblem: the first target has too short a history or too few rows.
        ModelProblem: its label has one class only.
    """
    found: list[Candidate] = []
    left_out: dict[str, str] = {}
    for kind, task in tasks(config).items():
        try:
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
    data = build_dataset(store, learnable_cutoffs(store, task, config), task, config, tables=beside.tables)
    _check_rows(data, kind, config)
    past, later = data.at(parts.train), data.at(parts.test).labelled()
    chosen = tuned(past, task, config)
    boosted, why = learn(past, task, config, chosen.best), too_small(later, kind, config)
    instead = fallback(past, task, kind, config, why) if why else None
    refit = recipe(instead, task, kind, config, chosen.best)
    model = refit(past) if instead else boosted
    others = {**_rivals(past, task, kind, config), **({BOOSTING: boosted} if instead else {})}
    test = test_model(model, others, past, later, kind, config)
    logger.info("%s: AUC %.3f, best baseline %.3f", kind, test.overall.auc, test.overall.baseline_auc)
    tried = Tried(model, past, later, data, test.rows, test.overall, test.importance, refit)
    checks = look_into(tried, task, kind, config, beside.regions)
    note = "; ".join(filter(None, (instead.text if instead else "", _base_rate_note(data, kind, config))))
    return Candidate(
        kind, task, test, checks, refit(data), instead, note, later.customer_id, () if instead else chosen.trials
    )


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
    first, end = (EPOCH + timedelta(days=int(day)) for day in (store.day.min(), store.end))
    needed = 2 * task.window.days_to_maturity + config.training.test_cutoffs * config.time.cutoff_months * 31
    raise DataProblem(
        "The history is too short to learn from one stretch of it and to test on a later one.",
        where=f"target {task.target.name}, gap {task.window.gap_days} and horizon {task.window.horizon_days} days",
        got=f"{first} to {end - timedelta(days=1)}, {(end - first).days:,} days",
        expected=f"about {needed:,} days or more",
        todo="give a longer history, or lower [time] horizon_days or [training] test_cutoffs; see moorings profile",
    )


def _check_rows(data: Dataset, kind: str, config: Config) -> None:
    rows = len(data.labelled())
    if rows >= config.training.min_rows:
        return
    raise DataProblem(
        "There are too few eligible customers to learn from.",
        where=f"target {kind}, all cutoffs together",
        got=f"{rows:,} rows (customer and cutoff) with a label, of {len(set(data.customer_id)):,} customers",
        expected=f"at least {config.training.min_rows:,} ([training] min_rows)",
        todo="give more history; see moorings profile for who is eligible when",
    )


def _base_rate_note(data: Dataset, kind: str, config: Config) -> str:
    """What to say of a share of partners that does not fit the trade; "" when it does."""
    rate = float(data.labelled().label.mean())
    low, high = config.partnership.low_base_rate, config.partnership.high_base_rate
    if kind != "partnership" or low <= rate <= high:
        return ""
    return f"{rate:.1%} of the rows are partners, outside {low:.0%} to {high:.0%}: the definition may not fit the trade"


def _keep(candidate: Candidate, reading: Reading, config: Config, tracking: Tracking) -> TargetOutcome:
    """Register the model with its run; the alias goes to it if the gate lets it through."""
    refusal = candidate.refusal()
    with tempfile.TemporaryDirectory(prefix="moorings-") as folder:
        place = Path(folder) / "propensity"
        digest = candidate.model.save(place)
        run = _run(candidate, reading, config, place)
        registered = tracking.log(run, model_name(config, candidate.kind), digest)
    if not refusal:
        tracking.promote(registered)
    return _outcome(candidate, registered, refusal)


def _outcome(candidate: Candidate, registered: Registered, refusal: str) -> TargetOutcome:
    return TargetOutcome(
        kind=candidate.kind,
        target=candidate.task.target.name,
        window=(candidate.task.window.gap_days, candidate.task.window.horizon_days),
        test=candidate.test,
        model=registered,
        trained_rows=candidate.model.scope.rows,
        trained_cutoffs=candidate.model.scope.cutoffs,
        refusal=refusal,
        note=candidate.note,
        checks=candidate.checks,
    )


def _run(candidate: Candidate, reading: Reading, config: Config, place: Path) -> Run:
    scope = candidate.model.scope
    return Run(
        name=candidate.kind,
        parameters=_parameters(config, candidate.model),
        metrics={**totals(candidate.test), **check_figures(candidate.checks)},
        per_cutoff=per_cutoff(candidate.test),
        tags={
            "input_fingerprint": reading.fingerprint,
            "target": scope.target,
            "population": f"{scope.min_order_days} order days, active in {scope.activity_days} days",
            "window": f"gap {scope.gap_days} days, horizon {scope.horizon_days} days",
            "trained_on": f"{scope.cutoffs[0]} to {scope.cutoffs[-1]}, {scope.rows} rows",
        },
        plots=charts(candidate.test, candidate.checks, candidate.model, candidate.task),
        texts={
            "report.md": candidate.report(config),
            "checks.json": json.dumps(plain(candidate.checks.summary()), indent=1),
            "test.json": json.dumps(plain(candidate.test.summary()), indent=1),
            "account.json": json.dumps(plain(reading.summary()), indent=1),
        },
        model=place,
        inputs=candidate.model.names,
        tables={FILE: test_rows_file(candidate.test, candidate.customers, candidate.kind, candidate.task, config)},
        trials=candidate.trials,
    )


def _parameters(config: Config, model: Model) -> dict[str, object]:
    """Settings that shape the model. Those of the history stay out: filters may name customers."""
    shown = {"population", "time", "churn", "partnership", "training"}
    sections: Mapping[str, object] = config.model_dump(include=shown)
    flat = {
        f"{section}.{name}": value
        for section, values in sections.items()
        if isinstance(values, dict)
        for name, value in values.items()
        if not isinstance(value, dict)
    }
    if isinstance(model, Linear):
        return {**flat, **model.parameters()}
    grown = {f"trees.{name}": value for name, value in model.settings.parameters(model.scope.rows).items()}
    calibration = {"calibration.slope": model.calibration.slope, "calibration.intercept": model.calibration.intercept}
    return {**flat, **grown, **calibration, "trees.rounds": model.settings.rounds}


def _refuse(outcome: TrainOutcome) -> None:
    """Raise where a model was not promoted, with its number and that of the best baseline."""
    refused = [target for target in outcome.targets if target.refusal]
    if refused:
        raise refusal_problem(outcome, refused[0])


def refusal_problem(outcome: TrainOutcome, refused: TargetOutcome) -> Problem:
    """What to tell about a model that was not promoted."""
    found = refused.test.overall
    others = ", ".join(target.kind for target in outcome.targets if not target.refusal)
    return ModelProblem(
        f"The {refused.kind} model was not promoted: {refused.refusal}.",
        where=f"{found.pooled.rows:,} test rows at {', '.join(found.cutoffs)}",
        got=f"AUC {found.intervals['roc_auc']} of the model",
        expected=f"more than {found.baseline_auc:.3f} of {found.best_baseline or 'chance'} (lead {found.lead})",
        todo=f"look at run {refused.model.run_id}, which is kept; an earlier champion stays"
        + (f". Promoted: {others}" if others else ""),
    )
