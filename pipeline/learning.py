"""From labelled rows to a model: the one recipe that training and backtests share."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.catalogue import fingerprints
from features.engine.store import EPOCH, LineStore
from models.propensity import FitSettings, Propensity, Scope
from models.split import mature_cutoffs
from pipeline.config import Config
from pipeline.dataset import Dataset, Task, usable_threads


def learnable_cutoffs(store: LineStore, task: Task, config: Config) -> tuple[date, ...]:
    """The cutoffs whose labels `store` has matured, ascending, as many as the look-back allows."""
    return mature_cutoffs(
        EPOCH + timedelta(days=int(store.day.min())),
        EPOCH + timedelta(days=store.end),
        task.window,
        step_months=config.time.cutoff_months,
        most=config.time.look_back_months // config.time.cutoff_months,
    )


def scope_of(data: Dataset, task: Task, config: Config) -> Scope:
    """What a model fitted on `data` speaks of."""
    return Scope(
        target=task.target.name,
        horizon_days=task.window.horizon_days,
        gap_days=task.window.gap_days,
        min_order_days=config.population.min_order_days,
        activity_days=config.population.activity_days,
        fingerprints=tuple(fingerprints()[name] for name in data.names),
    )


def learn(data: Dataset, task: Task, config: Config, *, calibrated: bool = True) -> Propensity:
    """Fit a model on every row of `data` whose label is known.

    Args:
        data: the rows.
        task: what is predicted.
        config: how trees are grown, and the days that calibration is fitted on.
        calibrated: without it the ranking is the same, at a sixth of the cost.

    Raises:
        ModelProblem: there are too few rows of either class.
    """
    return Propensity.fit(
        data.values,
        data.names,
        data.label,
        data.cutoff,
        settings=fit_settings(config),
        calibrate=calibration_cutoffs(data, config) if calibrated else (),
        customer=data.customer,
        scope=scope_of(data, task, config),
    )


def fit_settings(config: Config) -> FitSettings:
    """The configured way of growing trees."""
    grown = config.training.boosting.model_dump()
    return FitSettings(**grown, seed=config.training.seed, threads=usable_threads(config))


def calibration_cutoffs(data: Dataset, config: Config) -> npt.NDArray[np.datetime64]:
    """The cutoffs of the data's last days that calibration is fitted on, as many days as configured."""
    cutoffs = np.unique(data.labelled().cutoff)
    return cutoffs[cutoffs > cutoffs.max() - np.timedelta64(config.training.calibration_days, "D")]
