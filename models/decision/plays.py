"""The plays: what to do for a customer in each situation, by which of the seven levers, and what never to do.

The levers and the table of plays are those of the domain. That win-back needs its cause removed before any price is
talked of, and that a captive must not be bound further, follows Jones & Sasser 1995 and Haj-Salem & Chebat 2014; that
mutual pledges hold follows Anderson & Weitz 1992. What each play earns is assumed until its hold-out has measured it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Situation = Literal["transactional", "prospective_partner", "partner", "captive", "drifting", "captive_drifting"]
Aim = Literal["keep", "grow"]

LEVERS: Mapping[str, str] = {
    "L1": "first-class product and service",
    "L2": "special care for the work in hand",
    "L3": "good personal relations",
    "L4": "reasons to adapt and invest, for both sides",
    "W1": "a wider service, for this customer's situation",
    "W2": "offers from knowing the customer's business",
    "W3": "news and ideas from knowing its industry",
}
"""The seven levers: L1 to L4 hold a customer, W1 to W3 make both sides win."""


@dataclass(frozen=True)
class Measure:
    """One thing to do, by one lever; `text` tells an account manager to do it."""

    lever: str
    text: str


MEASURES: Mapping[str, Measure] = {
    "availability": Measure("L1", "make sure that what it buys regularly is in stock and comes on time"),
    "fair_price": Measure("L1", "check its prices against what comparable customers pay, and correct what is unfair"),
    "easy_ordering": Measure("L1", "make ordering quick: current prices, stock and repeat orders without a call"),
    "advice": Measure("L2", "have somebody who knows the goods advise on the work it has in hand"),
    "quick_answers": Measure("L2", "answer questions about the work it has in hand the same day"),
    "find_cause": Measure("L2", "ask what went wrong, put it right, and tell the customer what was done"),
    "second_contact": Measure("L3", "speak with a second person there, so that the relation does not hang on one"),
    "pilot": Measure("L4", "propose a small pilot that both sides pay for and either side may end"),
    "mutual_pledge": Measure("L4", "agree on a pledge from either side, such as our stock against its forecast"),
    "tailored_service": Measure("W1", "offer a service made for its situation, such as kits, labels or line delivery"),
    "supplier_pledge": Measure("W1", "commit first: a service level in writing, at our risk"),
    "lost_business": Measure("W2", "make an offer for what it used to buy from us that only we can make"),
    "business_review": Measure("W2", "review its business together, and bring offers that fit it"),
    "shared_forecast": Measure("W2", "share forecasts, and plan stock and deliveries by them"),
    "industry_news": Measure("W3", "bring news of its industry unasked, and look for new needs"),
}
"""What plays are made of."""

TEMPTATIONS: Mapping[str, str] = {
    "partnership_spending": "spend on it as on a partner: it decides by the next offer",
    "binding": "ask it to adapt or to invest for us",
    "exclusivity": "ask for exclusivity at the start",
    "price_rise": "raise its prices because it depends on us",
    "neglect": "take it for granted",
    "blanket_discount": "offer a discount on everything",
}
"""What is tempting and never right in some situation; `text` after "do not"."""

NEVER: Mapping[Situation, tuple[str, ...]] = {
    "transactional": ("partnership_spending", "binding"),
    "prospective_partner": ("exclusivity",),
    "partner": ("price_rise", "neglect"),
    "captive": ("binding", "price_rise"),
    "drifting": ("blanket_discount",),
    "captive_drifting": ("binding", "price_rise", "blanket_discount"),
}
FORBIDDEN_LEVERS: Mapping[str, frozenset[str]] = {
    "partnership_spending": frozenset({"W1", "W2", "W3"}),
    "binding": frozenset({"L4"}),
}
"""The levers that would be giving in to a temptation."""


@dataclass(frozen=True)
class Play:
    """What is done in some situations: the measures in order, and whether the aim is to keep or to grow the customer.

    `by_call`: somebody speaks with the customer; otherwise a mail or the shop serves it. `always`: done whatever it
    earns, and never withheld to measure it; without it the customer would be neglected.
    """

    situations: tuple[Situation, ...]
    aim: Aim
    measures: tuple[str, ...]
    why: str
    always: bool = False
    by_call: bool = True

    @property
    def levers(self) -> tuple[str, ...]:
        """The levers it moves, in order of first use."""
        return tuple(dict.fromkeys(MEASURES[name].lever for name in self.measures))


PLAYS: Mapping[str, Play] = {
    "pilot_together": Play(
        ("prospective_partner",),
        "grow",
        ("availability", "advice", "pilot", "tailored_service"),
        "It is likely to build on us and not yet bound: a first step that both can undo shows what more would bring.",
    ),
    "serve_at_low_cost": Play(
        ("transactional", "prospective_partner"),
        "keep",
        ("availability", "fair_price", "easy_ordering", "quick_answers"),
        "It buys where the offer is best and loses little by leaving: good service at low cost is what keeps it.",
        by_call=False,
    ),
    "build_together": Play(
        ("partner",),
        "grow",
        ("tailored_service", "business_review", "industry_news", "mutual_pledge", "shared_forecast"),
        "It builds on us and gains by it: what both sides put in makes the relation worth more to both.",
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
        "It is likely to stop ordering, and what it is worth pays for an effort to keep it.",
    ),
    "repair_and_release": Play(
        ("captive_drifting",),
        "keep",
        ("find_cause", "supplier_pledge", "fair_price", "second_contact"),
        "It was held more than won, and is on its way out: new strings would speed that up; a repaired cause may not.",
    ),
}
"""Every play by its code; in each situation the first choice stands before what to fall back on."""

NEGLECT = "neglect"
KEY_WHY: Mapping[str, str] = {
    "serve_at_low_cost": "It buys where the offer is best and loses little by leaving: whoever knows it well sees it "
    "go while there is time."
}
"""By play: why it is called for with a key account, where the reason for all others would be an affront."""


def plays_for(situation: Situation) -> tuple[str, ...]:
    """The codes of the plays for a situation, the first choice first."""
    return tuple(code for code, play in PLAYS.items() if situation in play.situations)


def violations(code: str, situations: frozenset[Situation]) -> tuple[str, ...]:
    """What a play would do that is never right in any of these situations: temptations, none for a proper play."""
    moved = {MEASURES[name].lever for name in PLAYS[code].measures}
    never = dict.fromkeys(temptation for situation in sorted(situations) for temptation in NEVER[situation])
    return tuple(name for name in never if moved & FORBIDDEN_LEVERS.get(name, frozenset()))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    measures = [measure.text for measure in MEASURES.values()]
    reasons = [*(play.why for play in PLAYS.values()), *KEY_WHY.values()]
    return [*LEVERS.values(), *measures, *TEMPTATIONS.values(), *reasons]
