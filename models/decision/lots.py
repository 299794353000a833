"""Randomised customers: what was known of them before an action, who was treated, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.interval import owners
from models.evaluation.tally import Array

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
PRIOR = "risk_before"
"""The column that holds the chance of leaving as it was known before the action, 0 to 1."""


@dataclass(frozen=True)
class Lots:
    """Randomised rows (n,), one per customer and campaign.

    `values` (n, features) by `names` is what was known before. `treated` says what the lot was, `left` (0 or 1) and
    `orders` (days with an order, from the first day of the campaign until it was known who left) what came. `day` is
    the first day of the campaign, which lots were drawn within, and `customer` whose row it is.
    """

    values: Values
    names: tuple[str, ...]
    treated: Flags
    left: Array
    orders: Array
    day: npt.NDArray[np.datetime64]
    customer: npt.NDArray[np.generic]

    def take(self, rows: Flags) -> Lots:
        """The rows where `rows` (n,) is true."""
        return Lots(
            np.asfortranarray(self.values[rows]),
            self.names,
            self.treated[rows],
            self.left[rows],
            self.orders[rows],
            self.day[rows],
            self.customer[rows],
        )

    @property
    def share(self) -> float:
        """The share of rows that were treated, 0 to 1."""
        return float(self.treated.mean())

    def above_chance(self) -> Array:
        """1 for the treated and 0 for those held out, less the share treated in the row's campaign, (n,)."""
        campaign = np.unique(self.day, return_inverse=True)[1]
        share = np.bincount(campaign, weights=self.treated) / np.bincount(campaign)
        return np.asarray(self.treated - share[campaign])

    def dealt(self, folds: int, seed: int) -> npt.NDArray[np.int64]:
        """A fold for each row (n,), all rows of a customer in one, drawn from the order of the customers' names."""
        owner = owners(self.customer)
        return (np.random.default_rng(seed).permutation(int(owner.max(initial=-1)) + 1) % folds)[owner]
