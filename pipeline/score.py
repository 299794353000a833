"""Scoring: what each customer known at a date will probably do, why, and where to read it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.engine.plan import ELIGIBLE, STATUS, Matrix
from features.engine.store import EPOCH, LineStore
from features.errors import DataProblem
from pipeline.buckets import StoreReading, read_store
from pipeline.champion import Champion, load_champion, no_champion
from pipeline.config import Config
from pipeline.dataset import snapshot, tasks
from pipeline.export import Exported, export_newest
from pipeline.facts import facts
from pipeline.feature_choice import scored_features
from pipeline.languages import language
from pipeline.score_rows import Scored, prediction_table, score_matrix
from pipeline.sources import Reading
from pipeline.store import PredictionStore, Written
from pipeline.train import model_name, tracking_of

logger = logging.getLogger(__name__)
STALE_DAYS = 31
"""A cutoff further than this behind the last order line is refused: everybody would look silent."""
WORTH_A_CALL = 3


@dataclass(frozen=True)
class ScoreOutcome:
    """What a scoring came to: how many of each status, the state of the store, the files, and whom to call first."""

    as_of: date
    counts: Mapping[str, int]
    models: Mapping[str, str]
    store: str
    written: Written
    exported: Exported
    account: Mapping[str, object]
    fingerprint: str
    worth_a_call: tuple[Mapping[str, Any], ...]
    currency: str

    def summary(self) -> dict[str, Any]:
        """JSON-able; the same for the same inputs, but for `written`."""
        return {
            "as_of": str(self.as_of),
            "customers": dict(self.counts),
            "models": dict(self.models),
            "input_fingerprint": self.fingerprint,
            "account": dict(self.account),
            "store": {"path": self.store, "state": self.written},
            "export": {
                "folder": str(self.exported.folder),
                "cutoff": str(self.exported.cutoff),
                "files": dict(self.exported.digests),
            },
            "worth_a_call": [dict(row) for row in self.worth_a_call],
        }

    def text(self) -> str:
        """For people: the counts, whom to call first and why, and where the files are."""
        counted = ", ".join(f"{number:,} {status}" for status, number in self.counts.items())
        used = ", ".join(f"{kind}: {label}" for kind, label in self.models.items())
        lines = [f"{sum(self.counts.values()):,} customers at {self.as_of}: {counted}", f"models: {used}", ""]
        lines += ["most worth a call"] if self.worth_a_call else []
        for row in self.worth_a_call:
            lines += [self._headline(row), *(f"    {reason}" for reason in row["reasons"])]
        place = "\n".join(f"  {self.exported.folder / name}" for name in self.exported.digests)
        return "\n".join([*lines, "", f"predictions of {self.exported.cutoff} ({self.written})", place])

    def _headline(self, row: Mapping[str, Any]) -> str:
        at_risk = row["value_at_risk"]
        money = "" if at_risk is None else f", {at_risk:,.0f} {self.currency} of margin at risk".replace("  ", " ")
        return f"  {row['customer_id']}: {row['churn_probability']:.0%} likely to stop ordering{money}"


def score(config: Config, as_of: date) -> ScoreOutcome:
    """Score every customer known before `as_of` with the champions, and write store and export.

    Only rows known before `as_of` are read, so a past date gives the same rows whenever it is scored.

    Raises:
        DataProblem: there is no history before `as_of`, or it ends too long before.
        ModelProblem: there is no champion for the first target, or it fails a check.
    """
    champions = _champions(config)
    found = _read(config, as_of)
    reading, store = found.reading, found.store
    logger.info("%s", reading.text())
    _check_date(store, as_of)
    matrices = {kind: _matrix(store, kind, as_of, config, champion) for kind, champion in champions.items()}
    scored = {kind: _scored(champion, matrices[kind], store, config) for kind, champion in champions.items()}
    first = next(iter(matrices.values()))
    table = prediction_table(store, first, scored, config.scoring, as_of, reading.fingerprint)
    predictions = PredictionStore(config.runs / "predictions" / config.name)
    written = predictions.write(table, as_of)
    spoken = language(config.scoring.language)
    told = facts(config, reading.history.currency, spoken)
    exported = export_newest(predictions, config.runs / "export" / config.name, told, spoken)
    return _outcome(table, reading, champions, predictions, written, exported, as_of)


def _champions(config: Config) -> dict[str, Champion]:
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


def _read(config: Config, as_of: date) -> StoreReading:
    """The history known before `as_of`.

    Raises:
        DataProblem: there is none; with the dates of the whole history, where that is the reason.
    """
    try:
        return read_store(config, known_before=as_of)
    except DataProblem:
        _check_date(read_store(config).store, as_of)
        raise


def _check_date(store: LineStore, as_of: date) -> None:
    first, end = (EPOCH + timedelta(days=int(day)) for day in (store.day.min(), store.end))
    if first < as_of <= end + timedelta(days=STALE_DAYS):
        return
    raise DataProblem(
        f"The history says nothing of {as_of}.",
        where="--as-of",
        got=f"order lines from {first} to {end - timedelta(days=1)}",
        expected=f"a date from {first + timedelta(days=1)} to {end + timedelta(days=STALE_DAYS)}: with order lines "
        f"before it, the last at most {STALE_DAYS} days old",
        todo="load the missing order lines, or score another date",
    )


def _matrix(store: LineStore, kind: str, as_of: date, config: Config, champion: Champion) -> Matrix:
    features = scored_features(store, champion.model.names)
    return snapshot(store, [as_of], tasks(config)[kind], config, lambda share: None, features)


def _scored(champion: Champion, matrix: Matrix, store: LineStore, config: Config) -> Scored:
    customers = store.customer_ids[matrix.spine.customer[matrix.spine.status == ELIGIBLE]]
    spoken = language(config.scoring.language)
    return score_matrix(champion, matrix, customers, config.scoring.reasons_per_customer, spoken)


def _outcome(
    table: pa.Table,
    reading: Reading,
    champions: Mapping[str, Champion],
    predictions: PredictionStore,
    written: Written,
    exported: Exported,
    as_of: date,
) -> ScoreOutcome:
    status = table.column("status")
    return ScoreOutcome(
        as_of=as_of,
        counts={name: pc.sum(pc.equal(status, name)).as_py() or 0 for name in STATUS},
        models={kind: champion.label for kind, champion in champions.items()},
        store=str(predictions.folder),
        written=written,
        exported=exported,
        account=reading.summary(),
        fingerprint=reading.fingerprint,
        worth_a_call=worth_a_call(table),
        currency=reading.history.currency,
    )


def worth_a_call(table: pa.Table, count: int = WORTH_A_CALL) -> tuple[dict[str, Any], ...]:
    """The scored customers with most margin at risk; by probability where amounts are unknown."""
    scored = table.filter(pc.is_valid(table.column("churn_probability")))
    keys = [("value_at_risk", "descending"), ("churn_rank", "ascending")]
    chosen = scored.sort_by(keys).slice(0, count)
    return tuple(chosen.select(["customer_id", "churn_probability", "value_at_risk", "reasons"]).to_pylist())
