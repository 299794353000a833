"""Where boosting starts: log-odds that are already known, from features that are probabilities of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.calibration import Array, odds

FURTHEST = 5.0
"""Log-odds are kept within this distance of even, so that no start outweighs what the trees can say."""


@dataclass(frozen=True)
class Offset:
    """The mean of the log-odds of some columns; without any, the log-odds of the base rate.

    `columns` are positions, among all `features` of the matrix, of those that are probabilities. `base`, the log-odds
    of the base rate, is the start without columns and in place of a null; `usual` holds per column the mean over the
    training rows, which contributions are measured from.

    Source: the offset of McCullagh & Nelder 1989, "Generalized linear models".
    """

    columns: tuple[int, ...]
    features: int
    base: float
    usual: tuple[float, ...]

    @classmethod
    def fit(
        cls,
        chosen: Sequence[str],
        names: Sequence[str],
        values: npt.NDArray[np.float32],
        base_rate: float,
    ) -> Offset:
        """Take the columns called `chosen` out of `names`; without any, start from `base_rate`.

        Raises:
            ModelProblem: a chosen feature is not among the columns.
        """
        missing = [name for name in chosen if name not in names]
        if missing:
            raise ModelProblem(
                "The model cannot start from features that are not there.",
                where="the setting of the features that boosting starts from",
                got=", ".join(missing),
                expected="names of features that are probabilities",
                todo="correct the names; the feature catalogue lists them all",
            )
        columns = tuple(list(names).index(name) for name in chosen)
        base = float(odds(base_rate))
        started = cls(columns, len(names), base, (0.0,) * len(columns))
        return replace(started, usual=tuple(float(value) for value in started._parts(values).mean(axis=0)))

    def _parts(self, values: npt.NDArray[np.float32]) -> Array:
        """Log-odds (n, chosen columns), each already divided by their number."""
        known = odds(values[:, list(self.columns)])
        known = np.where(np.isnan(known), self.base, np.clip(known, -FURTHEST, FURTHEST))
        return np.asarray(known / max(len(self.columns), 1))

    def log_odds(self, values: npt.NDArray[np.float32]) -> Array:
        """The start (n,) of rows (n, features)."""
        if not self.columns:
            return np.full(len(values), self.base)
        return np.asarray(self._parts(values).sum(axis=1))

    def contributions(self, values: npt.NDArray[np.float32]) -> Array:
        """What each feature adds to the start, (n, features + 1); the last column holds what is the same for all."""
        parts = np.zeros((len(values), self.features + 1))
        if not self.columns:
            parts[:, -1] = self.base
            return parts
        parts[:, list(self.columns)] = self._parts(values) - np.asarray(self.usual)
        parts[:, -1] = sum(self.usual)
        return parts
