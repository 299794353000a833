"""The likelihoods of buy-till-you-die models and their gradients, over customers counted once by what they share.

Times are weeks, as in `btyd.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """What a fit looks at: customers without a repeat by their age, `never`, the others by `repeats`, `last` and `age`.

    `counts` (most repeats + 1,) is how many customers have each number of repeats: what depends on that number alone is
    computed once per number, not once per customer.
    """

    counts: Array
    never: Array
    repeats: Array
    last: Array
    age: Array

    @classmethod
    def of(cls, repeats: Array, last: Array, age: Array) -> Sample:
        """The sample of customers given by arrays (n,)."""
        again = repeats > 0
        counts = np.bincount(repeats.astype(np.int64)).astype(np.float64)
        return cls(counts, age[~again], repeats[again], last[again], age[again])

    @property
    def size(self) -> int:
        """How many customers there are."""
        return self.never.size + self.age.size

    def over(self, function: Callable[[Array], Array], start: float) -> float:
        """The sum over customers of `function(start + repeats) - function(start)`."""
        return _over(self.counts, function, start)


@dataclass(frozen=True)
class Exposure:
    """What a fit looks at that asks only how often and for how long: by age `ages` (m,), customers and their repeats.

    `counts` (most repeats + 1,) is how many customers have each number of repeats.
    """

    counts: Array
    ages: Array
    customers: Array
    repeats: Array

    @classmethod
    def of(cls, repeats: Array, age: Array) -> Exposure:
        """The exposure of customers given by arrays (n,)."""
        ages, place = np.unique(age, return_inverse=True)
        counts = np.bincount(repeats.astype(np.int64)).astype(np.float64)
        again = np.bincount(place, weights=repeats).astype(np.float64)
        return cls(counts, ages, np.bincount(place).astype(np.float64), again)

    @property
    def size(self) -> int:
        """How many customers there are."""
        return int(self.customers.sum())

    def over(self, function: Callable[[Array], Array], start: float) -> float:
        """The sum over customers of `function(start + repeats) - function(start)`."""
        return _over(self.counts, function, start)


def _over(counts: Array, function: Callable[[Array], Array], start: float) -> float:
    values = function(start + np.arange(counts.size, dtype=np.float64))
    return float(counts @ (values - values[0]))


def gamma_poisson_loss(logs: Array, sample: Exposure) -> tuple[float, Array]:
    """Negative log-likelihood, without the terms free of parameters, and its gradient in (ln r, ln alpha)."""
    r, alpha = np.exp(logs)
    log_age, pace = np.log(alpha + sample.ages), r * sample.customers + sample.repeats
    value = sample.over(special.gammaln, r) + sample.size * r * np.log(alpha) - (pace * log_age).sum()
    by_r = sample.over(special.digamma, r) + sample.size * np.log(alpha) - (sample.customers * log_age).sum()
    by_alpha = sample.size * r / alpha - (pace / (alpha + sample.ages)).sum()
    return -float(value), -np.array([r * by_r, alpha * by_alpha])


def bg_nbd_loss(logs: Array, sample: Sample) -> tuple[float, Array]:
    """Negative log-likelihood and its gradient in the logarithms of (r, alpha, a, b)."""
    r, alpha, a, b = np.exp(logs)
    pace, stayed = r + sample.repeats, b + sample.repeats - 1
    never, log_age, log_last = (np.log(alpha + time) for time in (sample.never, sample.age, sample.last))
    alive, dead = -pace * log_age, np.log(a / stayed) - pace * log_last
    small = np.exp(-np.abs(alive - dead))
    both = np.maximum(alive, dead) + np.log1p(small)
    weight = np.where(dead > alive, 1, small) / (1 + small)
    value = sample.over(special.gammaln, r) + sample.size * r * np.log(alpha)
    value += sample.over(partial(special.betaln, a), b) - r * never.sum() + both.sum()
    by_r = sample.over(special.digamma, r) + sample.size * np.log(alpha)
    by_r -= never.sum() + (log_age + weight * (log_last - log_age)).sum()
    by_alpha = sample.size * r / alpha - r * (1 / (alpha + sample.never)).sum()
    by_alpha -= (pace * ((1 - weight) / (alpha + sample.age) + weight / (alpha + sample.last))).sum()
    spread = sample.over(special.digamma, a + b)
    by_a = weight.sum() / a - spread
    by_b = sample.over(special.digamma, b) - spread - (weight / stayed).sum()
    return -float(value), -np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])
