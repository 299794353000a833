"""What lots say of an effect: slopes of the orders and of staying with what was known before, and their errors.

The effect on the logarithm of the orders, and on the log-odds of staying, is taken as a straight line through columns
known before: a level, and a slope each. Lots are independent of all of them, so what the expectation without lots gets
wrong makes slopes less precise, never biased.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.decision.lots import Lots
from models.decision.pace import expected_orders, variance_of
from models.evaluation.interval import owners
from models.evaluation.tally import Array

LEAST = 1e-3
"""Chances are kept this far from 0 and 1, so that no customer who surprises outweighs all others."""


@dataclass(frozen=True)
class Measured:
    """One outcome of n customers, (n,) each: what came less what was expected, and the `variance` of that.

    `slope` is by how much the expectation rises with the effect.
    """

    missed: Array
    slope: Array
    variance: Array

    @classmethod
    def orders(cls, lots: Lots, standard: Array) -> Measured:
        """The orders: they rise in proportion to themselves."""
        expected = expected_orders(standard, lots.orders)
        return cls(lots.orders - expected, expected, variance_of(expected, lots.orders))

    @classmethod
    def staying(cls, lots: Lots, leaving: Array) -> Measured:
        """Staying, with the chance of `leaving` (n,) that was expected whatever the lot."""
        chance = np.clip(leaving, LEAST, 1 - LEAST)
        return cls(chance - lots.left, chance * (1 - chance), chance * (1 - chance))


@dataclass(frozen=True)
class Evidence:
    """Level and slopes of the effect on orders, then on staying, `value` (2k,), with their `covariance` (2k, 2k)."""

    value: Array
    covariance: Array

    @classmethod
    def of(cls, lots: Lots, standard: Array, leaving: Array) -> Evidence:
        """What `lots` say, given standardised columns (n, k - 1), none redundant, and the chance of `leaving` (n,).

        One step of scoring from no effect, which is enough for small ones. Errors hold whatever the variance is, take
        the rows of a customer together, and know that who orders more is likelier to stay.

        Source: Robinson 1988 and Nie & Wager 2021 for what is taken out first; White 1980, Liang & Zeger 1986 for the
        errors.
        """
        columns = np.column_stack([np.ones(len(standard)), standard])
        above = lots.above_chance()[:, None]
        both = (Measured.orders(lots, standard), Measured.staying(lots, leaving))
        found = [_slopes(np.column_stack([columns * above, columns]), each) for each in both]
        keep = columns.shape[1]
        owner = owners(lots.customer)
        parts = [np.bincount(owner, weights=part) for _, pulls in found for part in pulls[:, :keep].T]
        pulled = np.column_stack(parts).astype(np.float64)
        return cls(np.concatenate([value[:keep] for value, _ in found]), pulled.T @ pulled)


def _slopes(columns: Array, of: Measured) -> tuple[Array, Array]:
    """Weighted least squares of what was missed: slopes (c,), and how each row pulls at them, (n, c)."""
    moved = columns * of.slope[:, None]
    weighted = moved / of.variance[:, None]
    inverse = np.linalg.inv(moved.T @ weighted)
    value = inverse @ (weighted.T @ of.missed)
    return value, (weighted * (of.missed - moved @ value)[:, None]) @ inverse
