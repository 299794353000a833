"""Growing trees: labelled rows to learn from, how many rounds help, and trees as text and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import lightgbm
import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.calibration import Array
from models.fit_settings import FitSettings
from models.offset import Offset

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Booster: TypeAlias = lightgbm.Booster
GROWN_BY = f"lightgbm {lightgbm.__version__}"
"""What grows trees here, with its version."""


def parsed(trees: str) -> Booster:
    """Trees from their text.

    Raises:
        ModelProblem: the text holds no trees.
    """
    try:
        return Booster(model_str=trees)
    except (lightgbm.basic.LightGBMError, ValueError) as error:
        raise ModelProblem(
            "The trees of the model cannot be read.",
            where="booster.txt",
            got=str(error),
            expected="trees written by moorings train",
            todo="train again: moorings train",
        ) from error


@dataclass(frozen=True)
class Lesson:
    """Labelled rows (n, features) to grow trees on, each starting from log-odds `start` (n,).

    `grown` is told of every tree.
    """

    values: Values
    names: tuple[str, ...]
    label: Array
    start: Array
    weight: Array
    grown: Callable[[], object] = lambda: None

    @classmethod
    def of(
        cls, values: Values, names: Sequence[str], label: npt.ArrayLike, settings: FitSettings, weight: Array | None
    ) -> Lesson:
        """The lesson of rows whose label (n,) is known, each counting as `weight` (n,), or once."""
        labels = np.asarray(label, dtype=np.float64)
        weights = np.ones(labels.size) if weight is None else weight
        base_rate = float(np.average(labels, weights=weights))
        offset = Offset.fit(settings.offset, names, values, base_rate)
        return cls(values, tuple(names), labels, offset.log_odds(values), weights)

    def take(self, rows: Flags) -> Lesson:
        """The rows where `rows` (n,) is true."""
        return Lesson(self.values[rows], self.names, self.label[rows], self.start[rows], self.weight[rows], self.grown)

    def grow(self, settings: FitSettings) -> str:
        """Boosted trees, as text without the parameters, which hold the number of threads."""
        told = [lambda _: self.grown()]
        booster = lightgbm.train(settings.parameters(len(self.label)), self._dataset(), settings.rounds, callbacks=told)
        text = str(booster.model_to_string())
        begin, end = text.index("\nparameters:"), text.index("end of parameters")
        return text[:begin] + text[end + len("end of parameters") :]

    def patient(self, splits: Iterable[tuple[Flags, Flags]], settings: FitSettings) -> FitSettings:
        """The settings with as many rounds as made the judged rows likeliest, by trees grown on those to learn from.

        Only where `settings.patience` asks for it, and both classes are among the rows to learn from.
        """
        for learn, rows in splits if settings.patience else ():
            if 0 < self.label[learn].sum() < learn.sum():
                data, later = self.take(learn)._dataset(), self.take(rows)._dataset()
                stop = lightgbm.early_stopping(settings.patience, verbose=False)
                parameters = {**settings.parameters(int(learn.sum())), "metric": "binary_logloss"}
                booster = lightgbm.train(parameters, data, settings.rounds, valid_sets=[later], callbacks=[stop])
                return replace(settings, rounds=max(1, booster.best_iteration), patience=0)
        return settings

    def _dataset(self) -> lightgbm.Dataset:
        names = list(self.names)
        return lightgbm.Dataset(self.values, self.label, weight=self.weight, init_score=self.start, feature_name=names)

    def judge(self, splits: Iterable[tuple[Flags, Flags]], settings: FitSettings) -> Array:
        """Log-odds (n,) of each judged row from trees grown on the rows it was split from; NaN for others."""
        found = np.full(self.label.size, np.nan)
        for learn, rows in splits:
            if 0 < self.label[learn].sum() < learn.sum() and rows.any():
                booster = Booster(model_str=self.take(learn).grow(settings))
                trees = booster.predict(self.values[rows], raw_score=True, num_threads=settings.threads)
                found[rows] = np.asarray(trees) + self.start[rows]
        return found
