"""Settings found by trial: growing trees in several ways on the past, judged on what came later.

Off by default. `python -m benchmarks.recipe --tuning` measures what it adds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models.fit_settings import FitSettings
from models.trees import Flags, Lesson

if TYPE_CHECKING:
    import optuna

SEARCHED: Mapping[str, tuple[float, float]] = {
    "rounds": (100, 800),
    "learning_rate": (0.01, 0.1),
    "num_leaves": (4, 63),
    "min_data_in_leaf": (20, 400),
    "feature_fraction": (0.1, 1.0),
    "lambda_l2": (0.1, 100.0),
}
"""Settings that are tried, between these bounds (widened to hold the default), evenly on a logarithmic scale."""


@dataclass(frozen=True)
class Trial:
    """One way of growing trees: the settings that differ from the default, and the mean log-loss of what came later."""

    settings: Mapping[str, float]
    loss: float


@dataclass(frozen=True)
class Tuning:
    """The best settings and every trial, the first of them the default's."""

    best: FitSettings
    trials: tuple[Trial, ...]


def tune(
    lesson: Lesson, folds: Sequence[tuple[Flags, Flags]], settings: FitSettings, *, trials: int, seconds: float
) -> Tuning:
    """Try `trials` settings, the given ones first, and keep those under which the judged rows are likeliest.

    The same rows, settings and number of trials find the same settings; only if `seconds` run out are there fewer
    trials, so they are a guard and should not be reached.

    Args:
        lesson: labelled rows.
        folds: pairs of rows to learn from and rows to judge, see `origins.rolling_origins`.
        settings: the default; its seed is that of the search.
        trials: how many.
        seconds: after which no further trial begins.

    Source: Bergstra et al. 2011 (tree-structured Parzen estimators), by Optuna.
    """
    import optuna  # noqa: PLC0415 - takes a second

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=settings.seed))
    study.enqueue_trial({name: getattr(settings, name) for name in SEARCHED})

    def loss(trial: optuna.Trial) -> float:
        return _loss(lesson, folds, replace(settings, **_suggested(trial, settings)))

    study.optimize(loss, n_trials=trials, timeout=seconds)
    tried = tuple(Trial(dict(trial.params), _value(trial)) for trial in study.trials if trial.values)
    return Tuning(replace(settings, **study.best_params), tried)


def _suggested(trial: optuna.Trial, default: FitSettings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, bounds in SEARCHED.items():
        usual = getattr(default, name)
        low, high = min(*bounds, usual), max(*bounds, usual)
        suggest = trial.suggest_int if isinstance(usual, int) else trial.suggest_float
        found[name] = suggest(name, low, high, log=True)
    return found


def _value(trial: optuna.trial.FrozenTrial) -> float:
    return float(trial.values[0])


def _loss(lesson: Lesson, folds: Sequence[tuple[Flags, Flags]], settings: FitSettings) -> float:
    """The mean over folds of the mean log-loss of the judged rows; infinite where nothing could be judged."""
    losses = []
    for learn, rows in folds:
        raw = lesson.judge([(learn, rows)], settings)[rows]
        if not np.isnan(raw).any():
            losses.append(float(np.mean(np.logaddexp(0, raw) - lesson.label[rows] * raw)))
    return float(np.mean(losses)) if losses else math.inf
