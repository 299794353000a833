"""Shares of few customers, and their difference, with intervals that stay where shares can be."""

from __future__ import annotations

import math

from scipy import stats

from models.evaluation.interval import CONFIDENCE, Interval

UNKNOWN = Interval(math.nan, math.nan, math.nan)


def wilson(ones: int, of: int, *, confidence: float = CONFIDENCE) -> Interval:
    """A share with its interval, which stays within 0 and 1. Source: Wilson 1927."""
    if not of:
        return UNKNOWN
    z = float(stats.norm.ppf((1 + confidence) / 2))
    share, shrink = ones / of, 1 + z**2 / of
    centre = (share + z**2 / (2 * of)) / shrink
    reach = z * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2)) / shrink
    return Interval(share, max(0.0, centre - reach), min(1.0, centre + reach))


def newcombe(ours: tuple[int, int], theirs: tuple[int, int], *, confidence: float = CONFIDENCE) -> Interval:
    """The difference of two independent shares, each given as ones and how many there are.

    Right for few customers and rare outcomes, where means and variances are not. Source: Newcombe 1998, method 10.
    """
    first, second = wilson(*ours, confidence=confidence), wilson(*theirs, confidence=confidence)
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Interval(value, value - below, value + above)
