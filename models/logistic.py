"""Logistic regression on standardised features: the terms of a line, and its weights of greatest likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from models.calibration import Array, odds

ALLOWED = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}
"""Least and greatest weight by the direction that is known of it."""
Scale = Literal["log", "odds", "plain"]
PENALTY = 1.0
"""Half of this times the sum of squared weights is added to the loss summed over rows: scikit-learn's default."""


def scaled(column: npt.ArrayLike, scale: Scale) -> Array:
    """A feature (n,) on a scale where a straight line to log-odds is fair: counts by logarithm, chances by odds.

    What is already even, such as an index, stays plain.
    """
    plain = np.asarray(column, dtype=np.float64)
    if scale == "plain":
        return plain
    return odds(plain) if scale == "odds" else np.asarray(np.sign(plain) * np.log1p(np.abs(plain)))


@dataclass(frozen=True)
class Term:
    """One feature of the line: a null counts as `usual`; then scaled, centred, spread and weighed."""

    feature: str
    scale: Scale
    usual: float
    centre: float
    spread: float
    weight: float = 0.0

    @classmethod
    def of(cls, feature: str, scale: Scale, column: npt.ArrayLike) -> Term:
        """The term without its weight, from the training rows (n,): median for nulls, mean and deviation."""
        values = np.asarray(column, dtype=np.float64)
        known = values[~np.isnan(values)]
        usual = float(np.median(known)) if known.size else 0.0
        moved = scaled(np.where(np.isnan(values), usual, values), scale)
        return cls(feature, scale, usual, float(moved.mean()), float(moved.std()) or 1.0)

    def standard(self, column: npt.ArrayLike) -> Array:
        """The feature (n,), standardised."""
        values = np.asarray(column, dtype=np.float64)
        moved = scaled(np.where(np.isnan(values), self.usual, values), self.scale)
        return (moved - self.centre) / self.spread


def logistic(standard: Array, label: Array, directions: Sequence[int] = ()) -> tuple[float, Array]:
    """Intercept and weights (features,) of least penalised loss; the intercept is not drawn towards 0.

    Args:
        standard: standardised features (n, features).
        label: 0 or 1 (n,), both there.
        directions: (features,) 1 where a weight may not be below 0, -1 where not above, 0 or nothing where it is free.

    Source: Hoerl & Kennard 1970 for the penalty; signs known beforehand as in Lawson & Hanson 1974, chapter 23.
    """

    def loss(found: Array) -> tuple[float, Array]:
        log_odds = found[0] + standard @ found[1:]
        error = special.expit(log_odds) - label
        value = np.logaddexp(0, log_odds).sum() - (label * log_odds).sum() + PENALTY / 2 * (found[1:] ** 2).sum()
        slope = np.concatenate([[error.sum()], error @ standard + PENALTY * found[1:]])
        return float(value / label.size), slope / label.size

    start = np.zeros(standard.shape[1] + 1)
    start[0] = float(odds(label.mean()))
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000}
    bounds = [(None, None), *(ALLOWED[each] for each in directions or [0] * standard.shape[1])]
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return float(found[0]), found[1:]
