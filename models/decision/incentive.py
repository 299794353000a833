"""What a play gives to a customer beside the effort, in words: with the measure that carries it, and never without."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.explanation.language import Language

SHARE_KNOWN = "{measure} (at a cost to us of up to {percent:g}% of its expected margin)"
AMOUNT_KNOWN = "{measure} (at a cost to us of up to {money}: {percent:g}% of its expected margin)"


@dataclass(frozen=True)
class Incentive:
    """What one customer is given at most: `share` of its expected margin, and that `amount`, NaN where unknown.

    `currency`: ISO code of the amount, "" where none is stated.
    """

    share: float = 0.0
    amount: float = math.nan
    currency: str = ""

    def with_measure(self, measure: str, language: Language) -> str:
        """What to do, in words of this language, with what it may cost us; as it is where nothing is given."""
        if not self.share > 0:
            return measure
        percent = self.share * 100
        if math.isnan(self.amount):
            return language.say(SHARE_KNOWN, measure=measure, percent=percent)
        money = f"{self.amount:,.0f} {self.currency}".strip()
        return language.say(AMOUNT_KNOWN, measure=measure, money=money, percent=percent)


NOTHING = Incentive()


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [SHARE_KNOWN, AMOUNT_KNOWN]
