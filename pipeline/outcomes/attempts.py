"""What was known of the customers of every campaign before it, and what happened next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.engine.plan import Matrix, Spine
from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from features.indices import INDICES, index_values
from models.decision.lots import PRIOR
from models.explanation.sentence import NOTHING, Sentence
from models.observation import observe
from models.stored import Model
from pipeline.config import Config
from pipeline.learning.learning import learn, learnable_cutoffs
from pipeline.matrices.dataset import Dataset, build_dataset, dataset_of, snapshot
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task
from pipeline.outcomes.actions import as_date
from pipeline.outcomes.after import money_after, orders_after
from pipeline.standing.index_rows import peer_groups
from pipeline.standing.margins import shares_at
from pipeline.standing.values import expected_spend

Array = npt.NDArray[np.float64]
RISK_SLICES = 6
"""Cutoffs that the risk before is learned from: half a year, enough to rank by, at a quarter of the cost of all."""
MODIFIERS = ("days_since_last_order", "spend_365d", "tenure_days", "order_days_90d", "order_days_365d")
"""Features that may change what an action does, beside the risk before and the indices. Few: effects are small."""
NOTHING_MATURE = "Before {day} no outcome is mature that could be learned from."
PROBLEM = "{what} {got}"
"""The problem as it was raised, in English in every language."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NOTHING_MATURE, PROBLEM]


@dataclass(frozen=True)
class Attempts:
    """Everybody eligible at the first day of every campaign: features, label, and money.

    `data` holds the rows; (rows,) each: `risk` of leaving by a model from before the first campaign of all, NaN where
    nothing could be learned by then; `orders` days with an order from the first day of the campaign until the outcome
    was known; `spend`, `margin` over the outcome window and `usual`, the spend to be expected of it from the year
    before, in the currency. `modifiers` (rows, columns) are what effects may depend on, by name. `span` is how many
    days it takes from the first day of a campaign until its outcome is known.
    """

    data: Dataset
    risk: Array
    orders: Array
    spend: Array
    margin: Array
    usual: Array
    modifiers: npt.NDArray[np.float32]
    modifier_names: tuple[str, ...]
    span: int

    def rows_of(self, actions: pd.DataFrame, started: int) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
        """The positions of a campaign's eligible customers among the rows, and their actions in the same order."""
        here = np.flatnonzero(self.data.cutoff == np.datetime64(as_date(started)))
        place = pd.Series(here, index=self.data.customer[here])
        known = actions[actions["customer"].isin(place.index)]
        return place.loc[known["customer"]].to_numpy(dtype=np.int64), known

    def bystanders(self, actions: pd.DataFrame, started: int) -> npt.NDArray[np.int64]:
        """The positions of eligible customers that a campaign left alone."""
        here = np.flatnonzero(self.data.cutoff == np.datetime64(as_date(started)))
        return here[~np.isin(self.data.customer[here], actions["customer"])]


def attempts(
    known_history: KnownHistory, days: list[date], model: Model | None, task: Task, config: Config
) -> Attempts:
    """The attempts of the campaigns that began on `days`; every feature from what was known before its day.

    Args:
        known_history: everything known; outcomes are seen in it with hindsight.
        days: first days of campaigns, or any other dates to look at customers.
        model: of the risk before, see `risk_model`.
        task: churn.
        config: population and margin.
    """
    matrix = snapshot(known_history.store, days, task, config)
    labels = observe(known_history.store, matrix, task.target, task.window, known_history.tables)
    data = dataset_of(known_history.store, matrix, labels)
    risk = np.full(len(data), np.nan)
    if model is not None and len(data):
        risk = model.probability(data.only(model.names).values, model.names)
    share = shares_at(known_history.store, data.customer, data.cutoff, config.scoring)
    spend, margin = money_after(known_history.store, data, task.window, share)
    modifiers = _modifiers(known_history.store, matrix, data, risk)
    usual = expected_spend(data, task.window.horizon_days)
    orders = orders_after(known_history.store, data, task.window)
    known = np.column_stack(list(modifiers.values()))
    return Attempts(data, risk, orders, spend, margin, usual, known, tuple(modifiers), task.window.days_to_maturity)


def risk_model(known_history: KnownHistory, day: date, task: Task, config: Config) -> tuple[Model | None, Sentence]:
    """A model of the risk to leave from what was known and mature before `day`; without one, the reason."""
    known = known_history.known_before(day)
    cutoffs = learnable_cutoffs(known.store, task, config)[-RISK_SLICES:] if known.store.day.size else ()
    if not cutoffs:
        return None, Sentence(NOTHING_MATURE, day=day)
    try:
        past = build_dataset(known.store, cutoffs, task, config, tables=known.tables)
        return learn(past, task, config, calibrated=False), NOTHING
    except (DataProblem, ModelProblem) as problem:
        return None, Sentence(PROBLEM, what=problem.what, got=problem.got)


def _modifiers(store: LineStore, matrix: Matrix, data: Dataset, risk: Array) -> dict[str, npt.NDArray[np.float32]]:
    """What effects may depend on, (rows,) each: the risk before, the indices, and a few features."""
    found = {PRIOR: risk.astype(np.float32)}
    rows = np.flatnonzero(matrix.spine.eligible)
    for place, day in enumerate(matrix.cutoffs):
        chosen = matrix.spine.cutoff[rows] == place
        spine = _one_day(matrix.spine, place)
        peers = peer_groups(store, Matrix(spine, (day,), matrix.names, matrix.values[chosen]))
        for index in INDICES:
            column = found.setdefault(index.name, np.full(len(data), np.nan, dtype=np.float32))
            column[chosen] = index_values(index, matrix.values[chosen], matrix.names, peers)[0]
    return found | {name: data.column(name).astype(np.float32) for name in MODIFIERS if name in data.names}


def _one_day(spine: Spine, place: int) -> Spine:
    rows = spine.cutoff == place
    return Spine(spine.customer[rows], np.zeros(int(rows.sum()), dtype=spine.cutoff.dtype), spine.status[rows])
