"""What a published probability promised: over which window it was to come true, that of its own model and not of today,
and whether it was a forecast at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from functools import cache

from features.errors import Problem
from models.fit_settings import Scope
from models.stored import load_model
from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.matrices.tasks import Task
from pipeline.registry.champion import tracking_of

logger = logging.getLogger(__name__)
AsPublished = Callable[[Task, str | None], Task]


def as_published(config: Config) -> AsPublished:
    """A function of a task and a training run: the task with the window that the model of this run watches.

    Horizons and gaps change, by configuration or as a history grows; a probability is judged by what was asked when it
    was published. Where there is no such run, or its model is gone, the task stays as it is. Each run is asked once.
    """
    window = cache(lambda run: _window_of(run, config))
    return lambda task, run: Task(task.target, (window(run) if run else None) or task.window)


def foreseen(config: Config) -> Callable[[date, str | None], bool]:
    """A function of a cutoff and the training run whose model was published at it: whether it was a forecast.

    It was none where the model had learned from what followed. Where that is not known any more, it counts as one.
    """
    learned = cache(lambda run: _learned_until(run, config))

    def before(cutoff: date, run: str | None) -> bool:
        last = learned(run) if run else None
        return last is None or cutoff > last

    return before


def _learned_until(run: str, config: Config) -> date | None:
    try:
        return _scope_of(run, config).learned_until
    except Problem:
        return None


def _window_of(run: str, config: Config) -> OutcomeWindow | None:
    try:
        scope = _scope_of(run, config)
    except Problem as problem:
        logger.info("predictions of run %s are judged by the window configured now: %s", run, problem.what)
        return None
    return OutcomeWindow(scope.gap_days, scope.horizon_days)


def _scope_of(run: str, config: Config) -> Scope:
    """What the model of a training run speaks of.

    Raises:
        ModelProblem: there is no such run, or its model is gone or damaged.
    """
    return load_model(tracking_of(config).files(run)).scope
