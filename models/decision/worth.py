"""What a play is expected to earn with each customer, under assumptions that no hold-out has measured yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.decision.plays import PLAYS
from models.evaluation.profit import Offer, expected_cost, expected_saving

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Assumption:
    """What a play is assumed to do and to cost.

    `acceptance`: share of the customers meant that it reaches, those who would leave or those willing to build.
    `incentive_share`: of the value, given to whoever accepts; of a play that keeps, also to all who would have stayed.
    `contact_cost`: per customer, in the currency. `growth_share`: of the value, won where a willing customer accepts.
    `capacity`: customers at most, 0 for any number. `cooldown_days`: after an action of any kind in which the play is
    not proposed. `most_tries`: actions of any kind since a customer's last order after which the play is not proposed
    until it orders again, 0 for any number. `acceptance_unpaid`: what the play reaches where nothing is given, 0 where
    it is not done without its incentive.
    """

    acceptance: float
    incentive_share: float
    contact_cost: float
    growth_share: float
    capacity: int
    cooldown_days: int
    most_tries: int
    acceptance_unpaid: float = 0.0

    def times(self, factor: float) -> Assumption:
        """The same with `factor` times the acceptance, at most everybody."""
        paid, unpaid = (min(1.0, each * factor) for each in (self.acceptance, self.acceptance_unpaid))
        return replace(self, acceptance=paid, acceptance_unpaid=unpaid)

    @property
    def unpaid(self) -> Assumption:
        """The same with nothing given."""
        return replace(self, acceptance=self.acceptance_unpaid, incentive_share=0.0)


@dataclass(frozen=True)
class Worth:
    """What a play is expected to win with each of n customers, and to cost, (n,), in the currency of the value."""

    gain: Array
    cost: Array

    @property
    def profit(self) -> Array:
        """What is left, (n,)."""
        return self.gain - self.cost


def expected_worth(code: str, churn: Array, propensity: Array, value: Array, assumed: Assumption) -> Worth:
    """The expected gain and cost of a play with each customer; NaN where a number they rest on is unknown.

    To keep: as `models.evaluation.profit.expected_profit` has it, which gives the incentive away to all who would have
    stayed. To grow: V a q g against V a d + f, with q the propensity to build on us and g the growth (ours, untested).

    Args:
        code: of the play.
        churn: probability of leaving, (n,).
        propensity: of partnership, (n,).
        value: margin expected of the customer if it stays, (n,).
        assumed: what the play does and costs.
    """
    if PLAYS[code].aim == "keep":
        offer = Offer(assumed.acceptance, assumed.incentive_share, assumed.contact_cost)
        return Worth(expected_saving(churn, value, offer), expected_cost(churn, value, offer))
    accepted = value * assumed.acceptance
    return Worth(
        accepted * propensity * assumed.growth_share, accepted * assumed.incentive_share + assumed.contact_cost
    )


def pays_to_give(code: str, churn: Array, propensity: Array, value: Array, assumed: Assumption) -> Flags:
    """Whom the incentive of a play is worth giving to, (n,): not where the same play earns more without it.

    Where hardly anybody would leave, it goes to those who would have stayed. Also given where a number is unknown, and
    by plays that are not done without. Arguments as of `expected_worth`.
    """
    if not assumed.acceptance_unpaid:
        return np.ones(churn.size, dtype=bool)
    paid, unpaid = (expected_worth(code, churn, propensity, value, each).profit for each in (assumed, assumed.unpaid))
    return np.asarray(~(unpaid > paid))


def profit_a_unit(code: str, churn: Array, propensity: Array, assumed: Assumption) -> Array:
    """The expected profit per unit of value before the contact, (n,): to go by where values are unknown."""
    return expected_worth(code, churn, propensity, np.ones_like(churn), replace(assumed, contact_cost=0.0)).profit
