"""How small an effect a hold-out can show, and how many customers it takes to show one.

Two-sided tests of two groups of independent customers, normal approximation, no correction for continuity.
"""

from __future__ import annotations

import math

from scipy import optimize, stats

POWER, CONFIDENCE = 0.80, 0.95


def detectable_drop(
    rate: float, treated: int, held: int, *, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """The smallest drop of a share below `rate` that a comparison of these sizes shows with this power.

    Args:
        rate: the share among those held out, 0 to 1.
        treated: customers treated.
        held: customers held out.
        power: chance to find the drop when it is there.
        confidence: of the interval that has to leave out 0.

    Returns:
        A difference of shares from 0 to `rate`; NaN where not even a drop to nothing would show, or a group is empty.

    Source: Fleiss, Levin & Paik 2003, chapter 4, solved for the difference.
    """
    if not treated or not held or not 0 < rate <= 1:
        return math.nan

    def excess(drop: float) -> float:
        return _power_of_shares(rate, rate - drop, treated, held, confidence) - power

    return float(optimize.brentq(excess, 0.0, rate)) if excess(rate) > 0 else math.nan


def _power_of_shares(rate: float, other: float, treated: int, held: int, confidence: float) -> float:
    """The chance that shares `other` of the treated and `rate` of those held out are told apart."""
    pooled = (other * treated + rate * held) / (treated + held)
    alike = math.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / held))
    apart = math.sqrt(other * (1 - other) / treated + rate * (1 - rate) / held)
    distance = abs(rate - other) - _z(confidence) * alike
    return float(stats.norm.cdf(distance / apart)) if apart > 0 else float(distance > 0)


def needed_for_drop(rate: float, drop: float, *, power: float = POWER, confidence: float = CONFIDENCE) -> float:
    """Customers per arm, whole, to show that a share falls from `rate` by `drop`; NaN where it cannot fall so far.

    Source: Fleiss, Levin & Paik 2003, formula 4.14.
    """
    other = rate - drop
    if not (drop > 0 and 0 <= other < rate <= 1):
        return math.nan
    mean = (rate + other) / 2
    alike = _z(confidence) * math.sqrt(2 * mean * (1 - mean))
    apart = float(stats.norm.ppf(power)) * math.sqrt(rate * (1 - rate) + other * (1 - other))
    return math.ceil(((alike + apart) / drop) ** 2)


def detectable_difference(error: float, *, power: float = POWER, confidence: float = CONFIDENCE) -> float:
    """The smallest difference of means that shows with this power, given the standard error of the difference."""
    return (_z(confidence) + float(stats.norm.ppf(power))) * error


def needed_for_difference(
    deviation: float, difference: float, *, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """Customers per arm, whole, to show a difference of means where single customers vary by `deviation`.

    NaN where there is no difference to show or the deviation is not known.
    """
    if not difference > 0 or math.isnan(deviation):
        return math.nan
    return math.ceil(2 * (detectable_difference(deviation, power=power, confidence=confidence) / difference) ** 2)


def _z(confidence: float) -> float:
    return float(stats.norm.ppf((1 + confidence) / 2))
