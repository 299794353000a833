"""From labelled rows to a model: the one recipe that training and backtests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from features.catalogue import FEATURES, fingerprints
from features.engine.store import EPOCH, LineStore
from models.explanation.sentence import NOTHING, Sentence
from models.origins import rolling_origins
from models.propensity import FitSettings, Propensity, Scope
from models.rounds import ORIGINS, long_enough
from models.split import mature_cutoffs
from models.stored import Model
from models.trees import Lesson
from models.tuning import Tuning, tune
from pipeline.config import Config
from pipeline.learning.levels import at_level, calibration_cutoffs
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.tasks import Task
from pipeline.process.progress import counting, stage

DAYS_A_MONTH = 365.2425 / 12
TREES = "trees grown"


class Recipe(Protocol):
    """A way to fit a model on rows; `present` are the customers as they stand after them, see `learn`."""

    def __call__(self, data: Dataset, present: Dataset | None = None) -> Model:
        """The model fitted on the rows of `data` whose label is known."""


def learnable_cutoffs(store: LineStore, task: Task, config: Config) -> tuple[date, ...]:
    """The cutoffs whose labels `store` has matured, ascending, as many as the look-back allows."""
    return mature_cutoffs(
        *first_and_end(store),
        task.window,
        step_months=config.time.cutoff_months,
        most=most_slices(config),
    )


def first_and_end(store: LineStore) -> tuple[date, date]:
    """The first day of a history, and the day after its last."""
    return EPOCH + timedelta(days=int(store.day.min())), EPOCH + timedelta(days=store.end)


def most_slices(config: Config) -> int:
    """How many cutoffs are learned from at most: those within the look-back, and no more than configured."""
    within = config.time.look_back_months // config.time.cutoff_months
    return min(within, config.training.slices or within)


def scope_of(task: Task, config: Config, names: Sequence[str] = ()) -> Scope:
    """What a model speaks of that is fitted on the features `names`."""
    return Scope(
        target=task.target.name,
        definition=task.target.fingerprint,
        horizon_days=task.window.horizon_days,
        gap_days=task.window.gap_days,
        min_order_days=config.population.min_order_days,
        activity_days=config.population.activity_days,
        fingerprints=feature_marks(names, task.window.gap_days),
    )


def learn(
    data: Dataset,
    task: Task,
    config: Config,
    settings: FitSettings | None = None,
    *,
    present: Dataset | None = None,
    calibrated: bool = True,
) -> Propensity:
    """Fit a model on every row of `data` whose label is known.

    Args:
        data: the rows.
        task: what is predicted.
        config: the settings, and the days that calibration is fitted on.
        settings: how trees are grown; found by `tuned` where not given.
        present: the customers as they stand now, at one cutoff after those of `data`; only their features are looked
            at, for the level of what is foreseen, see `models.level`. Not given, the level is that of `data`.
        calibrated: without it the ranking is the same, at a sixth of the cost.

    Raises:
        ModelProblem: there are too few rows of either class.
    """
    model = Propensity.fit(
        data.values,
        data.names,
        data.label,
        data.cutoff,
        settings=settings or tuned(data, task, config).best,
        calibrate=calibration_cutoffs(data, config) if calibrated else (),
        customer=data.customer,
        weight=recency(data.cutoff, config),
        scope=scope_of(task, config, data.names),
        grown=counting(TREES),
    )
    return at_level(model, data, present, task, config) if present is not None and calibrated else model


def feature_marks(names: Sequence[str], gap_days: int) -> tuple[str, ...]:
    """The fingerprints of features, in order, as they are computed where outcomes open after the gap."""
    known = fingerprints(gap_days=gap_days)
    return tuple(known[name] for name in names)


@stage("how many trees")
def tuned(data: Dataset, task: Task, config: Config) -> Tuning:
    """How trees are grown, found on `data` alone: as configured, with as many rounds as the past surely asks for.

    Where trials are configured the best of them instead, with the trials; where patience is, rounds are its matter.
    """
    settings, asked = fit_settings(config, task.target.kind, data.names), config.training.tuning
    known = data.labelled()
    if not len(known) or (settings.patience and not asked.trials):
        return Tuning(settings, ())
    lesson = Lesson.of(known.values, known.names, known.label, settings, recency(known.cutoff, config))
    lesson = replace(lesson, grown=counting(TREES))
    days, number = task.window.days_to_maturity, asked.folds if asked.trials else ORIGINS
    origins = list(rolling_origins(known.cutoff, days, number=number))
    if asked.trials:
        return tune(lesson, origins, settings, trials=asked.trials, seconds=asked.seconds)
    return Tuning(long_enough(lesson, origins, settings, config.training.most_rounds), ())


MORE_TREES = "{trees:,} trees in place of {usual:,}: each of {dates} earlier dates was surely foreseen better"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [MORE_TREES]


def rounds_note(settings: FitSettings, config: Config) -> Sentence:
    """What to say of more trees than configured; nothing where there are none, or where trials chose them."""
    usual = config.training.boosting.rounds
    if config.training.tuning.trials or settings.rounds <= usual:
        return NOTHING
    return Sentence(MORE_TREES, trees=settings.rounds, usual=usual, dates=ORIGINS)


def recency(cutoff: npt.NDArray[np.datetime64], config: Config) -> npt.NDArray[np.float64] | None:
    """What each row (n,) counts by its age: half for every half-life before the latest. None: all the same."""
    half_life = config.training.half_life_months * DAYS_A_MONTH
    if not half_life or not cutoff.size:
        return None
    age = (cutoff.max() - cutoff).astype("timedelta64[D]").astype(np.float64)
    return np.asarray(0.5 ** (age / half_life))


def fit_settings(config: Config, kind: str = "", names: Sequence[str] = ()) -> FitSettings:
    """The configured way of growing trees, for a kind of target on features `names`."""
    grown = config.training.boosting.model_dump()
    return FitSettings(
        **grown,
        patience=config.training.patience,
        isotonic=config.training.calibration == "isotonic",
        directions=directions(kind, names) if config.training.monotone else (),
        seed=config.training.seed,
        threads=usable_threads(config),
    )


def directions(kind: str, names: Sequence[str]) -> tuple[int, ...]:
    """What each feature declares of its effect on a kind of target: 1, -1, or 0 where it is not certain."""
    declared = {feature.name: feature.direction.get(kind, 0) for feature in FEATURES}
    return tuple(declared.get(name, 0) for name in names)
