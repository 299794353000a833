"""Every published tier against what came: promised and realised shares by decile, state and play, at past cutoffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models.decision.shares import wilson
from models.evaluation.interval import Interval
from models.observation import observe
from models.target import mature_before
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.learning.learning import first_and_end
from pipeline.matrices.dataset import snapshot
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, tasks
from pipeline.registry.published import as_published, foreseen
from pipeline.scoring.rows import PROPENSITY

PROMISED: Mapping[str, str] = {"churn": "churn_probability", "partnership": PROPENSITY}
GROUPINGS: Mapping[str, tuple[str, ...]] = {
    "churn": ("churn_decile", "state", "play"),
    "partnership": ("partnership_decile", "state"),
}
"""Columns of the predictions that customers are put into tiers by, as far as they are there."""


@dataclass(frozen=True)
class Tier:
    """Customers of one tier at one cutoff: the mean probability promised, and the share it came true for."""

    cutoff: str
    kind: str
    by: str
    value: str
    customers: int
    promised: float
    realised: Interval

    @property
    def off(self) -> bool:
        """Whether the promise lies outside the interval of what came; one in twenty does by chance."""
        return not self.realised.holds(self.promised)

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {**asdict(self), "off": self.off}


@dataclass(frozen=True)
class Tiers:
    """All tiers of mature cutoffs, and the cutoffs whose outcome is still open, by kind of target.

    `hindsight`: cutoffs that were scored by a model which had learned from what followed: what it said is no promise.
    """

    rows: tuple[Tier, ...]
    immature: Mapping[str, tuple[str, ...]]
    hindsight: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def backtest_tiers(known_history: KnownHistory, config: Config, as_of: date) -> Tiers:
    """Compare what was published before `as_of` with what came, as far as it is known by the end of the history.

    Outcomes are those of the configured targets, over the window of the model that published the probabilities.
    """
    predictions = store_of(config)
    cutoffs = [cutoff for cutoff in predictions.cutoffs() if cutoff < as_of]
    _, end = first_and_end(known_history.store)
    rows: list[Tier] = []
    immature: dict[str, tuple[str, ...]] = {}
    hindsight: dict[str, tuple[str, ...]] = {}
    published, forecast = as_published(config), foreseen(config)
    for kind, task in tasks(config).items():
        runs = {cutoff: predictions.training_run(cutoff, kind) for cutoff in cutoffs}
        told = [cutoff for cutoff, run in runs.items() if forecast(cutoff, run)]
        asked = {cutoff: published(task, runs[cutoff]) for cutoff in told}
        mature = [cutoff for cutoff in told if mature_before(end, cutoff, asked[cutoff].window)]
        immature[kind] = tuple(str(cutoff) for cutoff in told if cutoff not in mature)
        hindsight[kind] = tuple(str(cutoff) for cutoff in cutoffs if cutoff not in told)
        for cutoff in mature:
            came = outcome_at(known_history, cutoff, asked[cutoff], config)
            rows += tiers_of(predictions.read(cutoff), came, cutoff, kind, config.training.interval)
    some = ({kind: days for kind, days in each.items() if days} for each in (immature, hindsight))
    return Tiers(tuple(rows), *some)


def tiers_of(published: pa.Table, came: pd.Series, cutoff: date, kind: str, confidence: float) -> Iterator[Tier]:
    """The tiers of one cutoff.

    Args:
        published: the predictions, one row a customer; columns of `GROUPINGS` that are not there make no tiers.
        came: what came of customers by customer_id, 1 or 0, NaN where unknown; others do not count.
        cutoff: of both.
        kind: of target.
        confidence: of the intervals, Wilson's.
    """
    promise = PROMISED[kind]
    groupings = [name for name in GROUPINGS[kind] if name in published.column_names]
    table = published.select(["customer_id", promise, *groupings]).to_pandas()
    table = table.assign(label=table["customer_id"].map(came))
    table = table[table[promise].notna() & table["label"].notna()]
    for by in groupings:
        for value, rows in table[table[by].notna()].groupby(by):
            realised = wilson(int(rows["label"].sum()), len(rows), confidence=confidence)
            named = str(int(value)) if by.endswith("_decile") else str(value)
            yield Tier(str(cutoff), kind, by, named, len(rows), float(rows[promise].mean()), realised)


def outcome_at(known_history: KnownHistory, cutoff: date, task: Task, config: Config) -> pd.Series:
    """What came of each customer eligible at a past cutoff, by customer_id; NaN where it is not known.

    A customer is there under each id it had before, too: what was published then names it by that.
    """
    matrix = snapshot(known_history.store, [cutoff], task, config, features=())
    labels = observe(known_history.store, matrix, task.target, task.window, known_history.tables)
    customer = matrix.customer
    came = pd.Series(labels.label.astype(np.float64), index=known_history.store.customer_ids[customer])
    now = {old: new for old, new in known_history.renamed.items() if new in came.index}
    return pd.concat([came, came.loc[[*now.values()]].set_axis([*now])]) if now else came
