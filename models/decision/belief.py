"""What is to be believed of an effect after lots were seen: slopes are small, and staying follows from orders.

Level and slopes of the effect on orders are normal around 0. Those on staying are `follows` times as large, but for a
departure of their own. How large slopes and departures are, and how staying follows, is not known: all settings of a
grid are weighed by how likely each makes the evidence. So where lots show no difference between customers the slopes
vanish, and what remains is one effect on everybody's log-odds.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from models.decision.evidence import Evidence
from models.evaluation.tally import Array

LEVEL = 0.25
"""Standard deviation of the effect on the logarithm of the orders: a play moves them by a quarter, at usual best."""
LEVEL_APART = 0.1
"""Log-odds: a contact may drive away, or keep, whatever it does to orders."""
SLOPES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
APART = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
FOLLOWS = (0.5, 1.0, 1.5, 2.0, 2.5)
"""Where orders come by chance and m are expected, silence follows with m / (1 - exp(-m)): 1.0 to 2.3 for m up to 2.
Like all sizes here ours, untested."""


@dataclass(frozen=True)
class Belief:
    """Level and slopes of the effect on staying, in log-odds: `mean` (k,) and `covariance` (k, k).

    `same` is the weight, 0 to 1, of the settings in which the effect is one for everybody; it is a 49th before
    the lots.
    """

    mean: Array
    covariance: Array
    same: float

    @classmethod
    def after(cls, evidence: Evidence) -> Belief:
        """The belief after some evidence.

        Source: Lindley & Smith 1972 (normal means with a common prior); the grid as in Gelman et al. 2013, chapter 5.
        """
        settings = list(itertools.product(SLOPES, FOLLOWS, APART))
        found = [_given(evidence, *each) for each in settings]
        likely = np.array([each[0] for each in found])
        weight = np.exp(likely - likely.max())
        weight /= weight.sum()
        means = np.array([each[1] for each in found])
        mean = weight @ means
        within = np.einsum("g,gij->ij", weight, np.array([each[2] for each in found]))
        between = (means - mean).T @ ((means - mean) * weight[:, None])
        alike = np.array([slope == 0 and apart == 0 for slope, _, apart in settings])
        return cls(mean, within + between, float(weight[alike].sum()))


def _given(evidence: Evidence, slope: float, follows: float, apart: float) -> tuple[float, Array, Array]:
    """Log-likelihood of the evidence under one setting; mean (k,) and covariance (k, k) of the effect on staying."""
    size = evidence.value.size // 2
    prior = _prior(size, slope, follows, apart)
    seen = prior + evidence.covariance
    pull = np.linalg.solve(seen, prior).T
    _, volume = np.linalg.slogdet(seen)
    likely = -0.5 * (volume + evidence.value @ np.linalg.solve(seen, evidence.value))
    return float(likely), (pull @ evidence.value)[size:], (prior - pull @ prior)[size:, size:]


def _prior(size: int, slope: float, follows: float, apart: float) -> Array:
    """The covariance (2k, 2k) of the effects on orders and on staying before any lots."""
    orders, departure = np.full(size, slope**2), np.full(size, apart**2)
    orders[0], departure[0] = LEVEL**2, LEVEL_APART**2
    across = follows * orders
    return np.block([[np.diag(orders), np.diag(across)], [np.diag(across), np.diag(follows * across + departure)]])
