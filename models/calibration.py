"""From a model's log-odds to probabilities that can be believed: Platt's two numbers, and a bend, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from models.bend import Bend, bend_that_wins

Array = npt.NDArray[np.float64]
LEAST_SLOPE, MOST_SLOPE = 0.05, 20.0
"""The slope stays positive, so that calibration never turns the ranking round."""
FEWEST_ROWS = 30
"""With fewer rows of either class only the intercept is fitted."""
LASTING = 0.15
"""Log-odds: the size of a shift between a model's mean and what followed that is there again next season."""
NO_WAY = 1e-9
"""Log-odds between a row and the constant below which there is nothing to stretch."""
SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1 before odds are taken."""


@dataclass(frozen=True)
class Calibration:
    """probability = sigmoid(bend(slope * log-odds + intercept)), fitted on `rows` rows of which `ones` were 1.

    `spread` is how far, in log-odds, the level of a new cutoff lies from what is foreseen (one standard deviation), and
    `independent` how many cutoffs with outcomes of their own it was measured on; 0 where nothing is known of it.
    `drawn` is the part of the intercept that draws the level to another forecast, see `models.level`.
    """

    slope: float = 1.0
    intercept: float = 0.0
    rows: int = 0
    ones: int = 0
    spread: float = 0.0
    independent: float = 0.0
    drawn: float = 0.0
    bend: Bend = field(default_factory=Bend)

    def log_odds(self, raw: npt.ArrayLike) -> Array:
        """Calibrated log-odds (n,) of raw log-odds (n,)."""
        return self.bend.log_odds(self.slope * np.asarray(raw, dtype=np.float64) + self.intercept)

    def contributions(self, raw: Array) -> Array:
        """Contributions (n, k) to the calibrated log-odds, of those to raw log-odds; the last column is the constant.

        Rows sum to the calibrated log-odds. Where these are bent, each row is stretched by one factor, the rise of the
        bend from the constant to the row's sum, so that no feature gains on another.

        Source: the rescale rule of DeepLIFT (Shrikumar et al. 2017).
        """
        parts = raw * self.slope
        parts[:, -1] += self.intercept
        if not self.bend or not len(parts):
            return parts
        constant, whole = parts[:, -1].copy(), parts.sum(axis=1)
        start, end = self.bend.log_odds(constant), self.bend.log_odds(whole)
        way = whole - constant
        still = np.abs(way) < NO_WAY
        parts *= np.where(still, 1.0, (end - start) / np.where(still, 1.0, way))[:, None]
        parts[:, -1] = start
        return parts

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Calibration:
        """The calibration from its JSON form."""
        bend = stored.get("bend", {})
        return cls(**{**stored, "bend": Bend(**{name: tuple(knots) for name, knots in bend.items()})})

    def probability(self, raw: npt.ArrayLike) -> Array:
        """Calibrated probability (n,) of raw log-odds (n,)."""
        return np.asarray(special.expit(self.log_odds(raw)))

    def interval(self, probability: npt.ArrayLike, confidence: float = 0.9) -> tuple[Array, Array]:
        """From where to where the share of leavers lies among customers with these probabilities (n,), at a new cutoff.

        What no model foresees is how the whole market moves; so intervals are as wide in log-odds for everybody. NaN
        where the calibration could not measure it. Student's t for the few cutoffs it is measured on.

        Source: the predictive interval of a random-effects model (Higgins, Thompson & Spiegelhalter 2009).
        """
        middle = odds(probability)
        if self.independent <= 1:
            unknown = np.full(middle.size, np.nan)
            return unknown, unknown
        reach = float(stats.t.ppf((1 + confidence) / 2, self.independent - 1)) * self.spread
        return np.asarray(special.expit(middle - reach)), np.asarray(special.expit(middle + reach))


def odds(probability: npt.ArrayLike) -> Array:
    """Log-odds (n,) of probabilities (n,), NaN staying NaN."""
    return np.asarray(special.logit(np.clip(np.asarray(probability, dtype=np.float64), SMALLEST, 1 - SMALLEST)))


def fit_platt(raw: npt.ArrayLike, label: npt.ArrayLike) -> Calibration:
    """The slope and intercept of maximum likelihood on rows that the model was not fitted on.

    Args:
        raw: log-odds (n,), without nulls.
        label: 0 or 1 (n,), without nulls.

    Returns:
        Slope in [0.05, 20]. With fewer than 30 rows of either class the slope stays 1, and without rows the
        calibration changes nothing. Labels are drawn in by half a row each side, so it is finite for one class.

    Source: Platt 1999, "Probabilistic outputs for support vector machines".
    """
    scores, labels = np.asarray(raw, dtype=np.float64), np.asarray(label, dtype=np.float64)
    ones = int(labels.sum())
    zeros = labels.size - ones
    if not labels.size:
        return Calibration()
    targets = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    free = min(ones, zeros) >= FEWEST_ROWS
    slopes = (LEAST_SLOPE, MOST_SLOPE) if free else (1.0, 1.0)
    slope, intercept = _minimise(scores, targets, slopes)
    return Calibration(slope, intercept, labels.size, ones)


def fit_steady(
    raw: npt.ArrayLike,
    label: npt.ArrayLike,
    cutoff: npt.NDArray[np.datetime64],
    horizon: int,
    *,
    isotonic: bool = False,
) -> Calibration:
    """Platt's calibration over several cutoffs, drawn towards none as far as the cutoffs disagree.

    What one season needs, the next often does not: a shift that differs from cutoff to cutoff is noise to the month
    that follows. The calibration found on all rows keeps the share s^2 / (s^2 + t^2 / m) of its way from doing
    nothing, with s the shift that lasts (`LASTING`), t the spread of the shifts that each cutoff alone would want,
    and m how many horizons the cutoffs span: that is how many of their outcomes are independent.

    Args:
        raw: log-odds (n,) of rows the model did not know.
        label: 0 or 1 (n,).
        cutoff: (n,) days.
        horizon: days over which outcomes are watched.
        isotonic: bend the result as well, where that wins on cutoffs left out, see `bend_that_wins`.

    Source: the mean of a random-effects model (DerSimonian & Laird 1986) with a prior; the prior is ours.
    """
    scores, labels = np.asarray(raw, dtype=np.float64), np.asarray(label, dtype=np.float64)
    whole = fit_platt(scores, labels)
    days = np.array([day for day in np.unique(cutoff) if 0 < labels[cutoff == day].mean() < 1])  # others want infinity
    if days.size < 2:
        return whole
    moved = whole.slope * scores
    wanted = [_minimise(moved[cutoff == day], labels[cutoff == day], (1.0, 1.0))[1] for day in days]
    doubt, independent = doubt_of_mean(np.array(wanted), days, horizon)
    share = LASTING**2 / (LASTING**2 + doubt)
    centre = float(scores.mean())
    slope = 1 + share * (whole.slope - 1)
    shift = share * (whole.slope * centre + whole.intercept - centre)
    steady = Calibration(slope, centre + shift - slope * centre, whole.rows, whole.ones)
    missed = [_minimise(steady.log_odds(scores[cutoff == day]), labels[cutoff == day], (1.0, 1.0))[1] for day in days]
    spread = float(np.sqrt(np.mean(np.square(missed)) + doubt))
    bend = bend_that_wins(whole.log_odds(scores), labels, cutoff, horizon) if isotonic else Bend()
    return replace(steady, spread=spread, independent=independent, bend=bend)


def doubt_of_mean(missed: Array, cutoff: npt.NDArray[np.datetime64], horizon: int) -> tuple[float, float]:
    """The variance of the mean of what a level missed, and of how many independent outcomes it is the mean.

    Args:
        missed: (m,) log-odds, m at least 2, at each cutoff.
        cutoff: (m,) days, ascending.
        horizon: days over which outcomes are watched: those of neighbouring cutoffs overlap.
    """
    span = (cutoff[-1] - cutoff[0]).astype("timedelta64[D]").astype(int) + horizon
    independent = max(span / max(horizon, 1), 1.0)
    return float(np.var(missed, ddof=1)) / independent, independent


def _minimise(scores: Array, targets: Array, slopes: tuple[float, float]) -> tuple[float, float]:
    centre = float(scores.mean())
    moved = scores - centre

    def loss(parameters: Array) -> tuple[float, Array]:
        log_odds = parameters[0] * moved + parameters[1]
        value = np.logaddexp(0, log_odds) - targets * log_odds
        error = special.expit(log_odds) - targets
        return float(value.mean()), np.array([(error * moved).mean(), error.mean()])

    found = optimize.minimize(
        loss,
        np.array([1.0, special.logit(targets.mean())]),
        jac=True,
        method="L-BFGS-B",
        bounds=[slopes, (None, None)],
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )
    slope, shifted = (float(value) for value in found.x)
    return slope, shifted - slope * centre
