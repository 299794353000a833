"""Training: fit on the past, test on what came later, fit again on all, keep the run, promote what is better."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from features.engine.store import EPOCH, LineStore
from features.errors import DataProblem, ModelProblem, Problem
from models.fit_settings import Scope
from models.propensity import Propensity
from models.split import Split, split
from pipeline.buckets import StoreReading, read_store
from pipeline.config import Config
from pipeline.dataset import Dataset, Task, build_dataset, tasks
from pipeline.evaluate import STAYS, Test, charts, test_model
from pipeline.learning import fit_settings, learn, learnable_cutoffs
from pipeline.tracking import Registered, Run, Tracking
from pipeline.training_report import TargetOutcome, TrainOutcome, per_cutoff, plain, totals

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """A tested model: the test of the one fitted before the test cutoffs, and the `model` fitted on everything."""

    kind: str
    task: Task
    test: Test
    model: Propensity
    note: str


def train(config: Config) -> TrainOutcome:
    """Fit, test and register a model per target; make it champion where it beats the best baseline.

    Nothing is kept before every target has been fitted and tested. The first target has to succeed; others for
    which there is too little are left out, and the outcome says why.

    Raises:
        DataProblem: the history is too short or holds too few eligible customers.
        ModelProblem: a label has one class only; or a model was refused: its run is kept, without the alias.
    """
    reading = read_store(config)
    logger.info("%s", reading.account.text())
    found, left_out = candidates(reading.store, config)
    tracking = tracking_of(config)
    outcomes = [_keep(candidate, reading, config, tracking) for candidate in found]
    outcome = TrainOutcome(config.name, reading.account.summary(), tuple(outcomes), left_out, tracking.address)
    _refuse(outcome)
    return outcome


def tracking_of(config: Config) -> Tracking:
    """Where runs and models of a configuration are kept."""
    return Tracking(config.runs, config.name, config.storage.tracking_uri)


def model_name(config: Config, kind: str) -> str:
    """The name under which a target's models are registered."""
    return f"{config.name}-{kind}"


def candidates(store: LineStore, config: Config) -> tuple[list[Candidate], dict[str, str]]:
    """A tested model per target, and by kind why others were left out; nothing is kept yet.

    Raises:
        DataProblem: the first target has too short a history or too few rows.
        ModelProblem: its label has one class only.
    """
    found: list[Candidate] = []
    left_out: dict[str, str] = {}
    for kind, task in tasks(config).items():
        try:
            found.append(_candidate(store, kind, task, config))
        except (DataProblem, ModelProblem) as problem:
            if not found:
                raise
            left_out[kind] = f"{problem.what} {problem.got}"
            logger.info("%s is left out: %s", kind, left_out[kind])
    return found, left_out


def _candidate(store: LineStore, kind: str, task: Task, config: Config) -> Candidate:
    parts = split_of(store, task, config)
    logger.info("%s: %d cutoffs to learn from, %d to test on", kind, len(parts.train), len(parts.test))
    data = build_dataset(store, learnable_cutoffs(store, task, config), task, config)
    _check_rows(data, kind, config)
    past, later = data.at(parts.train), data.at(parts.test).labelled()
    model = learn(past, task, config)
    test = test_model(model, _rival(past, task, config), past, later, kind, config)
    logger.info("%s: AUC %.3f, best baseline %.3f", kind, test.overall.auc, test.overall.baseline_auc)
    return Candidate(kind, task, test, learn(data, task, config), _base_rate_note(data, kind, config))


def _rival(past: Dataset, task: Task, config: Config) -> Propensity | None:
    """A model of staying alone, which only has to rank; None where there is no such act or it cannot be learned."""
    if STAYS not in past.acts or len(task.target.acts) == 1:
        return None
    scope, settings = Scope(target=STAYS), fit_settings(config)
    try:
        return Propensity.fit(past.values, past.names, past.acts[STAYS], past.cutoff, settings=settings, scope=scope)
    except ModelProblem:
        return None


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


def _keep(candidate: Candidate, reading: StoreReading, config: Config, tracking: Tracking) -> TargetOutcome:
    """Register the model with its run; the alias goes to it if the gate lets it through."""
    refusal = candidate.test.overall.refusal()
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
    )


def _run(candidate: Candidate, reading: StoreReading, config: Config, place: Path) -> Run:
    scope = candidate.model.scope
    return Run(
        name=candidate.kind,
        parameters=_parameters(config, candidate.model),
        metrics=totals(candidate.test),
        per_cutoff=per_cutoff(candidate.test),
        tags={
            "input_fingerprint": reading.fingerprint,
            "target": scope.target,
            "population": f"{scope.min_order_days} order days, active in {scope.activity_days} days",
            "window": f"gap {scope.gap_days} days, horizon {scope.horizon_days} days",
            "trained_on": f"{scope.cutoffs[0]} to {scope.cutoffs[-1]}, {scope.rows} rows",
        },
        plots=charts(candidate.test, candidate.model, candidate.task),
        texts={
            "test.json": json.dumps(plain(candidate.test.summary()), indent=1),
            "account.json": json.dumps(plain(reading.account.summary()), indent=1),
        },
        model=place,
        inputs=candidate.model.names,
    )


def _parameters(config: Config, model: Propensity) -> dict[str, object]:
    """Settings that shape the model. Those of the history stay out: filters may name customers."""
    sections: Mapping[str, object] = config.model_dump(include={"population", "time", "partnership", "training"})
    flat = {
        f"{section}.{name}": value
        for section, values in sections.items()
        if isinstance(values, dict)
        for name, value in values.items()
        if not isinstance(value, dict)
    }
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
