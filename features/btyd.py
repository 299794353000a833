"""Buy-till-you-die: BG/NBD and gamma-Poisson, fitted on the customers known at a cutoff.

Time is counted in weeks from a customer's first order day; `repeats` are order days after the first,
`last` is the time of the latest one, `age` the time to the cutoff. Source: Fader, Hardie & Lee 2005,
"Counting your customers the easy way", Marketing Science 24(2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from features.btyd_likelihood import Array, Exposure, Sample, bg_nbd_loss, gamma_poisson_loss

Seen = TypeVar("Seen", "Sample", "Exposure")
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

    def silent(
        self, repeats: Array, last: Array, age: Array, weeks: float, alive: Array | None = None, gap: float = 0.0
    ) -> Array:
        """P(no order in the `weeks` after the next `gap` weeks), whatever is ordered within the gap.

        Dropped out, now or within the gap, or alive and not buying. `alive`: if it is known already.
        """
        alive = self.alive(repeats, last, age) if alive is None else alive
        quiet = np.exp((self.r + repeats) * np.log((self.alpha + age) / (self.alpha + age + weeks)))
        if not gap:
            return 1 - alive * (1 - quiet)
        later = self._kept_through(gap, repeats, self.alpha + age + weeks)
        return 1 - alive * (self._kept_through(gap, repeats, self.alpha + age) - quiet * later)

    def _kept_through(self, gap: float, repeats: Array, speed: Array) -> Array:
        """E[exp(-rate p gap)]: a customer alive now still is after `gap` weeks; the rate is gamma(r + repeats, speed).

        Orders come at the rate and each is the last with probability p, so the last comes at rate times p. With p
        being beta(a, b + repeats) of who is alive, the mean is the hypergeometric function of (r + repeats, a;
        a + b + repeats) at -gap / speed (Euler's integral). Of Pfaff's two transformations the one is taken whose power
        of a number below 1 is smaller; where that underflows all the same, p is as good as known.
        Source: assumptions of Fader, Hardie & Lee 2005; derived here.
        """
        share, pace, both = gap / (speed + gap), self.r + repeats, self.a + self.b + repeats
        first = np.minimum(self.a, pace)
        power = np.exp(first * np.log1p(-share))
        with np.errstate(over="ignore", invalid="ignore"):
            mean = power * special.hyp2f1(first, both - np.maximum(self.a, pace), both, share)
        return np.where(np.isfinite(mean), mean, np.exp(-pace * np.log1p(self.a / both * gap / speed)))

    def expected(self, repeats: Array, last: Array, age: Array, weeks: float, alive: Array | None = None) -> Array:
        """Expected order days in the next `weeks` (equation 10 of the paper). `alive`: if it is known already."""
        alive = self.alive(repeats, last, age) if alive is None else alive
        return self.expected_of_alive(repeats, age, weeks) * alive

    def expected_of_alive(self, repeats: Array, age: Array, weeks: float) -> Array:
        """Expected order days in the next `weeks` of customers who have not dropped out, whenever their last was.

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
        return np.asarray((a + b + repeats - 1) / (a - 1) * (1 - power * hyper))

    def log_likelihood(self, repeats: Array, last: Array, age: Array) -> float:
        """Sum over customers of the log-likelihood (equation 6)."""
        return -float(bg_nbd_loss(np.log([self.r, self.alpha, self.a, self.b]), Sample.of(repeats, last, age))[0])


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
    sample = Sample.of(repeats[chosen], last[chosen], age[chosen])
    found = _minimise(bg_nbd_loss, np.log([0.5, 5.0, 0.8, 2.5]), sample)
    return BgNbd(*np.exp(found))


def fit_gamma_poisson(repeats: Array, age: Array) -> GammaPoisson | None:
    """Maximum likelihood over customers (all arrays (n,), weeks); None where there is too little to fit."""
    chosen = _thinned(repeats)
    if chosen is None:
        return None
    found = _minimise(gamma_poisson_loss, np.log([0.5, 5.0]), Exposure.of(repeats[chosen], age[chosen]))
    return GammaPoisson(*np.exp(found))


def _thinned(repeats: Array) -> npt.NDArray[np.int64] | None:
    """Evenly spaced rows to fit on, at most `MOST_FITTED`; None below `FEWEST_FITTED`."""
    if repeats.size < FEWEST_FITTED or (repeats > 0).sum() < FEWEST_FITTED:
        return None
    return np.linspace(0, repeats.size - 1, min(repeats.size, MOST_FITTED)).round().astype(np.int64)


def _minimise(loss: Callable[[Array, Seen], tuple[float, Array]], start: Array, sample: Seen) -> Array:
    result = optimize.minimize(
        lambda logs: tuple(part / sample.size for part in loss(logs, sample)),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * start.size,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    return np.asarray(result.x)
