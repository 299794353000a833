"""How long to boost: twice as many trees, as long as they surely foresee more at each of several earlier dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from models.calibration import Array, fit_platt
from models.fit_settings import FitSettings
from models.trees import Flags, Lesson, parsed

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
    while 2 * settings.rounds <= most and len(origins) >= ORIGINS:
        if not all(_foresees_more(lesson, learn, rows, settings) for learn, rows in origins):
            break
        settings = replace(settings, rounds=2 * settings.rounds)
    return settings


def _foresees_more(lesson: Lesson, learn: Flags, rows: Flags, settings: FitSettings) -> bool:
    """Whether twice the rounds, grown on `learn`, make each of `rows` likelier on average, by more than chance."""
    learned, judged = lesson.take(learn), lesson.take(rows)
    if not (_both_classes(learned) and _both_classes(judged)):
        return False
    trees = parsed(learned.grow(replace(settings, rounds=2 * settings.rounds)))

    def loss(rounds: int) -> Array:
        """Of each row, once calibrated: trees that merely say the same more loudly gain nothing."""
        said = trees.predict(judged.values, raw_score=True, num_iteration=rounds, num_threads=settings.threads)
        raw = np.asarray(said) + judged.start
        odds = fit_platt(raw, judged.label).log_odds(raw)
        return np.asarray(np.logaddexp(0, odds) - judged.label * odds)

    gain = loss(settings.rounds) - loss(2 * settings.rounds)
    error = float(gain.std(ddof=1)) / np.sqrt(gain.size)
    return bool(gain.mean() > stats.t.ppf(SURE, gain.size - 1) * error)


def _both_classes(lesson: Lesson) -> bool:
    ones = float(lesson.label.sum())
    return 0 < ones < lesson.label.size
