"""History and cutoffs to what a model learns from: features before, labels after, one row per customer and cutoff."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from features.engine.declaration import Feature
from features.engine.plan import Matrix, build, checked
from features.engine.plan import Population as PopulationRule
from features.engine.store import LineStore
from features.opening import opening_after
from models.event_rows import Rows
from models.observation import Labels, observe
from pipeline.config import Config
from pipeline.matrices.feature_choice import learned_features
from pipeline.matrices.matrix_cache import MatrixCache
from pipeline.matrices.tasks import Task
from pipeline.memory.limit import room_of
from pipeline.memory.mapped import LimitedRoom
from pipeline.process.progress import following

NO_TABLES: Mapping[str, Rows] = {}


def picked(values: npt.NDArray[np.float32], rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """The `rows` (n,) that are true, column-major; column by column, for rows together would be held twice."""
    found = np.empty((np.count_nonzero(rows), values.shape[1]), dtype=values.dtype, order="F")
    for column, out in zip(values.T, found.T, strict=True):
        out[:] = column[rows]
    return found


@dataclass(frozen=True)
class Dataset:
    """Eligible customers at cutoffs, with features and, where mature and observable, labels.

    Shapes: `customer_id` (rows,) text, `customer` (rows,) its index, `cutoff` (rows,) datetime64[D], `values`
    (rows, features) column-major float32 with NaN for null, `label` (rows,) float32 with NaN for null, `acts` the
    same by act, `closes` (rows,) datetime64[D], from which on the label is known. Rows are ordered by customer, then
    cutoff.
    """

    customer_id: npt.NDArray[np.object_]
    customer: npt.NDArray[np.int32]
    cutoff: npt.NDArray[np.datetime64]
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]
    label: npt.NDArray[np.float32]
    closes: npt.NDArray[np.datetime64]
    acts: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.customer.size

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """A feature (rows,) by name."""
        return self.values[:, self.names.index(name)].astype(np.float64)

    def take(self, rows: npt.NDArray[np.bool_]) -> Dataset:
        """The rows where `rows` (rows,) is true; where all are, this dataset itself: a copy would hold them twice."""
        if rows.all():
            return self
        return Dataset(
            self.customer_id[rows],
            self.customer[rows],
            self.cutoff[rows],
            self.names,
            picked(self.values, rows),
            self.label[rows],
            self.closes[rows],
            {name: act[rows] for name, act in self.acts.items()},
        )

    def only(self, names: Sequence[str]) -> Dataset:
        """The same rows with these features alone, in this order; this dataset itself where it has no others."""
        if tuple(names) == self.names:
            return self
        places = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), values=np.asfortranarray(self.values.T[places].T))

    def at(self, cutoffs: Sequence[date]) -> Dataset:
        """The rows of these cutoffs."""
        return self.take(np.isin(self.cutoff, np.array(cutoffs, dtype="datetime64[D]")))

    def labelled(self) -> Dataset:
        """The rows whose label is known."""
        return self.take(~np.isnan(self.label))


def usable_threads(config: Config) -> int:
    """The configured number of threads; 0 means every core this process may use."""
    return config.training.threads or len(os.sched_getaffinity(0))


def snapshot(
    store: LineStore,
    cutoffs: Sequence[date],
    task: Task,
    config: Config,
    features: tuple[Feature, ...] | None = None,
    *,
    resumable: bool = False,
) -> Matrix:
    """The features of everybody eligible at the cutoffs, from rows known before each; from the cache as far as kept.

    `features` are by default those a model of the task learns from: what the supplier's tables allow. Where the work is
    `resumable`, a large matrix is built and kept in parts: that costs more, and a killed run goes on from the last.

    Raises:
        TypeError: a cutoff is no plain date, or there is none.
    """
    rule = PopulationRule(config.population.min_order_days, config.population.activity_days)
    days, horizon = checked(cutoffs), task.window.horizon_days
    asked = learned_features(store, task.target.kind, config) if features is None else features
    chosen = opening_after(task.window.gap_days, asked)

    def built(features: tuple[Feature, ...]) -> Matrix:
        threads, progress = usable_threads(config), following(f"{len(features)} features at {len(days)} cutoffs")
        return build(
            store, days, features, horizon_days=horizon, population=rule, threads=threads, progress=progress, room=room
        )

    room = room_for(config)
    cache = MatrixCache(config.runs / "cache" / "matrix", config.storage.cache_gb, room)
    parts = cache.parts(store.customers * len(days) * len(chosen)) if resumable else 1
    return cache.matrix(store, (days, horizon, rule), chosen, built, parts)


def room_for(config: Config) -> LimitedRoom:
    """Where a matrix lies: in memory, or in a file where it would take too much of what is left of the limit now."""
    return room_of(config.runs / "tmp", config.history.memory_limit_gb)


def build_dataset(
    store: LineStore,
    cutoffs: Sequence[date],
    task: Task,
    config: Config,
    *,
    hindsight: LineStore | None = None,
    tables: Mapping[str, Rows] = NO_TABLES,
    features: tuple[Feature, ...] | None = None,
) -> Dataset:
    """Features from `store` as it was known before each cutoff, and labels from `hindsight` (default: `store`).

    `tables` are the other tables that outcomes are seen in, with the same hindsight; see `models.outcome_tables`.
    `features` are by default those a model of the task learns from.

    Raises:
        TypeError: a cutoff is no plain date, or there is none.
    """
    matrix = snapshot(store, cutoffs, task, config, features)
    return dataset_of(store, matrix, observe(hindsight or store, matrix, task.target, task.window, tables))


def dataset_of(store: LineStore, matrix: Matrix, labels: Labels) -> Dataset:
    """A matrix and its labels as a dataset."""
    rows = matrix.spine.eligible
    customer = matrix.spine.customer[rows]
    days = np.array(matrix.cutoffs, dtype="datetime64[D]")
    return Dataset(
        store.customer_ids[customer],
        customer,
        days[matrix.spine.cutoff[rows]],
        matrix.names,
        matrix.values,
        labels.label,
        labels.closes.astype("datetime64[D]"),
        labels.acts,
    )
