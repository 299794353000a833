"""Rows as tallies: the distinct scores, the weight at each, and the weight of ones among it.

Rows of the same score are exchangeable, so nothing measured on a tally depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.errors import DataProblem

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """Distinct scores, ascending (n,), with the weight of their rows and of those labelled 1 (n,)."""

    score: Array
    weight: Array
    ones: Array

    @property
    def total(self) -> float:
        """Weight of all rows."""
        return float(self.weight.sum())

    @property
    def base_rate(self) -> float:
        """Share of ones; NaN without rows."""
        return float(self.ones.sum() / self.total) if self.total > 0 else float("nan")


@dataclass(frozen=True)
class Grouping:
    """Rows sorted by score, so that many weightings of the same rows are tallied without sorting again."""

    order: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    label: Array
    score: Array

    @classmethod
    def of(cls, label: npt.ArrayLike, score: npt.ArrayLike) -> Grouping:
        """Sort rows (n,) by score; labels are 0 or 1.

        Raises:
            DataProblem: a label is null or no 0 / 1, a score is null, or the lengths differ.
        """
        labels, scores = np.asarray(label, dtype=np.float64), np.asarray(score, dtype=np.float64)
        _check(labels, scores)
        order = np.argsort(scores, kind="stable")
        ranked = scores[order]
        starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if ranked.size else order
        return cls(order, starts, labels[order], ranked[starts])

    def tally(self, weight: npt.ArrayLike | None = None, label: Array | None = None) -> Tally:
        """Tally the rows, each counting `weight` (n,) times, by default once; `label` (n,) in sorted order."""
        labels = self.label if label is None else label
        if not labels.size:
            return Tally(self.score, np.zeros(0), np.zeros(0))
        weights = np.ones(labels.size) if weight is None else np.asarray(weight, dtype=np.float64)[self.order]
        ones = np.add.reduceat(weights * labels, self.starts)
        return Tally(self.score, np.add.reduceat(weights, self.starts), ones)


def _check(label: Array, score: Array) -> None:
    faults = {
        "a null label": bool(np.isnan(label).any()),
        "a label other than 0 and 1": bool((~np.isnan(label) & (label != 0) & (label != 1)).any()),
        "a null score": bool(np.isnan(score).any()),
        f"{label.size} labels and {score.size} scores": label.shape != score.shape,
    }
    for fault, found in faults.items():
        if found:
            raise DataProblem(
                "These rows cannot be evaluated.",
                where="models/evaluation",
                got=fault,
                expected="one label, 0 or 1, and one score a row",
                todo="leave out rows whose label is not mature before measuring",
            )


def tally(label: npt.ArrayLike, score: npt.ArrayLike) -> Tally:
    """Tally rows (n,); see `Grouping.of` for what is refused."""
    return Grouping.of(label, score).tally()
