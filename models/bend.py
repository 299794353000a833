"""Isotonic calibration after Platt's: a rising line of many pieces, taken only where it wins on cutoffs left out.

It bends log-odds that Platt's two numbers have already put in place, so it changes the shape and not the level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special
from sklearn.isotonic import IsotonicRegression

Array = npt.NDArray[np.float64]
ROWS_A_GROUP = 50
"""Rows whose share of ones is one point of the curve: with fewer, chance alone makes steps."""
MOST_GROUPS = 40
FEWEST_KNOTS = 3
"""Two points are a straight line, which Platt has drawn already."""
FEWEST_BLOCKS = 3
"""Blocks of cutoffs, each as long as an outcome window, below which nobody can say what wins."""


@dataclass(frozen=True)
class Bend:
    """Log-odds `to` (k,) at log-odds `at` (k,), both strictly rising; straight between, and shifted beyond the ends.

    Without knots nothing is bent.
    """

    at: tuple[float, ...] = ()
    to: tuple[float, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.at)

    def log_odds(self, straight: npt.ArrayLike) -> Array:
        """Bent log-odds (n,) of log-odds (n,): the ranking stays, and ties stay the only ties."""
        given = np.asarray(straight, dtype=np.float64)
        if not self:
            return given
        inside = np.clip(given, self.at[0], self.at[-1])
        return np.asarray(np.interp(inside, self.at, self.to) + (given - inside))


def fit_bend(straight: npt.ArrayLike, label: npt.ArrayLike) -> Bend:
    """The rising curve of maximum likelihood through groups of at least 50 rows of like log-odds.

    Args:
        straight: log-odds (n,), calibrated by Platt on these rows.
        label: 0 or 1 (n,).

    Returns:
        A knot at the mean log-odds of each stretch that isotonic regression holds level, so the curve rises between
        them and ranks as before. No knots where there are fewer than three such stretches.

    Source: isotonic calibration (Zadrozny & Elkan 2002), centred (Oron & Flournoy 2017); groups are ours.
    """
    order = np.argsort(np.asarray(straight, dtype=np.float64), kind="stable")
    scores, labels = np.asarray(straight, dtype=np.float64)[order], np.asarray(label, dtype=np.float64)[order]
    groups = min(MOST_GROUPS, labels.size // ROWS_A_GROUP)
    if groups < FEWEST_KNOTS:
        return Bend()
    parts = np.array_split(np.arange(labels.size), groups)
    rows = np.array([part.size for part in parts], dtype=np.float64)
    middle = np.array([scores[part].mean() for part in parts])
    share = np.array([(labels[part].sum() + 0.5) / (part.size + 1) for part in parts])  # never 0 or 1
    level = IsotonicRegression().fit(np.arange(groups), share, rows).predict(np.arange(groups))
    _, stretch = np.unique(level, return_inverse=True)
    weight = np.bincount(stretch, rows)
    at, to = (np.bincount(stretch, rows * value) / weight for value in (middle, level))
    if at.size < FEWEST_KNOTS or (np.diff(at) <= 0).any():
        return Bend()
    return Bend(tuple(at.tolist()), tuple(special.logit(to).tolist()))


def bend_that_wins(
    straight: npt.ArrayLike, label: npt.ArrayLike, cutoff: npt.NDArray[np.datetime64], horizon: int
) -> Bend:
    """The bend fitted on all rows, if bends fitted without a block of cutoffs foresee that block better than none does.

    Args:
        straight: log-odds (n,), calibrated by Platt on these rows.
        label: 0 or 1 (n,).
        cutoff: (n,) days.
        horizon: days of the outcome window: cutoffs closer than that share outcomes and are left out together.

    Returns:
        No knots unless the mean gain in log-likelihood a row, over at least three blocks, exceeds its standard error.

    Source: cross-validation by blocks of time (Bergmeir & Benitez 2012) and the one-standard-error rule
    (Breiman et al. 1984); joining them here is ours.
    """
    scores, labels = np.asarray(straight, dtype=np.float64), np.asarray(label, dtype=np.float64)
    if not labels.size:
        return Bend()
    block = (cutoff - cutoff.min()).astype("timedelta64[D]").astype(int) // max(horizon, 1)
    gains = np.array([_gain(scores, labels, block == left) for left in np.unique(block)])
    if gains.size < FEWEST_BLOCKS or gains.mean() <= gains.std(ddof=1) / np.sqrt(gains.size):
        return Bend()
    return fit_bend(scores, labels)


def _gain(scores: Array, labels: Array, left: npt.NDArray[np.bool_]) -> float:
    """Log-likelihood a row that a bend of the other rows wins on those left out."""
    bent = fit_bend(scores[~left], labels[~left]).log_odds(scores[left])
    return float((_likelihood(bent, labels[left]) - _likelihood(scores[left], labels[left])).mean())


def _likelihood(log_odds: Array, labels: Array) -> Array:
    return np.asarray(labels * log_odds - np.logaddexp(0, log_odds))
