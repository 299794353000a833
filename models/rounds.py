"""How long to boost: twice as many trees, as long as they surely foresee more at each of several earlier dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    has to be likelier by more than chance would make it. Ours; measured in `benchmarks/findings/recipe.md`.

    Args:
        lesson: labelled rows.
        origins: pairs of rows to learn from and rows to judge, one row a customer, see `origins.rolling_origins`.
        settings: where to begin; what does not change stays.
        most: rounds at most; with fewer than twice those of `settings` nothing is tried.
    """
    if 2 * settings.rounds > most or len(origins) < ORIGINS:
        return settings
    rounds = most
    for learn, rows in reversed(origins):  # the earliest first: it has the fewest rows, and one that says no ends it
        rounds = min(rounds, _asked(lesson, learn, rows, settings, rounds))
    return replace(settings, rounds=rounds)


def _asked(lesson: Lesson, learn: Flags, rows: Flags, settings: FitSettings, most: int) -> int:
    """How often one origin alone would double the rounds: how many there are then.

    Its trees are grown on from one doubling to the next, and are gone from memory before the next origin is asked.
    """
    judged, trees, rounds = lesson.take(rows), None, settings.rounds
    if not (_both_classes(lesson.label[learn]) and _both_classes(judged.label)):
        return rounds
    while 2 * rounds <= most:
        if trees is None:
            trees = lesson.growing(replace(settings, rounds=2 * rounds), learn)
        grow_on(trees, 2 * rounds)
        if not _foresees_more(trees, judged, rounds, settings.threads):
            break
        rounds *= 2
    return rounds


def _foresees_more(trees: Booster, judged: Lesson, rounds: int, threads: int) -> bool:
    """Whether twice the rounds make each of the judged rows likelier on average, by more than chance."""

    def loss(number: int) -> Array:
        """Of each row, once calibrated: trees that merely say the same more loudly gain nothing."""
        said = trees.predict(judged.values, raw_score=True, num_iteration=number, num_threads=threads)
        raw = np.asarray(said) + judged.start
        odds = fit_platt(raw, judged.label).log_odds(raw)
        return np.asarray(np.logaddexp(0, odds) - judged.label * odds)

    gain = loss(rounds) - loss(2 * rounds)
    error = float(gain.std(ddof=1)) / np.sqrt(gain.size)
    return bool(gain.mean() > stats.t.ppf(SURE, gain.size - 1) * error)


def _both_classes(label: Array) -> bool:
    return bool(0 < label.sum() < label.size)
