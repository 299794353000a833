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


def grow_on(booster: Booster, rounds: int) -> None:
    """Add trees until there are `rounds`: they are those that growing so many at once would have given."""
    for _ in range(booster.current_iteration(), rounds):
        booster.update()


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

    def grow(self, settings: FitSettings, rows: Flags | None = None) -> str:
        """Boosted trees, as text without the parameters, which hold the number of threads.

        Grown on `rows` (n,), or on all: the copy of them ends where LightGBM has made its bins.
        """
        text = str(self.growing(settings, rows).model_to_string())
        begin, end = text.index("\nparameters:"), text.index("end of parameters")
        return text[:begin] + text[end + len("end of parameters") :]

    def growing(self, settings: FitSettings, rows: Flags | None = None) -> Booster:
        """The same trees with what it takes to grow more of them, see `grow_on`."""
        size = self.label.size if rows is None else np.count_nonzero(rows)
        data = self._dataset(rows)
        told, parameters = [lambda _: self.grown()], settings.parameters(int(size))
        return lightgbm.train(parameters, data, settings.rounds, callbacks=told, keep_training_booster=True)

    def patient(self, splits: Iterable[tuple[Flags, Flags]], settings: FitSettings) -> FitSettings:
        """The settings with as many rounds as made the judged rows likeliest, by trees grown on those to learn from.

        Only where `settings.patience` asks for it, and both classes are among the rows to learn from.
        """
        for learn, rows in splits if settings.patience else ():
            if 0 < self.label[learn].sum() < learn.sum():
                data, later = self._dataset(learn), self._dataset(rows)
                stop = lightgbm.early_stopping(settings.patience, verbose=False)
                parameters = {**settings.parameters(int(learn.sum())), "metric": "binary_logloss"}
                booster = lightgbm.train(parameters, data, settings.rounds, valid_sets=[later], callbacks=[stop])
                return replace(settings, rounds=max(1, booster.best_iteration), patience=0)
        return settings

    def _dataset(self, rows: Flags | None) -> lightgbm.Dataset:
        part, names = self if rows is None else self.take(rows), list(self.names)
        return lightgbm.Dataset(part.values, part.label, weight=part.weight, init_score=part.start, feature_name=names)

    def judge(self, splits: Iterable[tuple[Flags, Flags]], settings: FitSettings) -> Array:
        """Log-odds (n,) of each judged row from trees grown on the rows it was split from; NaN for others."""
        found = np.full(self.label.size, np.nan)
        for learn, rows in splits:
            if 0 < self.label[learn].sum() < learn.sum() and rows.any():
                booster = Booster(model_str=self.grow(settings, learn))
                trees = booster.predict(self.values[rows], raw_score=True, num_threads=settings.threads)
                found[rows] = np.asarray(trees) + self.start[rows]
        return found
