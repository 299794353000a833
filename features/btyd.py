"""Buy-till-you-die: BG/NBD and gamma-Poisson, fitted on the customers known at a cutoff.

Time is counted in weeks from a customer's first order day; `repeats` are order days after the first,
`last` is the time of the latest one, `age` the time to the cutoff. Source: Fader, Hardie & Lee 2005,
"Counting your customers the easy way", Marketing Science 24(2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Array = npt.NDArray[np.float64]
MOST_FITTED = 20_000
"""More customers than this are thinned evenly before fitting: four parameters need no more."""
FEWEST_FITTED = 20
"""With fewer customers, or fewer repeat buyers, nothing is fitted."""
BOUND = 8.0
"""Parameters stay within exp(-8) and exp(8): beyond, they describe a population without variation."""


@dataclass(frozen=True)
class BgNbd:
    """Parameters: purchase rates are gamma(r, alpha per week); dropout after a purchase is beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def log_dead_odds(self, repeats: Array, last: Array, age: Array) -> Array:
        """Ln of P(dropped out) / P(alive) at the cutoff; -inf for customers without a repeat."""
        with np.errstate(divide="ignore"):
            odds = np.log(self.a / (self.b + np.maximum(repeats, 1) - 1)) + (self.r + repeats) * np.log(
                (self.alpha + age) / (self.alpha + last)
            )
        return np.where(repeats > 0, odds, -np.inf)

    def alive(self, repeats: Array, last: Array, age: Array) -> Array:
        """P(the customer has not dropped out)."""
        return special.expit(-self.log_dead_odds(repeats, last, age))

    def silent(self, repeats: Array, last: Array, age: Array, weeks: float) -> Array:
        """P(no order in the next `weeks`): dropped out, or alive and not buying."""
        alive = self.alive(repeats, last, age)
        quiet = np.exp((self.r + repeats) * np.log((self.alpha + age) / (self.alpha + age + weeks)))
        return 1 - alive * (1 - quiet)

    def expected(self, repeats: Array, last: Array, age: Array, weeks: float) -> Array:
        """Expected order days in the next `weeks` (equation 10 of the paper).

        Euler's transformation of the hypergeometric function has the same value; of the two, the one is taken
        whose power of a number below 1 is smaller, so that nothing underflows for frequent buyers.
        """
        a, b, r, alpha = self.a, self.b, self.r, self.alpha
        argument = weeks / (alpha + age + weeks)
        frequent = r + repeats > a - 1
        first = np.where(frequent, a - 1, r + repeats)
        second = np.where(frequent, a + b - 1 - r, b + repeats)
        power = np.exp(first * np.log((alpha + age) / (alpha + age + weeks)))
        hyper = special.hyp2f1(first, second, a + b + repeats - 1, argument)
        return (a + b + repeats - 1) / (a - 1) * (1 - power * hyper) * self.alive(repeats, last, age)

    def log_likelihood(self, repeats: Array, last: Array, age: Array) -> float:
        """Sum over customers of the log-likelihood (equation 6)."""
        return -float(_bg_nbd_loss(np.log([self.r, self.alpha, self.a, self.b]), repeats, last, age)[0])


@dataclass(frozen=True)
class GammaPoisson:
    """Purchase rates are gamma(r, alpha per week), and nobody drops out."""

    r: float
    alpha: float

    def expected(self, repeats: Array, age: Array, weeks: float) -> Array:
        """Expected order days in the next `weeks`."""
        return weeks * (self.r + repeats) / (self.alpha + age)


def fit_bg_nbd(repeats: Array, last: Array, age: Array) -> BgNbd | None:
    """Maximum likelihood over customers (all arrays (n,), weeks); None where there is too little to fit."""
    chosen = _thinned(repeats)
    if chosen is None:
        return None
    data = (repeats[chosen], last[chosen], age[chosen])
    found = _minimise(_bg_nbd_loss, np.log([0.5, 5.0, 0.8, 2.5]), data)
    return BgNbd(*np.exp(found))


def fit_gamma_poisson(repeats: Array, age: Array) -> GammaPoisson | None:
    """Maximum likelihood over customers (all arrays (n,), weeks); None where there is too little to fit."""
    chosen = _thinned(repeats)
    if chosen is None:
        return None
    found = _minimise(_gamma_poisson_loss, np.log([0.5, 5.0]), (repeats[chosen], age[chosen]))
    return GammaPoisson(*np.exp(found))


def _thinned(repeats: Array) -> npt.NDArray[np.int64] | None:
    """Evenly spaced rows to fit on, at most `MOST_FITTED`; None below `FEWEST_FITTED`."""
    if repeats.size < FEWEST_FITTED or (repeats > 0).sum() < FEWEST_FITTED:
        return None
    return np.linspace(0, repeats.size - 1, min(repeats.size, MOST_FITTED)).round().astype(np.int64)


def _minimise(loss, start: Array, data: tuple[Array, ...]) -> Array:  # type: ignore[no-untyped-def]
    result = optimize.minimize(
        lambda logs: tuple(part / data[0].size for part in loss(logs, *data)),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * start.size,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    return np.asarray(result.x)


def _gamma_poisson_loss(logs: Array, repeats: Array, age: Array) -> tuple[float, Array]:
    """Negative log-likelihood, without the terms free of parameters, and its gradient in (ln r, ln alpha)."""
    r, alpha = np.exp(logs)
    total = alpha + age
    value = _over(special.gammaln, r, repeats) - special.gammaln(r) + r * np.log(alpha) - (r + repeats) * np.log(total)
    by_r = _over(special.digamma, r, repeats) - special.digamma(r) + np.log(alpha) - np.log(total)
    by_alpha = r / alpha - (r + repeats) / total
    return -float(value.sum()), -np.array([r * by_r.sum(), alpha * by_alpha.sum()])


def _over(function: Callable[[Array], Array], start: float, counts: Array) -> Array:
    """`function(start + counts)` for whole numbers `counts` (n,): computed once per number, not once per customer."""
    return function(start + np.arange(counts.max(initial=0) + 1))[counts.astype(np.intp)]


def _bg_nbd_loss(logs: Array, repeats: Array, last: Array, age: Array) -> tuple[float, Array]:
    """Negative log-likelihood and its gradient in the logarithms of (r, alpha, a, b)."""
    r, alpha, a, b = np.exp(logs)
    bought = repeats > 0
    before = np.where(bought, repeats - 1, 0)
    rate = _over(special.gammaln, r, repeats) - special.gammaln(r) + r * np.log(alpha)
    stay = _over(partial(special.betaln, a), b, repeats) - special.betaln(a, b)
    alive = -(r + repeats) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        dead = np.where(bought, np.log(a) - np.log(b + before) - (r + repeats) * np.log(alpha + last), -np.inf)
    both = np.logaddexp(alive, dead)
    weight = np.exp(dead - both)
    sum_a, sum_b = special.digamma(a + b), _over(special.digamma, a + b, repeats)
    by_r = _over(special.digamma, r, repeats) - special.digamma(r) + np.log(alpha)
    by_r -= (1 - weight) * np.log(alpha + age) + weight * np.log(alpha + last)
    by_alpha = r / alpha - (r + repeats) * ((1 - weight) / (alpha + age) + weight / (alpha + last))
    by_a = sum_a - sum_b + weight / a
    by_b = _over(special.digamma, b, repeats) - special.digamma(b) + sum_a - sum_b - weight / (b + before)
    gradient = np.array([r * by_r.sum(), alpha * by_alpha.sum(), a * by_a.sum(), b * by_b.sum()])
    return -float((rate + stay + both).sum()), -gradient
