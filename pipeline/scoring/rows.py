"""From a snapshot and its champions to prediction rows: one per customer known at the cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.catalogue import BY_NAME, FAMILY_OF
from features.engine.plan import STATUS, Matrix
from features.engine.store import LineStore, day_number
from features.evidence import evidence_levels
from features.families import FAMILIES
from features.peers import PeerGroups, Usual
from models.explanation.families import family_sums
from models.explanation.language import Language
from models.explanation.reasons import Reason, Telling, top_reasons
from models.explanation.wording import said
from models.stored import Model
from pipeline.contract.field import TEXTS
from pipeline.contract.predictions import SCHEMA
from pipeline.registry.champion import Champion
from pipeline.scoring.push_rows import push_columns
from pipeline.scoring.resume import Buckets, Predicted
from pipeline.settings.training import Scoring
from pipeline.standing.index_rows import index_columns
from pipeline.standing.placing import placed, spread
from pipeline.standing.values import expected_spend, margin_of

Array = npt.NDArray[np.float64]
Columns = dict[str, list[Any]]
"""Columns of `SCHEMA` by name, one value a row."""
DECIMALS = 6
"""Places kept of probabilities: a rerun elsewhere may differ in the sixteenth."""


@dataclass(frozen=True)
class Scored:
    """What a model says of the eligible customers (n,): probability, rank from 1, decile from 1, reasons.

    `pushes` (n, families + 1) are what each family adds to the log-odds, and what all share; `language` is that of the
    reasons.
    """

    champion: Champion
    probability: Array
    rank: npt.NDArray[np.int32]
    decile: npt.NDArray[np.int8]
    reasons: list[tuple[Reason, ...]]
    pushes: Array
    language: Language


def score_matrix(
    champion: Champion,
    matrix: Matrix,
    customer_ids: npt.NDArray[np.object_],
    peers: PeerGroups,
    count: int,
    buckets: Buckets,
    language: Language,
    kind: str,
) -> Scored:
    """Predict, rank and explain the eligible rows of a matrix at one cutoff.

    Args:
        champion: the model.
        matrix: every feature the model needs, one cutoff.
        customer_ids: of the eligible rows, (n,); ties in rank go by them.
        peers: of the eligible rows, whose medians reasons are told beside.
        count: reasons a customer.
        buckets: what an earlier run had finished; more than a bucket at once would only take memory.
        language: of the reasons.
        kind: of the target.
    """
    model, parts = champion.model, list[Predicted]()
    columns = [matrix.names.index(name) for name in model.names]
    usual = peers.usual(matrix.values, columns)
    for first in range(0, len(matrix.values), buckets.customers):
        here = slice(first, first + buckets.customers)
        rows = np.asfortranarray(matrix.values[here, columns])
        work = partial(_predicted, model, rows, usual, here, count, Telling(language, kind))
        parts.append(buckets.predicted(f"{champion.registered.name}-{first:09d}-{len(rows)}", work))
    probability = np.concatenate([np.empty(0), *(part.probability for part in parts)])
    rank, decile = ranked(probability, customer_ids)
    reasons = [each for part in parts for each in part.reasons]
    pushes = np.concatenate([np.empty((0, len(FAMILIES) + 1)), *(part.pushes for part in parts)])
    return Scored(champion, probability.round(DECIMALS), rank, decile, reasons, pushes, language)


def _predicted(
    model: Model, values: npt.NDArray[np.float32], usual: Usual, here: slice, count: int, telling: Telling
) -> Predicted:
    """The probability, the reasons and the pushes of a bucket, the rows `here` of all, with the model's columns."""
    parts = model.contributions(values, model.names)
    reasons = top_reasons(parts, values, model.names, BY_NAME, model.reference, usual.of(here), count, telling)
    pushes = family_sums(parts, model.names, FAMILY_OF, FAMILIES)
    return Predicted(np.asarray(model.probability(values, model.names), dtype=np.float64), reasons, pushes)


def ranked(
    probability: Array, customer_ids: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Rank (n,) and decile (n,), 1 being the highest probability; equals go by customer."""
    order = np.lexsort((customer_ids.astype(str), -probability.round(DECIMALS)))
    rank = np.empty(order.size, dtype=np.int32)
    rank[order] = np.arange(1, order.size + 1)
    decile = np.ceil(rank * 10 / max(order.size, 1)).astype(np.int8)
    return rank, decile


def prediction_table(
    store: LineStore,
    matrix: Matrix,
    scored: Mapping[str, Scored],
    settings: Scoring,
    as_of: date,
    fingerprint: str,
    decided: Mapping[str, list[Any]],
) -> pa.Table:
    """The rows of `SCHEMA` at one cutoff: everybody known by then, those not eligible without a prediction.

    Args:
        store: the order lines.
        matrix: features of the eligible at the cutoff; its spine holds everybody.
        scored: by kind of target; the horizon of the first is that of the expected spend.
        settings: planning period, and the margin share where there are no unit costs.
        as_of: the cutoff.
        fingerprint: of the history.
        decided: further columns, one value a row; what of `SCHEMA` is nowhere stays null.
    """
    spine = matrix.spine
    eligible = spine.eligible
    rows, levels = len(spine), evidence_levels(store, day_number(as_of))
    columns: Columns = {
        "customer_id": store.customer_ids[spine.customer].tolist(),
        "status": np.array(STATUS)[spine.status].tolist(),
        "cutoff": [as_of] * rows,
        "evidence_level": [levels[customer] for customer in spine.customer],
        "input_fingerprint": [fingerprint] * rows,
        **_amounts(store, matrix, scored, settings),
        **index_columns(store, matrix),
    }
    for kind, prefix, propensity in (("churn", "", "churn_probability"), ("partnership", "partnership_", PROPENSITY)):
        columns |= _target_columns(scored.get(kind), kind, prefix, propensity, eligible)
    if "churn" in scored:
        columns |= push_columns(scored["churn"], columns, eligible)
    columns |= decided
    return _as_table(columns, rows)


def _amounts(store: LineStore, matrix: Matrix, scored: Mapping[str, Scored], settings: Scoring) -> Columns:
    """What each customer is expected to spend and to bring, and how much of that may be lost: in the currency."""
    eligible = matrix.spine.eligible
    horizon = next(iter(scored.values())).champion.model.scope.horizon_days
    margin = margin_of(store, matrix, settings)
    chance = scored["churn"].probability if "churn" in scored else np.full(margin.size, np.nan)
    return {
        "expected_spend": spread(expected_spend(matrix, horizon), eligible),
        "expected_margin": spread(margin, eligible),
        "value_at_risk": spread(margin * chance, eligible),
    }


def _as_table(columns: Mapping[str, list[Any]], rows: int) -> pa.Table:
    """The columns in the order and the types of `SCHEMA`; null, or an empty list, where there is none."""
    empty: dict[str, list[Any]] = {each.name: [[] if each.type == TEXTS else None] * rows for each in SCHEMA}
    filled = {**empty, **columns}
    return pa.table({each.name: pa.array(filled[each.name], each.type) for each in SCHEMA}, schema=SCHEMA)


PROPENSITY = "partnership_propensity"


def _target_columns(
    scored: Scored | None, kind: str, prefix: str, propensity: str, eligible: npt.NDArray[np.bool_]
) -> dict[str, list[Any]]:
    names = (propensity, f"{kind}_rank", f"{kind}_decile", f"{prefix}reasons", f"{prefix}reason_codes")
    if scored is None:
        empty = dict.fromkeys((*names, f"{kind}_model", f"{kind}_run_id"), [None] * eligible.size)
        return {**empty, f"{prefix}reasons": [[]] * eligible.size, f"{prefix}reason_codes": [[]] * eligible.size}
    spoken = scored.language
    texts = [[said(kind, reason.direction, reason.text, spoken) for reason in found] for found in scored.reasons]
    codes = [[f"{reason.code} {reason.direction} {reason.size:+.2f}" for reason in found] for found in scored.reasons]
    parts = (scored.probability.tolist(), scored.rank.tolist(), scored.decile.tolist(), texts, codes)
    fills: tuple[Any, ...] = (None, None, None, [], [])
    columns = {name: placed(part, eligible, fill) for name, part, fill in zip(names, parts, fills, strict=True)}
    champion = scored.champion
    for end, values in zip(("low", "high"), champion.model.interval(scored.probability), strict=True):
        columns[f"{kind}_{end}"] = spread(values, eligible, DECIMALS)
    columns[f"{kind}_model"] = [champion.label] * eligible.size
    columns[f"{kind}_run_id"] = [champion.registered.run_id] * eligible.size
    return columns
