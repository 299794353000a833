"""States of relationships when a date is scored: the same models, asked at the cutoffs that lead to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import LineStore
from models.decision.course import Relationship, follow
from models.decision.standing import Standing, StateThresholds
from models.split import months_before
from models.stored import Model
from pipeline.config import Config
from pipeline.standing.standing_rows import at_cutoff, standing_of

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BATCH = 20_000
"""Rows predicted at once."""


def course_dates(as_of: date, config: Config) -> list[date]:
    """The cutoffs that a state is followed along, oldest first; `as_of` is the last.

    The first of each month, and the day before: the same from night to night, so that what a customer did before does
    not look different every night. With cutoffs that moved along, 1.8 % of the customers of one supplier changed their
    state each night and one in four of these changed back the night after; so it is 1.1 %, and one in twelve. However
    far apart the cutoffs lie that models learn from: what a state has to last is counted in weeks.
    """
    count, yesterday = config.states.course_cutoffs - 1, as_of - timedelta(days=1)
    firsts = [months_before(yesterday.replace(day=1), place) for place in reversed(range(count))]
    return sorted({*firsts, yesterday, as_of}) if count else [as_of]


def relationships(
    store: LineStore,
    matrices: Mapping[str, Matrix],
    models: Mapping[str, Model],
    config: Config,
    said: Mapping[str, Array] | None = None,
) -> tuple[Relationship, Standing]:
    """The states of the customers eligible at the last cutoff, and where they stand at it, in the order of the matrix.

    They follow from the history and the models alone, not from what was exported before: a date that is scored again
    gives the same states.

    Args:
        store: what was known before the last cutoff.
        matrices: by kind of target, its model's features at every cutoff of the course.
        models: by kind of target; churn is among them.
        config: thresholds and assumptions.
        said: by kind of target, what its model says of the customers eligible at the last cutoff, (n,) each; where it
            is not given, the models are asked.
    """
    course, present, dates = [], [], matrices["churn"].cutoffs
    for place in range(len(dates)):
        parts = {kind: at_cutoff(matrix, place) for kind, matrix in matrices.items()}
        known = said if said and place == len(dates) - 1 else {}
        chance = {kind: known[kind] if kind in known else probabilities(models[kind], parts[kind]) for kind in parts}
        matrix = parts["churn"]
        course.append(standing_of(store, matrix, chance["churn"], chance.get("partnership"), config))
        present.append(matrix.customer)
    aligned, here = _aligned(course, present)
    return follow(aligned, here, [(dates[-1] - each).days for each in dates], thresholds(config)), course[-1]


def thresholds(config: Config) -> StateThresholds:
    """The configured thresholds of states."""
    return StateThresholds(**config.states.model_dump(exclude={"course_cutoffs"}))


def probabilities(model: Model, matrix: Matrix) -> Array:
    """What a model says of the eligible rows (n,), from the features it knows."""
    columns = [matrix.names.index(name) for name in model.names]
    out = np.empty(len(matrix.values))
    for first in range(0, out.size, BATCH):
        rows = np.asfortranarray(matrix.values[first : first + BATCH, columns])
        out[first : first + BATCH] = model.probability(rows, model.names)
    return out


def _aligned(
    course: Sequence[Standing], present: Sequence[npt.NDArray[np.integer]]
) -> tuple[list[Standing], list[Flags]]:
    """Each standing among the customers of the last one, and which of them were there."""
    last = present[-1]
    aligned, here = [], []
    for found, customers in zip(course, present, strict=True):
        where = np.searchsorted(customers, last)
        there = np.isin(last, customers)
        rows = np.flatnonzero(there)
        aligned.append(found.take(where[rows]).placed(rows, last.size))
        here.append(there)
    return aligned, here
