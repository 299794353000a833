"""What was known of the customers of every campaign before it, and what happened next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.engine.plan import ELIGIBLE, Matrix, Spine
from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from features.peers import INDICES, standing
from models.decision.uplift import PRIOR
from models.event_rows import Rows, Window, sums
from models.observation import observe
from models.stored import Model
from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.dataset import Dataset, Task, build_dataset, dataset_of, snapshot
from pipeline.evidence import Evidence
from pipeline.index_rows import peer_groups
from pipeline.learning import learn, learnable_cutoffs
from pipeline.outcomes_actions import CENTS, as_date
from pipeline.values import expected_spend

Array = npt.NDArray[np.float64]
RISK_SLICES = 6
"""Cutoffs that the risk before is learned from: half a year, enough to rank by, at a quarter of the cost of all."""
MODIFIERS = ("days_since_last_order", "spend_365d", "tenure_days")
"""Features that may change what an action does, beside the risk before and the indices. Few: effects are small."""


@dataclass(frozen=True)
class Attempts:
    """Everybody eligible at the first day of every campaign: features, label, and money.

    `data` holds the rows; (rows,) each: `risk` of leaving by a model from before the first campaign of all, NaN where
    nothing could be learned by then; `spend`, `margin` over the outcome window and `usual`, the spend to be expected of
    it from the year before, in the currency. `modifiers` (rows, columns) are what effects may depend on, by name.
    """

    data: Dataset
    risk: Array
    spend: Array
    margin: Array
    usual: Array
    modifiers: npt.NDArray[np.float32]
    modifier_names: tuple[str, ...]

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


def attempts(evidence: Evidence, days: list[date], model: Model | None, task: Task, config: Config) -> Attempts:
    """The attempts of the campaigns that began on `days`; every feature from what was known before its day.

    Args:
        evidence: everything known; outcomes are seen in it with hindsight.
        days: first days of campaigns, or any other dates to look at customers.
        model: of the risk before, see `risk_model`.
        task: churn.
        config: population and margin.
    """
    matrix = snapshot(evidence.store, days, task, config, lambda share: None)
    labels = observe(evidence.store, matrix, task.target, task.window, evidence.tables)
    data = dataset_of(evidence.store, matrix, labels)
    risk = np.full(len(data), np.nan)
    if model is not None and len(data):
        risk = model.probability(data.only(model.names).values, model.names)
    spend, margin = money_after(evidence.store, data, task.window, config.scoring.margin_share)
    modifiers = _modifiers(evidence.store, matrix, data, risk)
    usual = expected_spend(data, task.window.horizon_days)
    return Attempts(data, risk, spend, margin, usual, np.column_stack(list(modifiers.values())), tuple(modifiers))


def risk_model(evidence: Evidence, day: date, task: Task, config: Config) -> tuple[Model | None, str]:
    """A model of the risk to leave from what was known and mature before `day`; without one, the reason."""
    known = evidence.known_before(day)
    cutoffs = learnable_cutoffs(known.store, task, config)[-RISK_SLICES:] if known.store.day.size else ()
    if not cutoffs:
        return None, f"Before {day} no outcome is mature that could be learned from."
    try:
        past = build_dataset(known.store, cutoffs, task, config, tables=known.tables)
        return learn(past, task, config, calibrated=False), ""
    except (DataProblem, ModelProblem) as problem:
        return None, f"{problem.what} {problem.got}"


def money_after(store: LineStore, data: Dataset, window: OutcomeWindow, share: float) -> tuple[Array, Array]:
    """Net spend and margin (rows,) over the outcome window, in the currency, returns taken off; NaN without amounts.

    The margin is what lines cost the supplier less, or `share` of the amount where that is not known.
    """
    if store.cents is None:
        return np.full(len(data), np.nan), np.full(len(data), np.nan)
    owner = np.repeat(np.arange(store.customers, dtype=np.int64), np.diff(store.offsets))
    rows = Rows(owner, store.day.astype(np.int64), store.day.astype(np.int64), {})
    opens = data.cutoff.astype("datetime64[D]").astype(np.int64) + window.gap_days
    days = Window(data.customer.astype(np.int64), opens, opens + window.horizon_days)
    cents = store.cents.astype(np.float64)
    gained = share * cents
    if store.unit_cost is not None and store.thousandths is not None:
        own = cents - store.unit_cost * store.thousandths / 1000
        gained = np.where(np.isnan(own), gained, own)
    return sums(rows, cents, days) / CENTS, sums(rows, gained, days) / CENTS


def _modifiers(store: LineStore, matrix: Matrix, data: Dataset, risk: Array) -> dict[str, npt.NDArray[np.float32]]:
    """What effects may depend on, (rows,) each: the risk before, the indices, and a few features."""
    found = {PRIOR: risk.astype(np.float32)}
    rows = np.flatnonzero(matrix.spine.status == ELIGIBLE)
    for place, day in enumerate(matrix.cutoffs):
        chosen = matrix.spine.cutoff[rows] == place
        spine = _one_day(matrix.spine, place)
        peers = peer_groups(store, Matrix(spine, (day,), matrix.names, matrix.values[chosen]))
        for index in INDICES:
            column = found.setdefault(index.name, np.full(len(data), np.nan, dtype=np.float32))
            column[chosen] = standing(index, matrix.values[chosen], matrix.names, peers)[0]
    return found | {name: data.column(name).astype(np.float32) for name in MODIFIERS if name in data.names}


def _one_day(spine: Spine, place: int) -> Spine:
    rows = spine.cutoff == place
    return Spine(spine.customer[rows], np.zeros(int(rows.sum()), dtype=spine.cutoff.dtype), spine.status[rows])
