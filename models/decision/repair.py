"""An open severe complaint: a reason to act that no profit of a play outweighs.

What a play earns is told from the chance of leaving, and who is held is not likely to leave; so the money would say
"nothing" of just those who wait for the moment to. Repair is L1 and L2 of the domain's table of plays; that an
unsettled failure is what a held customer leaves for follows Jones & Sasser 1995 and Haj-Salem & Chebat 2014.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from models.decision.measures import MEASURES
from models.decision.plays import PLAYS, Play
from models.explanation.language import Language

Repair = Literal["", "first", "only"]
"""Whether a complaint is open: none; then it is settled before the play goes on, or it is all that is done."""
NO_REPAIR: Repair = ""
REPAIR_FIRST: Repair = "first"
REPAIR_ONLY: Repair = "only"
CAUSE = "find_cause"
"""The measure that settles a complaint."""
LEVERS_OF_REPAIR = frozenset({"L1", "L2"})
OPEN = "A severe complaint of {day} is not settled."
WHY = "A severe complaint left open drives away even who is held: it is settled whatever that earns."
SETTLE = (
    "settle its severe complaint: ask what went wrong or is missing, put it right, and tell the customer what was done"
)
ASIDE = (
    "A severe complaint is open: ask what went wrong or is missing, put it right, and tell the customer what was done."
)


def is_for_repair(play: Play) -> bool:
    """Whether a complaint alone calls for a play: for those that keep, and what is done always; not for growth."""
    return play.aim == "keep" or play.always


def measures_of(play: str, repair: Repair) -> tuple[str, ...]:
    """The measures told of a play: the cause before all others, and where nothing else pays L1 and L2 alone."""
    if not repair:
        return PLAYS[play].measures
    others = [name for name in PLAYS[play].measures if name != CAUSE]
    if repair == REPAIR_ONLY:
        others = [name for name in others if MEASURES[name].lever in LEVERS_OF_REPAIR]
    return (CAUSE, *others)


def open_since(day: date | None, language: Language) -> str:
    """That a severe complaint of `day` is open, in a sentence; "" for None."""
    return "" if day is None else language.say(OPEN, day=day)


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [OPEN, WHY, SETTLE, ASIDE]
