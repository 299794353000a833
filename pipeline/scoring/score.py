"""Scoring: what each customer known at a date will probably do, why, and where to read it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.engine.declaration import Feature
from features.engine.plan import ELIGIBLE, Matrix
from features.engine.store import LineStore
from features.errors import DataProblem
from models.explanation.language import Language
from pipeline.config import Config
from pipeline.contract.version import EXPORT_VERSION
from pipeline.export.expiry import check_kept, expire
from pipeline.export.export import Exported, export_newest
from pipeline.export.facts import SILENCE, facts
from pipeline.export.origin import Origin
from pipeline.export.places import export_folder, store_of
from pipeline.export.store import PredictionStore, Written
from pipeline.languages import language
from pipeline.matrices.category_losses import category_names
from pipeline.matrices.dataset import snapshot, tasks
from pipeline.matrices.feature_choice import scored_features
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.process.steps import Steps
from pipeline.registry.champion import Champion, load_champion, model_name, no_champion, tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.scoring.account_rows import account_columns
from pipeline.scoring.changed_ids import changed_ids
from pipeline.scoring.decision_rows import Course, decision_columns
from pipeline.scoring.learned_from import check_learned_from, hindsight
from pipeline.scoring.left_in_peace import in_peace_by_now
from pipeline.scoring.measured_gains import measured
from pipeline.scoring.movement_rows import Now, export_before, movement_columns
from pipeline.scoring.outcome import ScoreOutcome, counted, worth_a_call
from pipeline.scoring.relationships import course_dates
from pipeline.scoring.resume import Buckets, buckets_of, work_key
from pipeline.scoring.rows import Scored, prediction_table, score_matrix
from pipeline.scoring.state_counts import state_counts
from pipeline.scoring.talk_rows import talk_columns
from pipeline.sources.buckets import StoreReading, read_store
from pipeline.sources.history import Reading
from pipeline.sources.history_end import check_date, last_day, lateness
from pipeline.standing.index_rows import peer_groups
from pipeline.standing.margins import Margins, margins_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """The predictions of a cutoff as they are in the store now, the reading and the margins they rest on, and who is
    not in them.

    `late` says where order lines seem to be missing before it, see `pipeline.sources.history_end.lateness`; `unmet`
    where ids of tables or deliveries do not meet; `hindsight` where the models learned from what followed.
    """

    table: pa.Table
    written: Written
    reading: Reading
    margins: Margins
    never_bought: int
    late: str = ""
    unmet: tuple[str, ...] = ()
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
        spoken, listed = language(config.scoring.language), config.scoring.page_customers
        exported = export_newest(predictions, export_folder(config), language=spoken, page_customers=listed)
    logger.info("CPU: %s", steps.text())
    return _outcome(config, as_of, champions, kept, exported)


def _outcome(
    config: Config, as_of: date, champions: Mapping[str, Champion], kept: Kept, exported: Exported
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
        hindsight=kept.hindsight,
        language=language(config.scoring.language),
        silence=config.churn.target == SILENCE,
    )


def score_cutoff(config: Config, as_of: date, champions: Mapping[str, Champion], steps: Steps | None = None) -> Kept:
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
    with locked(predictions.lock(f"{as_of}.scoring"), busy=f"scoring {as_of}"):
        with steps.timed("reading"):
            found = read_known(config, as_of)
        config = in_peace_by_now(config, found.reading.renamed)
        logger.info("%s", found.reading.text())
        check_date(found.store, as_of)
        check_learned_from(found.store, as_of, champions)
        margins, remarks = (
            margins_at(found.store, as_of, config.scoring),
            _remarks(found, as_of, champions, predictions),
        )
        origin = _origin(config, as_of, found, margins, champions, predictions)
        buckets = buckets_of(config, as_of, origin.work)
        said = predictions.origin(as_of)
        written: Written = "unchanged"
        if said is not None and said.work == origin.work:
            table = predictions.read(as_of)
        else:
            table = _table(config, as_of, found, champions, buckets, steps)
            with steps.timed("store"):
                written = predictions.write(table, as_of, origin)
        buckets.finish()
        expire(predictions, config.storage)
    return Kept(table, written, found.reading, margins, found.store.customers - table.num_rows, *remarks)


def _remarks(
    found: StoreReading, as_of: date, champions: Mapping[str, Champion], predictions: PredictionStore
) -> tuple[str, tuple[str, ...], str]:
    """What there is to say of lines that are late, of ids that do not meet and of hindsight; in the log, too."""
    late, known = lateness(found.store, as_of), hindsight(as_of, champions)
    unmet = (*found.reading.unmet, *changed_ids(found.store, as_of, predictions, found.reading.renamed))
    for sentence in filter(None, (*found.reading.unread, late, *unmet, known)):
        logger.warning("%s", sentence)
    return late, unmet, known


def _origin(
    config: Config,
    as_of: date,
    found: StoreReading,
    margins: Margins,
    champions: Mapping[str, Champion],
    predictions: PredictionStore,
) -> Origin:
    reading, spoken = found.reading, language(config.scoring.language)
    models = {kind: f"{champion.label} {champion.registered.digest}" for kind, champion in champions.items()}
    asked = {**models, **measured(as_of, config)}
    return Origin(
        cutoff=as_of,
        run_id=run_id(),
        input_fingerprint=reading.fingerprint,
        models=models,
        work=work_key(config, as_of, reading.fingerprint, asked, _work_before(predictions, as_of)),
        facts=facts(config, reading.history.currency, last_day(found.store), margins, spoken, models),
        export_version=EXPORT_VERSION,
    )


def _work_before(predictions: PredictionStore, as_of: date) -> str:
    """The export before a cutoff, which the movement of probabilities is counted from."""
    earlier = [cutoff for cutoff in predictions.cutoffs() if cutoff < as_of]
    origin = predictions.origin(earlier[-1]) if earlier else None
    return f"{origin.cutoff} {origin.work}" if origin else ""


def _table(
    config: Config,
    as_of: date,
    found: StoreReading,
    champions: Mapping[str, Champion],
    buckets: Buckets,
    steps: Steps,
) -> pa.Table:
    """The rows of everybody known at the cutoff: features of all, predictions by bucket, then what needs everybody."""
    store, spoken = found.store, language(config.scoring.language)
    with steps.timed("features"):
        matrices = {kind: _matrix(store, kind, as_of, config, each) for kind, each in champions.items()}
        history = found.reading.history
        names, renamed = category_names(history.order_lines), found.reading.renamed
        course = Course(store, matrices, names, history.currency, renamed)
        last = {kind: course.at_last(kind) for kind in champions}
    with steps.timed("predictions and reasons"):
        scored = {
            kind: _scored(kind, champion, last[kind], store, config, buckets) for kind, champion in champions.items()
        }
    with steps.timed("states and plays"):
        decided = decision_columns(course, scored, config, spoken)
    if "churn" in scored:
        with steps.timed("products to speak of"):
            decided |= talk_columns(store, found.products(), last["churn"], decided, config, spoken)
        with steps.timed("movement"):
            before = export_before(store_of(config), as_of, tracking_of(config), config, found.reading.renamed)
            now = Now(store, last["churn"], scored["churn"].probability)
            decided |= movement_columns(now, before, config, spoken)
    with steps.timed("rows"):
        first = next(iter(last.values()))
        decided |= account_columns(store, found.reading.history, first, as_of)
        return prediction_table(store, first, scored, config.scoring, as_of, found.reading.fingerprint, decided)


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
            raise no_champion(name, config)
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


def _matrix(store: LineStore, kind: str, as_of: date, config: Config, champion: Champion) -> Matrix:
    """The features along the course that states are followed on, the date itself last."""
    features = scored_features(store, champion.model.names)
    _warn_of_english(language(config.scoring.language), features)
    dates, task = course_dates(as_of, config), tasks(config)[kind]
    return snapshot(store, dates, task, config, features, resumable=True)


def _warn_of_english(spoken: Language, features: Iterable[Feature]) -> None:
    """Name the features whose reasons stay English: a new one is scored before somebody has translated it."""
    names = [each.name for each in features if not (spoken.knows(each.high) and spoken.knows(each.low))]
    if names:
        logger.warning("no translation into %s of what is said of %s: it stays English", spoken.name, ", ".join(names))


def _scored(
    kind: str, champion: Champion, matrix: Matrix, store: LineStore, config: Config, buckets: Buckets
) -> Scored:
    customers = store.customer_ids[matrix.spine.customer[matrix.spine.status == ELIGIBLE]]
    spoken = language(config.scoring.language)
    peers, count = peer_groups(store, matrix), config.scoring.reasons_per_customer
    return score_matrix(champion, matrix, customers, peers, count, buckets, spoken, kind)
