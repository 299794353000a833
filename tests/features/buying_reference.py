"""The reference, buy till you die: the formulas of Fader, Hardie & Lee (2005) given parameters; time in weeks."""

from __future__ import annotations

import math
from functools import lru_cache

from customers import Customer, Value
from rhythm_reference import days_of


def weeks(c: Customer, days: float = math.inf) -> tuple[int, float, float, float]:
    """Repeats, time of the last one, age, horizon; of the orders of the window."""
    found = days_of(c, days)
    return len(found) - 1, (found[-1] - found[0]).days / 7, c.age(found[0]) / 7, c.horizon / 7


def expected_if_nobody_leaves(c: Customer) -> Value:
    if (fit := c.cohort.poisson[math.inf]) is None:
        return None
    (r, alpha), (x, _, age, ahead) = fit, weeks(c)
    return ahead * (r + x) / (alpha + age)


def alive(c: Customer, days: float = math.inf) -> Value:
    if (fit := c.cohort.bg_nbd[days]) is None or not days_of(c, days):
        return None
    (r, alpha, a, b), (x, last, age, _) = fit, weeks(c, days)
    return 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x)) if x else 1.0


def silent(c: Customer, days: float = math.inf) -> Value:
    """Gone, or alive and without a purchase: the rate is then gamma(r + x, alpha + age)."""
    if (living := alive(c, days)) is None:
        return None
    (r, alpha, _, _), (x, _, age, ahead) = c.cohort.bg_nbd[days], weeks(c, days)
    quiet = ((alpha + age) / (alpha + age + ahead)) ** (r + x)
    return 1 - living * (kept(c, days, alpha + age) - quiet * kept(c, days, alpha + age + ahead))


def kept(c: Customer, days: float, speed: float) -> float:
    """Of those alive, the share that does not drop out in the gap, the rate being gamma(r + x, speed)."""
    (r, _, a, b), (x, *_) = c.cohort.bg_nbd[days], weeks(c, days)
    share = c.gap / 7 / (speed + c.gap / 7)
    return (1 - share) ** (r + x) * gauss_series(r + x, b + x, a + b + x, share)


@lru_cache(100_000)
def gauss_series(a: float, b: float, c: float, z: float) -> float:
    """The hypergeometric function; kept, because every peer that is ranked among asks for everybody's."""
    term = total = 1.0
    for n in range(100_000):
        term *= (a + n) * (b + n) / (c + n) * z / (n + 1)
        total += term
        if n > c + 1 and abs(term) < 1e-17 * abs(total):
            break
    return total


def expected_if_alive(c: Customer, days: float = math.inf) -> Value:
    if (living := alive(c, days)) is None:
        return None
    (r, alpha, a, b), (x, _, age, ahead) = c.cohort.bg_nbd[days], weeks(c, days)

    def stay(ahead: float) -> float:
        series = gauss_series(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
        return ((alpha + age) / (alpha + age + ahead)) ** (r + x) * series

    return (a + b + x - 1) / (a - 1) * (stay(c.gap / 7) - stay(c.gap / 7 + ahead)) * living
