"""The measures that plays are made of: one thing to do each, by one of the seven levers, in words.

The levers are those of the domain. What a measure gives in to is declared with it: the guards go by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Temptation = Literal["partnership_spending", "binding", "exclusivity", "price_rise", "neglect", "blanket_discount"]

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
    """One thing to do, by one lever: `text` tells an account manager to do it, `brief` names it among what comes later.

    `gives_in_to`: what is tempting and, in some situations, never right that doing it would be, beside what its lever
    is anyway (`guards.BY_LEVER`). It has no default: whoever writes a measure has asked.
    """

    lever: str
    text: str
    brief: str
    gives_in_to: tuple[Temptation, ...]


MEASURES: Mapping[str, Measure] = {
    "availability": Measure(
        "L1", "make sure that what it buys regularly is in stock and comes on time", "stock and delivery on time", ()
    ),
    "fair_price": Measure(
        "L1",
        "check its prices against what comparable customers pay, and lower what is unfairly high",
        "a check that its prices are fair",
        (),
    ),
    "easy_ordering": Measure(
        "L1",
        "make ordering quick: current prices, stock and repeat orders without a call",
        "quick ordering without a call",
        (),
    ),
    "advice": Measure(
        "L2",
        "have somebody who knows the goods advise on the work it has in hand",
        "advice from somebody who knows the goods",
        (),
    ),
    "quick_answers": Measure(
        "L2",
        "answer questions about the work it has in hand the same day",
        "answers to its questions the same day",
        (),
    ),
    "find_cause": Measure(
        "L2",
        "ask what went wrong or is missing, put it right, and tell the customer what was done",
        "a remedy for what went wrong",
        (),
    ),
    "second_contact": Measure(
        "L3",
        "speak with a second person there, so that the relation does not hang on one",
        "a second person to speak with there",
        (),
    ),
    "pilot": Measure(
        "L4",
        "propose a small pilot that both sides pay for and either side may end",
        "a small pilot at shared cost",
        (),
    ),
    "mutual_pledge": Measure(
        "L4",
        "agree on a pledge from either side, such as our stock against its forecast",
        "a pledge from either side",
        (),
    ),
    "tailored_service": Measure(
        "W1",
        "offer a service made for its situation, such as kits, labels or line delivery",
        "a service made for its situation",
        (),
    ),
    "supplier_pledge": Measure(
        "W1", "commit first: a service level in writing, at our risk", "a written service level at our risk", ()
    ),
    "lost_business": Measure(
        "W2",
        "make an offer for what it used to buy from us that only we can make",
        "an offer for what it stopped buying",
        (),
    ),
    "business_review": Measure(
        "W2", "review its business together, and bring offers that fit it", "a review of its business together", ()
    ),
    "shared_forecast": Measure(
        "W2", "share forecasts, and plan stock and deliveries by them", "plans by shared forecasts", ()
    ),
    "industry_news": Measure(
        "W3", "bring news of its industry unasked, and look for new needs", "news of its industry", ()
    ),
}
"""What plays are made of."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*LEVERS.values(), *(text for each in MEASURES.values() for text in (each.text, each.brief))]
