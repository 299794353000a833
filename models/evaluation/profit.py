"""What acting on a prediction earns: the profit of one offer, whom it pays to make it to, and what a campaign comes to.

An offer to a customer who would leave is accepted with probability `acceptance` and saves the value of the customer
less the incentive; to a customer who would have stayed it gives the incentive away; it costs a contact either way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.evaluation.interval import Interval, interval_of
from models.evaluation.tally import Array

FACTORS = (0.5, 1.0, 2.0)
"""How many times the assumed acceptance every figure of profit is given for: nobody has measured it yet."""


@dataclass(frozen=True)
class Offer:
    """What an offer is assumed to do: share of leavers who accept, incentive as a share of value, cost of a contact.

    The defaults are the means of Verbraken et al. 2013 and Janssens et al. 2022 (EMPB): 0.30, 0.05, and 15 in the
    currency of the amounts.
    """

    acceptance: float = 0.30
    incentive_share: float = 0.05
    contact_cost: float = 15.0

    def times(self, factor: float) -> Offer:
        """The offer with `factor` times the acceptance, at most everybody."""
        return replace(self, acceptance=min(1.0, self.acceptance * factor))


def expected_profit(probability: npt.ArrayLike, value: npt.ArrayLike, offer: Offer) -> Array:
    """EP = V (p a (1 - d) - (1 - p) d) - f of an offer to each customer (n,), in the currency of the value.

    It is what the offer saves less what it costs, and is reckoned as just that: V p a - (V d (p a + 1 - p) + f).

    Args:
        probability: p, of leaving, (n,); the known outcome, 0 or 1, gives the profit in hindsight.
        value: V, the margin expected of the customer if it stays, (n,).
        offer: a, d and f.

    Source: Verbraken, Verbeke & Baesens 2013, per customer as in Janssens et al. 2022.
    """
    return expected_saving(probability, value, offer) - expected_cost(probability, value, offer)


def expected_saving(probability: npt.ArrayLike, value: npt.ArrayLike, offer: Offer) -> Array:
    """V p a, the value of whoever would have left and accepts, (n,); arguments as of `expected_profit`."""
    chance, worth = np.asarray(probability, dtype=np.float64), np.asarray(value, dtype=np.float64)
    return np.asarray(worth * chance * offer.acceptance)


def expected_cost(probability: npt.ArrayLike, value: npt.ArrayLike, offer: Offer) -> Array:
    """V d (p a + 1 - p) + f, (n,): the contact, and the incentive of whoever accepts or would have stayed anyway."""
    chance, worth = np.asarray(probability, dtype=np.float64), np.asarray(value, dtype=np.float64)
    taken = chance * offer.acceptance + 1 - chance
    return np.asarray(worth * offer.incentive_share * taken + offer.contact_cost)


def least_probability(value: npt.ArrayLike, offer: Offer) -> Array:
    """The chance of leaving (n,) above which an offer pays: (d + f / V) / (a (1 - d) + d); infinite without value."""
    worth = np.asarray(value, dtype=np.float64)
    cost = np.divide(offer.contact_cost, worth, out=np.full(worth.shape, np.inf), where=worth > 0)
    gained = offer.acceptance * (1 - offer.incentive_share) + offer.incentive_share
    return np.asarray((offer.incentive_share + cost) / gained)


@dataclass(frozen=True)
class Campaign:
    """An offer to every customer it is expected to pay for, on rows whose outcome is known; amounts a row.

    `contacted` is the share of rows; `believed` what the probabilities promised, `earned` what the outcomes gave at
    the assumed acceptance, `lead` how much more that is than the rival's choice gave; `everybody` is an offer to
    all, `best` one to just those who would leave and are worth it.
    """

    offer: Offer
    contacted: float
    believed: float
    earned: Interval
    lead: Interval
    everybody: float
    best: float

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        plain = {"acceptance": self.offer.acceptance, "contacted": self.contacted, "believed": self.believed}
        ranges = {"earned": self.earned.summary(), "lead": self.lead.summary()}
        return {**plain, **ranges, "everybody": self.everybody, "best": self.best}


@dataclass(frozen=True)
class Choices:
    """Rows (n,) to choose whom to make an offer to: who, whether they left, chances by the model and by its rival."""

    customer: npt.NDArray[np.generic]
    label: Array
    probability: Array
    rival: Array
    value: Array

    def campaign(self, offer: Offer, *, draws: int, seed: int, confidence: float) -> Campaign:
        """What the offer comes to, with intervals over redraws of customers."""
        profit = expected_profit(self.label, self.value, offer)
        promised = expected_profit(self.probability, self.value, offer)
        chosen = promised > 0
        others = expected_profit(self.rival, self.value, offer) > 0

        def ranged(rows: Array) -> Interval:
            return interval_of(
                lambda weight: _mean(rows, weight), self.customer, draws=draws, seed=seed, confidence=confidence
            )

        return Campaign(
            offer=offer,
            contacted=float(chosen.mean()),
            believed=float((promised * chosen).mean()),
            earned=ranged(profit * chosen),
            lead=ranged(profit * chosen - profit * others),
            everybody=float(profit.mean()),
            best=float(np.maximum(profit, 0).mean()),
        )


def _mean(rows: Array, weight: Array) -> float:
    return float((rows * weight).sum() / weight.sum()) if weight.size and weight.sum() > 0 else float("nan")


def profit_curve(probability: Array, label: Array, value: Array, offer: Offer) -> tuple[Array, Array]:
    """Share contacted, from the highest expected profit down, and the profit a row in hindsight, (n + 1,) each."""
    promised = expected_profit(probability, value, offer)
    order = np.argsort(-promised, kind="stable")
    earned = np.cumsum(expected_profit(label, value, offer)[order]) / max(label.size, 1)
    return np.linspace(0, 1, label.size + 1), np.concatenate([[0.0], earned])
