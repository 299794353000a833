"""The plays: what to do for a customer in each situation, by which of the seven levers.

The table of plays is that of the domain; what never to do stands in `guards.py`. That mutual pledges hold follows
Anderson & Weitz 1992. What each play earns is assumed until its hold-out has measured it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.decision.measures import MEASURES

Situation = Literal["transactional", "prospective_partner", "partner", "captive", "drifting", "captive_drifting"]
Aim = Literal["keep", "grow"]


@dataclass(frozen=True)
class Play:
    """What is done in some situations: the measures in order, and whether the aim is to keep or to grow the customer.

    `by_call`: somebody speaks with the customer; otherwise a mail or the shop serves it. `always`: done whatever it
    earns, and never withheld to measure it; without it the customer would be neglected. `carries_incentive`: the
    measure by which its incentive is given, if it has any to give; "" where nothing is given.
    """

    situations: tuple[Situation, ...]
    aim: Aim
    measures: tuple[str, ...]
    why: str
    always: bool = False
    by_call: bool = True
    carries_incentive: str = ""

    @property
    def levers(self) -> tuple[str, ...]:
        """The levers it moves, in order of first use."""
        return tuple(dict.fromkeys(MEASURES[name].lever for name in self.measures))


PLAYS: Mapping[str, Play] = {
    "pilot_together": Play(
        ("prospective_partner",),
        "grow",
        ("availability", "advice", "pilot", "tailored_service"),
        "It is likelier than before to build on us, and not bound: a step both can undo shows what more would bring.",
        carries_incentive="pilot",
    ),
    "serve_at_low_cost": Play(
        ("transactional", "prospective_partner"),
        "keep",
        ("availability", "fair_price", "easy_ordering", "quick_answers"),
        "More than good service at low cost does not pay here now.",
        by_call=False,
    ),
    "build_together": Play(
        ("partner",),
        "grow",
        ("tailored_service", "business_review", "industry_news", "mutual_pledge", "shared_forecast"),
        "It builds on us and gains by it: what both sides put in makes the relation worth more to both.",
        carries_incentive="mutual_pledge",
    ),
    "keep_in_touch": Play(
        ("partner",),
        "grow",
        ("availability", "industry_news"),
        "It builds on us and gains by it; more effort does not pay now, but silence would cost what has been built.",
        always=True,
        by_call=False,
    ),
    "make_it_worth_staying": Play(
        ("captive",),
        "keep",
        ("tailored_service", "business_review", "find_cause", "availability", "fair_price", "supplier_pledge"),
        "Leaving is costly for it and staying brings it little: who is merely held leaves when the moment comes.",
    ),
    "recover": Play(
        ("drifting",),
        "keep",
        ("find_cause", "second_contact", "lost_business"),
        "It may stop ordering, and what it is worth pays for an effort to keep it.",
        carries_incentive="lost_business",
    ),
    "repair_and_release": Play(
        ("captive_drifting",),
        "keep",
        ("find_cause", "supplier_pledge", "fair_price", "second_contact"),
        "It was held more than won, and is on its way out: new strings would speed that up; a repaired cause may not.",
    ),
}
"""Every play by its code; in each situation the first choice stands before what to fall back on."""

KEY_WHY: Mapping[str, str] = {
    "serve_at_low_cost": "Nothing calls for more effort here now, but whoever knows it well sees it go while there is "
    "time."
}
"""By play: why it is called for with a key account, where the reason for all others would be an affront."""

BESIDE_REPAIR_WHY: Mapping[str, str] = {
    "serve_at_low_cost": "Beyond that, more than good service at low cost does not pay here now.",
    "build_together": "It builds on us, and with its complaint settled, what both sides put in makes the relation "
    "worth more to both.",
    "keep_in_touch": "It builds on us; beyond that more effort does not pay now, but silence would cost what has been "
    "built.",
}
"""By play: why it goes on beside a severe complaint, where the reason for all others would deny that there is one: that
nothing calls for effort, or that the customer gains by us."""
KEY_BESIDE_REPAIR_WHY: Mapping[str, str] = {
    "serve_at_low_cost": "Beyond that, whoever knows it well sees it go while there is time.",
}
"""The same of a key account, where that would be an affront as well."""


def why_of(code: str, *, key: bool, repair: bool) -> str:
    """Why a play is called for: of a key account, and beside a severe complaint, in words that fit these."""
    usual = PLAYS[code].why
    of_all, of_key = (BESIDE_REPAIR_WHY, KEY_BESIDE_REPAIR_WHY) if repair else ({}, KEY_WHY)
    return of_key.get(code, of_all.get(code, usual)) if key else of_all.get(code, usual)


def plays_for(situation: Situation) -> tuple[str, ...]:
    """The codes of the plays for a situation, the first choice first."""
    return tuple(code for code, play in PLAYS.items() if situation in play.situations)


def texts() -> list[str]:
    """Every text of this module that people can see."""
    otherwise = (KEY_WHY, BESIDE_REPAIR_WHY, KEY_BESIDE_REPAIR_WHY)
    return [*(play.why for play in PLAYS.values()), *(text for each in otherwise for text in each.values())]
