"""How long to boost: twice as many trees, as long as they surely foresee more at each of several earlier dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from models.calibration import Array, fit_platt
from models.fit_settings import FitSettings
from models.trees import Booster, Flags, Lesson, grow_on

ORIGINS = 3
"""Earlier dates that are asked. With fewer there is no telling a lasting gain from one season's, and nothing grows."""
SURE = 0.975
"""How sure the gain has to be at each date alone, one-sided."""


def long_enough(
    lesson: Lesson, origins: Sequence[tuple[Flags, Flags]], settings: FitSettings, most: int
) -> FitSettings:
    """The settings, with their rounds doubled as often as every origin shows that this surely foresees more.

    A large supplier has enough customers for patterns that would be noise at a small one, and its own past says so: at
    each origin trees are grown on what had been known by then, and what twice as many say of the customers of that day
    has to be likelier by more than chance would make it. Ours; measured in `benchmarks/README.md`.

    Args:
        lesson: labelled rows.
        origins: pairs of rows to learn from and rows to judge, one row a customer, see `origins.rolling_origins`.
        settings: where to begin; what does not change stays.
        most: rounds at most; with fewer than twice those of `settings` nothing is tried.
    """
    asked = [_Origin(lesson, learn, rows) for learn, rows in origins]
    while 2 * settings.rounds <= most and len(asked) >= ORIGINS:
        if not all(origin.foresees_more(settings) for origin in asked):
            break
        settings = replace(settings, rounds=2 * settings.rounds)
    return settings


@dataclass
class _Origin:
    """Rows to learn from and rows to judge, each (n,), of a lesson; its trees are kept, for they may have to grow."""

    lesson: Lesson
    learn: Flags
    rows: Flags
    trees: Booster | None = None

    def foresees_more(self, settings: FitSettings) -> bool:
        """Whether twice the rounds make each of the judged rows likelier on average, by more than chance."""
        judged = self.lesson.take(self.rows)
        if not (_both_classes(self.lesson.label[self.learn]) and _both_classes(judged.label)):
            return False
        trees = self._grown(replace(settings, rounds=2 * settings.rounds))

        def loss(rounds: int) -> Array:
            """Of each row, once calibrated: trees that merely say the same more loudly gain nothing."""
            said = trees.predict(judged.values, raw_score=True, num_iteration=rounds, num_threads=settings.threads)
            raw = np.asarray(said) + judged.start
            odds = fit_platt(raw, judged.label).log_odds(raw)
            return np.asarray(np.logaddexp(0, odds) - judged.label * odds)

        gain = loss(settings.rounds) - loss(2 * settings.rounds)
        error = float(gain.std(ddof=1)) / np.sqrt(gain.size)
        return bool(gain.mean() > stats.t.ppf(SURE, gain.size - 1) * error)

    def _grown(self, settings: FitSettings) -> Booster:
        """So many rounds of trees: the first half of them have been grown where the question was asked before."""
        if self.trees is None:
            self.trees = self.lesson.growing(settings, self.learn)
        grow_on(self.trees, settings.rounds)
        return self.trees


def _both_classes(label: Array) -> bool:
    return bool(0 < label.sum() < label.size)
