"""What a published probability was to come true over: the window its own model was trained for, not that of today."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from features.errors import Problem
from models.stored import load_model
from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.matrices.dataset import Task
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


def _window_of(run: str, config: Config) -> OutcomeWindow | None:
    try:
        scope = load_model(tracking_of(config).files(run)).scope
    except Problem as problem:
        logger.info("predictions of run %s are judged by the window configured now: %s", run, problem.what)
        return None
    return OutcomeWindow(scope.gap_days, scope.horizon_days)
