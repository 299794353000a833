"""What a drifted feature does to the scores: the same customers, with the feature as it was in training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.evaluation.drift import Values, chosen
from models.reference import LEVELS
from models.stored import Model


def as_before(column: Values, quantiles: tuple[float | None, ...], null: float) -> Values:
    """A feature (n,) with the distribution of the reference and the ranks of today; nulls rank lowest."""
    if quantiles[0] is None:
        return np.full_like(column, np.nan)
    order = np.argsort(np.where(np.isnan(column), -np.inf, column), kind="stable")
    rank = np.empty(column.size)
    rank[order] = (np.arange(column.size) + 0.5) / column.size
    within = np.interp((rank - null) / max(1 - null, 1e-9), LEVELS, np.array(quantiles, dtype=np.float64))
    return np.where(rank < null, np.nan, within).astype(np.float32)


def score_move(model: Model, values: Values, features: Sequence[str]) -> float:
    """How much the mean probability of the rows (n, features of the model) differs because of what became of features.

    Each of them is given back its distribution of the training, every customer keeping its rank; all else stays.
    """
    rows = values[chosen(len(values))]
    before = rows.copy(order="F")
    for feature in features:
        place = model.names.index(feature)
        before[:, place] = as_before(rows[:, place], model.reference.quantiles[place], model.reference.nulls[place])
    return float(np.mean(model.probability(rows)) - np.mean(model.probability(before)))
