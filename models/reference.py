"""What is usual: quantiles of every feature among the customers a model was fitted on, and which features speak alike.

Reasons compare a customer with these values; features that rise and fall together give one reason, not three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
ALIKE = 0.85
"""Features whose rank correlation is, on average over a group, at least this strong speak of the same thing. On
wholesale data lower values make one group of all that grows with the number of orders."""
MOST_ROWS = 5_000
"""Rows that correlations are measured on; more change no group."""


@dataclass(frozen=True)
class Reference:
    """Per feature, in the model's order: `quantiles` at `LEVELS` (None where all null), share of nulls, group.

    Two features of the same `groups` number speak of the same thing. `rows` is how many customers these are from.
    """

    rows: int
    quantiles: tuple[tuple[float | None, ...], ...]
    nulls: tuple[float, ...]
    groups: tuple[int, ...]

    @property
    def median(self) -> npt.NDArray[np.float64]:
        """The usual value of each feature (features,), NaN where unknown."""
        return np.array([row[LEVELS.index(0.5)] for row in self.quantiles], dtype=np.float64)

    @property
    def spread(self) -> npt.NDArray[np.float64]:
        """From the lowest to the highest level of `LEVELS` (features,), NaN where unknown."""
        return np.array([np.nan if row[0] is None else row[-1] - row[0] for row in self.quantiles], dtype=np.float64)  # type: ignore[operator]

    def take(self, places: Sequence[int]) -> Reference:
        """Of some of the features, by their places."""
        return Reference(
            self.rows,
            tuple(self.quantiles[at] for at in places),
            tuple(self.nulls[at] for at in places),
            tuple(self.groups[at] for at in places),
        )

    @classmethod
    def of(cls, values: npt.NDArray[np.float32]) -> Reference:
        """Measure the rows (n, features) of the customers to compare with."""
        rows, columns = values.shape
        nulls = np.isnan(values).mean(axis=0) if rows else np.ones(columns)
        return cls(
            rows,
            tuple(_quantiles(values[:, column]) for column in range(columns)),
            tuple(round(float(share), 6) for share in nulls),
            tuple(alike(values)),
        )


def _quantiles(column: npt.NDArray[np.float32]) -> tuple[float | None, ...]:
    known = column[~np.isnan(column)]
    if not known.size:
        return (None,) * len(LEVELS)
    return tuple(float(value) for value in np.quantile(known.astype(np.float64), LEVELS))


def alike(values: npt.NDArray[np.float32]) -> Sequence[int]:
    """A group number for each feature of `values` (n, features), by average linkage on 1 - |rank correlation|.

    Nulls take the middle rank; a feature without variation is a group of its own.
    """
    rows, columns = values.shape
    if rows < 3 or columns < 2:
        return list(range(1, columns + 1))
    chosen = np.linspace(0, rows - 1, min(rows, MOST_ROWS)).round().astype(np.int64)
    ranks = np.column_stack([_ranks(values[chosen, column]) for column in range(columns)])
    spread = np.sqrt((ranks**2).sum(axis=0))
    scaled = np.divide(ranks, spread, out=np.zeros_like(ranks), where=spread > 0)
    distance = np.clip(1 - np.abs(scaled.T @ scaled), 0, 1).round(9)
    np.fill_diagonal(distance, 0)
    tree = hierarchy.linkage(squareform(distance, checks=False), "average")
    return [int(group) for group in hierarchy.fcluster(tree, 1 - ALIKE, "distance")]


def _ranks(column: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Centred ranks (n,), 0 for nulls."""
    known = ~np.isnan(column)
    ranks = np.zeros(column.size)
    if known.any():
        ranks[known] = stats.rankdata(column[known])
        ranks[known] -= ranks[known].mean()
    return ranks
