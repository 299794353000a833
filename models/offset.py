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
    """On the way from the log-odds of the base rate to the mean of those of some columns; without any, the base rate.

    `columns` are positions, among all `features` of the matrix, of those that are probabilities, `share` how much of
    the way is gone. `base`, the log-odds of the base rate, is the start without columns and in place of a null; `usual`
    holds per column the mean over the training rows, which contributions are measured from.

    Source: starting from the log-odds of another model is the offset of McCullagh & Nelder 1989; going part of the
    way is ours, measured beside `[training] start_share`.
    """

    columns: tuple[int, ...]
    features: int
    base: float
    usual: tuple[float, ...]
    share: float = 1.0

    @classmethod
    def fit(
        cls,
        chosen: Sequence[str],
        names: Sequence[str],
        values: npt.NDArray[np.float32],
        base_rate: float,
        share: float = 1.0,
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
        started = cls(columns, len(names), base, (0.0,) * len(columns), share)
        return replace(started, usual=tuple(float(value) for value in started._parts(values).mean(axis=0)))

    def _parts(self, values: npt.NDArray[np.float32]) -> Array:
        """Log-odds (n, chosen columns), each already divided by their number."""
        known = odds(values[:, list(self.columns)])
        known = np.where(np.isnan(known), self.base, np.clip(known, -FURTHEST, FURTHEST))
        return np.asarray((self.share * known + (1 - self.share) * self.base) / max(len(self.columns), 1))

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
