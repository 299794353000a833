"""What becomes of orders, and what of it reaches the customers: nobody is let down by what was never due.

Every order has a fate. Most go well; the others are late beyond what is tolerated, short, faulty, or mishandled: a
wrong invoice, a question without an answer. The first three show in deliveries, the last only where it is complained
about or sent back. The customer feels it in the week after the order, when it is due.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.parameters import Course
from pipeline.simulate.population import Hidden

WELL, LATE, SHORT, FAULTY, MISHANDLED = range(5)


@dataclass(frozen=True)
class Fates:
    """What became of orders, each (orders,): `kind` is one of `WELL` to `MISHANDLED`; whether the customer
    `complained`, and was `answered` at once.
    """

    kind: Ints
    complained: Flags
    answered: Flags

    @property
    def failed(self) -> Flags:
        """Which orders went wrong."""
        return self.kind != WELL

    def take(self, rows: Ints | Flags) -> Self:
        """The fates of the orders in `rows`."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))


def together(parts: list[Fates]) -> Fates:
    """The fates of one lot of orders after another."""
    return Fates(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Fates)))


def serve(
    random: np.random.Generator, hidden: Hidden, customer: Ints, trouble: Flags, speaks: Flags, course: Course
) -> Fates:
    """The fates of orders by the rows of their customers (orders,).

    Args:
        random: draws them.
        hidden: n customers.
        customer: rows of who ordered, one an order.
        trouble: (n,) the service to the customer is in a bad time.
        speaks: (n,) it would say so if something went wrong; who has decided to leave does not.
        course: how often what goes wrong.
    """
    chance = random.random((3, customer.size))
    wrong = np.where(trouble[customer], course.fails_in_trouble, course.fails)
    shares = np.cumsum([course.late, course.short, course.faulty])
    kind = np.where(chance[0] < wrong, LATE + np.searchsorted(shares, chance[0] / wrong, side="right"), WELL)
    says = np.where(kind == MISHANDLED, course.complains_handling, course.complains_goods)
    complained = (kind != WELL) & speaks[customer] & (chance[1] < says)
    return Fates(kind, complained, complained & (chance[2] < hidden.care[customer]))


@dataclass(frozen=True)
class Due:
    """What is due to n customers in a week, each (n,): the `orders` of the week before, and the `harm` in them: how
    many went wrong, one that was put right at once counting in part.
    """

    orders: Floats
    harm: Floats

    @property
    def failed(self) -> Flags:
        """Whom something went wrong for."""
        return self.harm > 0

    def opinion(self, before: Floats, weight: float) -> Floats:
        """The share of its deliveries (n,) that went wrong as the customer remembers it; each weighs so much."""
        kept = (1 - weight) ** self.orders
        return kept * before + (1 - kept) * self.harm / np.maximum(self.orders, 1)


def due(customer: Ints, fates: Fates, count: int, course: Course) -> Due:
    """What orders by the rows of their customers (orders,), and their fates, are to `count` customers."""
    harm = fates.failed * np.where(fates.answered, 1 - course.repaired, 1.0)
    orders, felt = np.bincount(customer, minlength=count), np.bincount(customer, harm, count)
    return Due(orders.astype(np.float64), felt.astype(np.float64))
