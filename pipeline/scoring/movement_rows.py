"""The columns of an export that say why a probability moved since the export before."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import BY_NAME, fingerprints
from features.engine.plan import Matrix
from features.engine.store import LineStore
from features.errors import Problem
from models.explanation.language import Language
from models.explanation.movement import Movement, Seen, movement, movers
from models.stored import Model, load_model
from pipeline.config import Config
from pipeline.export.store import PredictionStore
from pipeline.matrices.dataset import snapshot, usable_threads
from pipeline.matrices.feature_choice import scored_features
from pipeline.matrices.tasks import tasks
from pipeline.registry.tracking import Tracking
from pipeline.scoring.rows import DECIMALS, Columns
from pipeline.standing.placing import placed, spread

logger = logging.getLogger(__name__)
BATCH = 20_000


@dataclass(frozen=True)
class EarlierExport:
    """The export before: its cutoff, the probability of each customer in it, and the model it came from."""

    cutoff: date
    churn: Mapping[str, float]
    model: Model


@dataclass(frozen=True)
class ExportNow:
    """This export: the history, the features of the eligible at its cutoff, and their probabilities (n,)."""

    store: LineStore
    matrix: Matrix
    churn: npt.NDArray[np.float64]


def export_before(
    predictions: PredictionStore, as_of: date, tracking: Tracking, config: Config, renamed: Mapping[str, str]
) -> EarlierExport | None:
    """The newest export before a cutoff; None where there is none, or its model cannot be asked any more.

    Customers are told by the ids they are known by now, which `renamed` holds for each older one.
    """
    earlier = [cutoff for cutoff in predictions.cutoffs() if cutoff < as_of]
    if not earlier:
        return None
    rows = predictions.read(earlier[-1]).select(["customer_id", "churn_probability", "churn_run_id"])
    rows = rows.filter(pc.is_valid(rows.column("churn_probability")))
    if not rows.num_rows:
        return None
    model = _model(rows.column("churn_run_id")[0].as_py(), tracking, config)
    return None if model is None else EarlierExport(earlier[-1], by_customer(rows, renamed), model)


def by_customer(rows: pa.Table, renamed: Mapping[str, str]) -> dict[str, float]:
    """The probability of each customer by the id it is known by now; none of accounts that became one since then."""
    now = [renamed.get(name, name) for name in rows.column("customer_id").to_pylist()]
    times = Counter(now)
    told = zip(now, rows.column("churn_probability").to_pylist(), strict=True)
    return {name: chance for name, chance in told if times[name] == 1}


def _model(run: str, tracking: Tracking, config: Config) -> Model | None:
    """The model of a training run, if its features still mean what they meant."""
    try:
        model = load_model(tracking.files(run), threads=usable_threads(config))
    except Problem as problem:
        logger.info("why probabilities moved is not told: %s", problem.what)
        return None
    today = fingerprints(gap_days=config.time.gap_days)
    trained = zip(model.names, model.scope.fingerprints, strict=True)
    changed = [name for name, mark in trained if today.get(name) != mark]
    if changed:
        logger.info("why probabilities moved is not told: features changed since then: %s", ", ".join(changed))
    return None if changed else model


def movement_columns(now: ExportNow, before: EarlierExport | None, config: Config, language: Language) -> Columns:
    """Change, its two parts and what moved it, one value a row of the spine; nothing without an export before.

    Customers that were not scored then have no change.

    Args:
        now: this export.
        before: the one before.
        config: the reasons told, and the population.
        language: of the sentences.
    """
    if before is None:
        return {}
    then = _features_then(now, before, config)
    ids, known = now.store.customer_ids[now.matrix.customer], _known(now, before, then)
    eligible = now.matrix.spine.eligible
    change, said = _told(now, before, then, known, config, language)
    return {
        "moved_since": placed([before.cutoff if each else None for each in known], eligible, None),
        **{name: spread(values, eligible, DECIMALS) for name, values in _parts(change, known, ids.size).items()},
        "moved_by": placed(said, eligible, []),
    }


def _features_then(now: ExportNow, before: EarlierExport, config: Config) -> Matrix:
    """What was known at the cutoff of the export before."""
    features = scored_features(now.store, before.model.names)
    return snapshot(now.store, [before.cutoff], tasks(config)["churn"], config, features)


def _known(now: ExportNow, before: EarlierExport, then: Matrix) -> npt.NDArray[np.bool_]:
    """Which of the eligible (n,) have a probability of then, and features to explain it by."""
    scored = np.array([name in before.churn for name in now.store.customer_ids[now.matrix.customer]], dtype=bool)
    return scored & np.isin(now.matrix.customer, then.customer)


def _told(
    now: ExportNow,
    before: EarlierExport,
    then: Matrix,
    known: npt.NDArray[np.bool_],
    config: Config,
    language: Language,
) -> tuple[Movement, list[tuple[str, ...]]]:
    """The change of those `known`, and what moved each of the eligible."""
    there = then.customer
    rows = np.flatnonzero(known)
    was = np.searchsorted(there, now.matrix.customer[rows])
    between = np.empty(rows.size)
    said: list[tuple[str, ...]] = [()] * known.size
    for first in range(0, rows.size, BATCH):
        part = slice(first, first + BATCH)
        today = _seen(before.model, now.matrix, rows[part])
        between[part] = before.model.probability(today.values, before.model.names)
        earlier = _seen(before.model, then, was[part])
        names, groups = before.model.names, before.model.reference.groups
        told = movers(earlier, today, names, BY_NAME, groups, config.scoring.reasons_per_customer, language)
        for row, each in zip(rows[part], told, strict=True):
            said[row] = each
    churn = np.array([before.churn[name] for name in now.store.customer_ids[now.matrix.customer[rows]]])
    return movement(churn, between, now.churn[rows]), said


def _seen(model: Model, matrix: Matrix, rows: npt.NDArray[np.integer]) -> Seen:
    columns = [matrix.names.index(name) for name in model.names]
    values = np.asfortranarray(matrix.values[rows][:, columns])
    return Seen(model.contributions(values, model.names), values)


def _parts(change: Movement, known: npt.NDArray[np.bool_], count: int) -> dict[str, npt.NDArray[np.float64]]:
    """The columns of a movement among all eligible (n,). Parts are rounded so that they still add up."""
    found = {}
    whole, data = change.change.round(DECIMALS), change.of_data.round(DECIMALS)
    parts = {"churn_change": whole, "churn_change_of_data": data, "churn_change_of_model": whole - data}
    for name, values in parts.items():
        found[name] = np.full(count, np.nan)
        found[name][known] = values
    return found
