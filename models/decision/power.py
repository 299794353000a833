"""How small an effect a hold-out can show, and how many customers it takes to show one.

Two-sided tests of two groups of independent customers, normal approximation, no correction for continuity. Every size
is for the same power and confidence, so that what one comparison promises can be held against another's.
"""

from __future__ import annotations

import math

from scipy import optimize, stats

POWER, CONFIDENCE = 0.80, 0.95
"""The chance to find an effect that is there, and the confidence of the interval that has to leave out 0."""
Z_POWER, Z_CONFIDENCE = float(stats.norm.ppf(POWER)), float(stats.norm.ppf((1 + CONFIDENCE) / 2))
"""The same as quantiles of the standard normal distribution."""


def detectable_drop(rate: float, treated: int, held: int) -> float:
    """The smallest drop of a share below `rate` that a comparison of these sizes shows with `POWER`.

    Args:
        rate: the share among those held out, 0 to 1.
        treated: customers treated.
        held: customers held out.

    Returns:
        A difference of shares from 0 to `rate`; NaN where not even a drop to nothing would show, or a group is empty.

    Source: Fleiss, Levin & Paik 2003, chapter 4, solved for the difference.
    """
    if not treated or not held or not 0 < rate <= 1:
        return math.nan

    def excess(drop: float) -> float:
        return _power_of_shares(rate, rate - drop, treated, held) - POWER

    return float(optimize.brentq(excess, 0.0, rate)) if excess(rate) > 0 else math.nan


def _power_of_shares(rate: float, other: float, treated: int, held: int) -> float:
    """The chance that shares `other` of the treated and `rate` of those held out are told apart."""
    pooled = (other * treated + rate * held) / (treated + held)
    alike = math.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / held))
    apart = math.sqrt(other * (1 - other) / treated + rate * (1 - rate) / held)
    distance = abs(rate - other) - Z_CONFIDENCE * alike
    return float(stats.norm.cdf(distance / apart)) if apart > 0 else float(distance > 0)


def needed_for_drop(rate: float, drop: float) -> float:
    """Customers per arm, whole, to show that a share falls from `rate` by `drop`; NaN where it cannot fall so far.

    Source: Fleiss, Levin & Paik 2003, formula 4.14.
    """
    other = rate - drop
    if not (drop > 0 and 0 <= other < rate <= 1):
        return math.nan
    mean = (rate + other) / 2
    alike = Z_CONFIDENCE * math.sqrt(2 * mean * (1 - mean))
    apart = Z_POWER * math.sqrt(rate * (1 - rate) + other * (1 - other))
    return math.ceil(((alike + apart) / drop) ** 2)


def detectable_difference(error: float) -> float:
    """The smallest difference of means that shows with `POWER`, given the standard error of the difference."""
    return (Z_CONFIDENCE + Z_POWER) * error


def needed_for_difference(deviation: float, difference: float) -> float:
    """Customers per arm, whole, to show a difference of means where single customers vary by `deviation`.

    NaN where there is no difference to show or the deviation is not known.
    """
    if not difference > 0 or math.isnan(deviation):
        return math.nan
    return math.ceil(2 * (detectable_difference(deviation) / difference) ** 2)
