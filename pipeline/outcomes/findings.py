"""What may be said of campaigns and plays: the records that figures are put into."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from models.decision.balance import Balance
from models.decision.shares import UNKNOWN
from models.evaluation.interval import Interval
from models.explanation.sentence import NOTHING, Sentence

Verdict = Literal["effect", "association", "immature", "nobody"]
WIN = 0.03
"""The effect whose proof is planned for: the field test of Ringbeck et al. 2019 found 3 % more revenue."""
SHOWN = 5
"""Features shown of those that tell the groups apart most."""


@dataclass(frozen=True)
class Compared:
    """Differences of the treated less the held out: shares of leavers; money a customer over the horizon, in currency.

    `adjusted` takes the risk known before out of the leavers; `spend` and `margin` have the spend of the year before
    taken out. `saved` is what keeping one customer has cost, `detectable` the smallest drop in the share of leavers
    that so many customers show with 80 % power, and `spend_detectable` likewise of the spend.
    """

    churn: Interval = UNKNOWN
    adjusted: Interval = UNKNOWN
    spend: Interval = UNKNOWN
    margin: Interval = UNKNOWN
    saved: Interval = UNKNOWN
    detectable: float = math.nan
    spend_detectable: float = math.nan


@dataclass(frozen=True)
class Needed:
    """Customers per arm that it takes to show an effect of 3 % with 80 % power, by what the 3 % are of.

    `points`: 3 of a hundred customers fewer leave; `leavers`: 3 of a hundred leavers stay; `spend`: 3 % more spend,
    where what the year before explains is taken out.
    """

    points: float = math.nan
    leavers: float = math.nan
    spend: float = math.nan


@dataclass(frozen=True)
class Finding:
    """What came of a campaign, or of small ones of a play together; where `started` is "", of all that are by lot.

    `verdict` says how much may be said, and `why` what is missing where it is not an effect. `treated` and `held` count
    eligible customers whose outcome is known, `left_out` the others by reason. `left` and `left_held` are shares that
    left, `spent` and `spent_held` means of the spend; where nobody was held out, the latter are of `beside`: eligible
    customers that the campaign left alone. `cost` is the mean of a treated customer, in the currency. `by_export`: the
    lots are those of exports, and `treated` are those proposed, to `done` of whom it was done, as to `done_held` of
    those held out.
    `meanwhile` holds the campaigns that overlap: what share of the treated, and of those held out, they treated too.
    """

    play: str
    started: str
    verdict: Verdict
    why: Sentence = NOTHING
    treated: int = 0
    held: int = 0
    by_export: bool = False
    done: int = 0
    done_held: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    left: Interval = UNKNOWN
    left_held: Interval = UNKNOWN
    spent: float = math.nan
    spent_held: float = math.nan
    beside: Literal["held out", "left alone"] = "held out"
    cost: float = math.nan
    meanwhile: dict[str, tuple[float, float]] = field(default_factory=dict)
    compared: Compared = Compared()
    needed: Needed = Needed()
    balance: Balance | None = None

    def summary(self) -> dict[str, Any]:
        """JSON-able; without an effect there are no differences in it."""
        found = asdict(self)
        if self.verdict != "effect":
            del found["compared"]
        if self.balance is not None:
            shown = self.balance.gaps[:SHOWN]
            found["balance"] = {
                "limit": self.balance.limit,
                "compared": len(self.balance.gaps),
                "widest": {gap.feature: gap.size for gap in shown},
                "limits": {gap.feature: gap.limit for gap in shown},
            }
        return found
