"""Scoring: what each customer known at a date will probably do, why, and where to read it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.errors import DataProblem
from pipeline.config import Config
from pipeline.contract.version import EXPORT_VERSION
from pipeline.export.expiry import check_kept, expire
from pipeline.export.export import Edition, Exported, export_newest
from pipeline.export.facts import SILENCE, facts
from pipeline.export.origin import Origin
from pipeline.export.places import export_folder, store_of
from pipeline.export.store import PredictionStore, Written
from pipeline.languages import language
from pipeline.matrices.tasks import tasks
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.process.steps import Steps
from pipeline.registry.champion import Champion, load_champion, model_name, no_champion, tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.scoring.ahead import ahead
from pipeline.scoring.at_cutoff import CutoffScoring
from pipeline.scoring.changed_ids import changed_ids
from pipeline.scoring.changed_past import changed_past
from pipeline.scoring.learned_from import check_learned_from, hindsight
from pipeline.scoring.left_in_peace import in_peace_by_now, not_found_in_peace
from pipeline.scoring.measured_gains import measured
from pipeline.scoring.outcome import ScoreOutcome, counted, worth_a_call
from pipeline.scoring.resume import buckets_of, work_key
from pipeline.scoring.state_counts import state_counts
from pipeline.sources.history import Reading
from pipeline.sources.history_end import check_date, first_day, last_day, lateness
from pipeline.sources.store import StoreReading, read_store
from pipeline.standing.margins import Margins, margins_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoredCutoff:
    """The predictions of a cutoff as they are in the store now, the reading and the margins they rest on, and who is
    not in them.

    `late` says where order lines seem to be missing before it, see `pipeline.sources.history_end.lateness`; `unmet`
    where ids of tables or deliveries do not meet; `changed` where the past is another than it was; `hindsight` where
    the models learned from what followed.
    """

    table: pa.Table
    written: Written
    reading: Reading
    margins: Margins
    never_bought: int
    late: str = ""
    unmet: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    hindsight: str = ""


def score(config: Config, as_of: date) -> ScoreOutcome:
    """Score every customer known before `as_of` with the champions, and write store and export.

    Only rows known before `as_of` are read, so a past date gives the same rows whenever it is scored. Where the store
    holds what the same inputs, models, settings and code gave, nothing is computed again.

    Raises:
        DataProblem: there is no history before `as_of`, or it ends too long before.
        ModelProblem: there is no champion for the first target, it fails a check, or what it learned from is missing.
        UsageProblem: the store would not keep the date.
        BusyProblem: another process is scoring it.
    """
    steps = Steps()
    with steps.timed("models"):
        config = settled_by_model(config)
        champions = champions_of(config)
    kept = score_cutoff(config, as_of, champions, steps)
    predictions = store_of(config)
    with steps.timed("files"):
        exported = export_newest(predictions, export_folder(config), Edition.of(config))
    logger.info("CPU: %s", steps.text())
    return _outcome(config, as_of, champions, kept, exported)


def _outcome(
    config: Config, as_of: date, champions: Mapping[str, Champion], kept: ScoredCutoff, exported: Exported
) -> ScoreOutcome:
    return ScoreOutcome(
        as_of=as_of,
        counts=counted(kept.table),
        models={kind: champion.label for kind, champion in champions.items()},
        store=str(store_of(config).folder),
        written=kept.written,
        exported=exported,
        account=kept.reading.summary(),
        fingerprint=kept.reading.fingerprint,
        worth_a_call=worth_a_call(kept.table),
        currency=kept.reading.history.currency,
        states=state_counts(kept.table),
        never_bought=kept.never_bought,
        margins=kept.margins,
        late=kept.late,
        unmet=kept.unmet,
        changed=kept.changed,
        hindsight=kept.hindsight,
        ahead=ahead(exported.cutoff, as_of, config.history.time_zone),
        language=language(config.scoring.language),
        silence=config.churn.target == SILENCE,
    )


def score_cutoff(
    config: Config, as_of: date, champions: Mapping[str, Champion], steps: Steps | None = None
) -> ScoredCutoff:
    """Bring the predictions of one cutoff into the store; a killed run goes on from its last finished bucket.

    Args:
        config: whose customers; its horizons are those of the models, see `settled_by_model`.
        as_of: the cutoff.
        champions: the models.
        steps: what each step costs is counted here.

    Raises:
        As `score`.
    """
    predictions, steps = store_of(config), steps or Steps()
    check_kept(predictions, config.storage, as_of)
    with locked(predictions.lock(f"{as_of}.scoring"), busy=f"scoring {as_of}", passing=True):
        with steps.timed("reading"):
            found = read_known(config, as_of)
        asked = CutoffScoring(in_peace_by_now(config, found.reading.renamed), as_of, found, champions)
        logger.info("%s", found.reading.text())
        check_date(found.store, as_of)
        check_learned_from(found.store, as_of, champions)
        margins = margins_at(found.store, as_of, config.scoring)
        remarks = _remarks(found, as_of, champions, predictions, asked.config)
        table, written = _stored(asked, _origin(asked, margins, predictions), predictions, steps)
        expire(predictions, config.storage)
    return ScoredCutoff(table, written, found.reading, margins, found.store.customers - table.num_rows, *remarks)


def _stored(
    asked: CutoffScoring, origin: Origin, predictions: PredictionStore, steps: Steps
) -> tuple[pa.Table, Written]:
    """The rows that the store now holds of a cutoff: those that were there where they come of the same work."""
    buckets = buckets_of(asked.config, asked.as_of, origin.work)
    said = predictions.origin(asked.as_of)
    written: Written = "unchanged"
    if said is not None and said.work == origin.work:
        table = predictions.read(asked.as_of)
    else:
        table = asked.table(buckets, steps)
        with steps.timed("store"):
            written = predictions.write(table, asked.as_of, origin)
    buckets.finish()
    return table, written


def _remarks(
    found: StoreReading, as_of: date, champions: Mapping[str, Champion], predictions: PredictionStore, config: Config
) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """What there is to say of late lines, ids that do not meet, a changed past and hindsight; in the log, too."""
    late, known, renamed = lateness(found.store, as_of), hindsight(as_of, champions), found.reading.renamed
    unmet = (*found.reading.unmet, *changed_ids(found.store, as_of, predictions, renamed))
    unmet = (*unmet, *not_found_in_peace(config, found.store, renamed))
    changed = changed_past(found.store, as_of, predictions, renamed)
    for sentence in filter(None, (*found.reading.unread, late, *unmet, *changed, known)):
        logger.warning("%s", sentence)
    return late, unmet, changed, known


def _origin(asked: CutoffScoring, margins: Margins, predictions: PredictionStore) -> Origin:
    """What the rows of a cutoff come of: the inputs, the models, the settings and the code."""
    config, as_of, reading = asked.config, asked.as_of, asked.found.reading
    models = {kind: f"{champion.label} {champion.registered.digest}" for kind, champion in asked.champions.items()}
    weighed = {**models, **measured(as_of, config)}
    return Origin(
        cutoff=as_of,
        run_id=run_id(),
        input_fingerprint=reading.fingerprint,
        models=models,
        work=work_key(config, as_of, reading.fingerprint, weighed, _work_before(predictions, as_of)),
        facts=facts(config, reading.history.currency, last_day(asked.store), margins, asked.language, models),
        export_version=EXPORT_VERSION,
        begins=str(first_day(asked.store)),
    )


def _work_before(predictions: PredictionStore, as_of: date) -> str:
    """The export before a cutoff, which the movement of probabilities is counted from."""
    earlier = [cutoff for cutoff in predictions.cutoffs() if cutoff < as_of]
    origin = predictions.origin(earlier[-1]) if earlier else None
    return f"{origin.cutoff} {origin.work}" if origin else ""


def champions_of(config: Config) -> dict[str, Champion]:
    """The champions by kind of target, the first of which has to exist."""
    tracking = tracking_of(config)
    found: dict[str, Champion] = {}
    for kind, task in tasks(config).items():
        name = model_name(config, kind)
        champion = load_champion(tracking, name, task, config)
        if champion is not None:
            found[kind] = champion
        elif kind == config.training.targets[0]:
            raise no_champion(tracking, name, config)
        else:
            logger.info("%s has no champion: its columns stay empty", name)
    return found


def read_known(config: Config, as_of: date) -> StoreReading:
    """The history known before `as_of`.

    Raises:
        DataProblem: there is none; with the dates of the whole history, where that is the reason.
    """
    try:
        return read_store(config, known_before=as_of)
    except DataProblem:
        check_date(read_store(config).store, as_of)
        raise
