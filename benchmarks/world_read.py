"""What the product makes of a simulated history at one cutoff, beside the truth about the same customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.engine.plan import ELIGIBLE, Matrix
from features.engine.store import LineStore
from models.decision.course import Relationship, apart, baseline, rising_in
from models.decision.standing import Standing
from models.decision.states import STATES, signs
from models.propensity import Propensity
from pipeline.config import Config
from pipeline.learning.learning import learn, learnable_cutoffs
from pipeline.matrices.dataset import Dataset, build_dataset, snapshot
from pipeline.matrices.feature_choice import scored_features
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, tasks
from pipeline.scoring.relationships import course_dates, probabilities, relationships, thresholds
from pipeline.sources.store import read_store
from pipeline.standing.index_rows import index_columns
from pipeline.standing.standing_rows import at_cutoff

Array = npt.NDArray[np.float64]
READS = {
    "investment_index": "cost_investment",
    "risk_index": "cost_risk",
    "value_index": "value",
    "pressure_index": "pressure",
    "alternatives_index": "alternative",
}
"""Indices, and the hidden values they are to read."""


@dataclass(frozen=True)
class Seen:
    """The customers eligible at a cutoff: `rows` holds indices, probabilities, the rule's signs and the truth, in
    columns `true_*`; `values` (n, features) is what is known of them, and `now` where they stand."""

    rows: pd.DataFrame
    values: npt.NDArray[np.float32]
    now: Standing


def read(config: Config, cutoff: date, hidden: pd.DataFrame) -> Seen:
    """Learn, score and read the states, each from what was known before the cutoff."""
    found = read_store(config)
    known_history, asked = KnownHistory.of(found.reading.history, found.store), tasks(config)
    store = known_history.known_before(cutoff).store
    learned = {kind: learned_at(known_history, task, cutoff, config) for kind, task in asked.items()}
    models = {kind: model for kind, (model, _) in learned.items()}
    dates, every = course_dates(cutoff, config), scored_features(store, ())
    matrices = {kind: snapshot(store, dates, task, config, every) for kind, task in asked.items()}
    relation, now = relationships(store, matrices, models, config)
    last = at_cutoff(matrices["churn"], len(dates) - 1)
    here = last.spine.status == ELIGIBLE
    rows = pd.DataFrame({"customer_id": store.customer_ids[last.spine.customer[here]]})
    rows = rows.assign(churn=now.churn, partnership=now.propensity, label=learned["churn"][1].label)
    columns = {name: np.array(each, dtype=object)[here] for name, each in index_columns(store, last).items()}
    rows = rows.assign(**{name: columns[name].astype(float) for name in READS})
    places = apart([(cutoff - each).days for each in dates], len(dates) - 1)
    likely = along(store, matrices["partnership"], models["partnership"], rows["customer_id"])[places]
    rows = _with_states(rows, relation, now, likely, config)
    truth = hidden.assign(pull=pull(hidden)).add_prefix("true_").rename(columns={"true_customer_id": "customer_id"})
    return Seen(rows.merge(truth, on="customer_id", how="left", validate="one_to_one"), last.values, now)


def learned_at(known_history: KnownHistory, task: Task, cutoff: date, config: Config) -> tuple[Propensity, Dataset]:
    """The model of what was mature at the cutoff, and the customers of that day with what then came of them."""
    known = known_history.known_before(cutoff)
    past = build_dataset(known.store, learnable_cutoffs(known.store, task, config), task, config, tables=known.tables)
    present = build_dataset(
        known.store, [cutoff], task, config, hindsight=known_history.store, tables=known_history.tables
    )
    return learn(past, task, config, present=present), present


def along(store: LineStore, matrix: Matrix, model: Propensity, customers: pd.Series) -> Array:
    """What a model says of n customers at each cutoff of a matrix (cutoffs, n); NaN where one was not eligible yet."""
    found = []
    for place in range(len(matrix.cutoffs)):
        part = at_cutoff(matrix, place)
        keys = store.customer_ids[part.spine.customer[part.spine.status == ELIGIBLE]]
        found.append(customers.map(pd.Series(probabilities(model, part), index=keys)).to_numpy(float))
    return np.array(found)


def _with_states(
    rows: pd.DataFrame, relation: Relationship, now: Standing, likely: Array, config: Config
) -> pd.DataFrame:
    """With the rule at this cutoff alone, `state` and `captive`, and as it is told after the course, `steadied`."""
    limits = thresholds(config)
    told = signs(now, np.zeros(len(rows), dtype=bool), limits)
    risen = rising_in(likely, now.base_rate, limits.rise)
    state, steadied = np.array(STATES)[told.codes], np.array(STATES)[relation.state]
    return rows.assign(
        state=state, captive=told.captive, possible=told.captive_possible,
        steadied=steadied, steadied_held=(steadied == "captive") | relation.captive_drifting,
        rise=likely[-1] - baseline(likely[:-1]), risen=risen,
        prospective=risen & told.free & (state == "transactional"),
    )  # fmt: skip


def pull(hidden: pd.DataFrame) -> pd.Series:
    """How far what others offer exceeds staying and the cost of leaving, in utils (n,)."""
    return hidden["alternative"] - hidden["value"] - hidden["cost_investment"] - hidden["cost_risk"]


def held(rows: pd.DataFrame) -> pd.Series:
    """Who is a captive in truth, whether it drifts as well or not, (n,)."""
    return (rows["true_state"] == "captive") | rows["true_captive_drifting"]


def confusion(rows: pd.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """How many customers of each true state (outer) are told to be in which (inner); `+held` beside drifting."""
    true = rows["true_state"] + np.where(rows["true_captive_drifting"], " and held", "")
    said = rows["state"] + np.where(rows["captive"] & (rows["state"] == "drifting"), " and held", "")
    counted = {str(state): rows.value_counts().sort_index() for state, rows in said.groupby(true)}
    return {state: {str(told): int(number) for told, number in rows.items()} for state, rows in counted.items()}
