"""What is tempting and never right in some situation, and the check that no play does it.

That win-back needs its cause removed before any price is talked of, and that a captive must not be bound further,
follows Jones & Sasser 1995 and Haj-Salem & Chebat 2014. What a measure gives in to is declared with it; its lever, and
an incentive that no measure of the play carries, are judged here. A play that cannot be right is refused on import.
"""

from __future__ import annotations

from collections.abc import Mapping

from features.engine.declaration import DeclarationError
from models.decision.measures import MEASURES, Temptation
from models.decision.plays import PLAYS, Play, Situation

TEMPTATIONS: Mapping[Temptation, str] = {
    "partnership_spending": "spend on it as on a partner, which it is not",
    "binding": "ask it to adapt or to invest for us",
    "exclusivity": "ask for exclusivity at the start",
    "price_rise": "raise its prices because it depends on us",
    "neglect": "take it for granted",
    "blanket_discount": "offer a discount on everything",
}
"""What is tempting and never right in some situation; `text` after "do not"."""

NEVER: Mapping[Situation, tuple[Temptation, ...]] = {
    "transactional": ("partnership_spending", "binding"),
    "prospective_partner": ("exclusivity",),
    "partner": ("price_rise", "neglect"),
    "captive": ("binding", "price_rise"),
    "drifting": ("blanket_discount",),
    "captive_drifting": ("binding", "price_rise", "blanket_discount"),
}
BY_LEVER: Mapping[str, Temptation] = {
    "W1": "partnership_spending",
    "W2": "partnership_spending",
    "W3": "partnership_spending",
    "L4": "binding",
}
"""What every measure of a lever gives in to, whatever else it is declared to."""
NEGLECT: Temptation = "neglect"


def temptations(play: Play, *, incentive_share: float) -> frozenset[Temptation]:
    """What a play would be giving in to.

    Nothing to do is neglect, and what is given by no measure is given for nothing in particular: a blanket discount.

    Args:
        play: any, declared or not.
        incentive_share: of the customer's value, given away with it; 0 for nothing.
    """
    found = {each for name in play.measures for each in MEASURES[name].gives_in_to}
    found |= {BY_LEVER[lever] for lever in play.levers if lever in BY_LEVER}
    if not play.measures:
        found.add(NEGLECT)
    if incentive_share > 0 and not play.carries_incentive:
        found.add("blanket_discount")
    return frozenset(found)


def violations(code: str, situations: frozenset[Situation], *, incentive_share: float) -> tuple[Temptation, ...]:
    """What a play would do that is never right in any of these situations: temptations, none for a proper play."""
    would = temptations(PLAYS[code], incentive_share=incentive_share)
    return tuple(name for name in never(situations) if name in would)


def never(situations: frozenset[Situation]) -> tuple[Temptation, ...]:
    """What must not be done for a customer in these situations: codes of temptations, each once."""
    return tuple(dict.fromkeys(name for situation in NEVER if situation in situations for name in NEVER[situation]))


def check(plays: Mapping[str, Play]) -> None:
    """Refuse plays that could not be right, each as if it gave an incentive wherever one of its measures carries it.

    Raises:
        DeclarationError: a play has a measure that is not declared, gives its incentive by one that is not its own, or
            does what is never right where it is meant; a measure gives in to what is not declared; or there is a
            situation where neglect is never right and no play is done always.
    """
    for name, measure in MEASURES.items():
        if unknown := set(measure.gives_in_to) - set(TEMPTATIONS):
            raise DeclarationError(f"measure {name!r} gives in to {sorted(unknown)}; expected of {list(TEMPTATIONS)}")
    for code, play in plays.items():
        _check_parts(code, play)
        would = temptations(play, incentive_share=float(bool(play.carries_incentive)))
        if broken := would & set(never(frozenset(play.situations))):
            raise DeclarationError(
                f"play {code!r} is meant for {play.situations}, where {sorted(broken)} is never right; "
                "drop the measure or the situation"
            )
    _check_neglect(plays)


def _check_parts(code: str, play: Play) -> None:
    if unknown := set(play.measures) - set(MEASURES):
        raise DeclarationError(f"play {code!r} has measures {sorted(unknown)}; expected of {list(MEASURES)}")
    if play.carries_incentive and play.carries_incentive not in play.measures:
        raise DeclarationError(
            f"play {code!r} gives its incentive by {play.carries_incentive!r}; expected one of {play.measures}"
        )


def _check_neglect(plays: Mapping[str, Play]) -> None:
    for situation, forbidden in NEVER.items():
        if NEGLECT in forbidden and not any(play.always and situation in play.situations for play in plays.values()):
            raise DeclarationError(f"no play is done always for {situation!r}, where neglect is never right")


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return list(TEMPTATIONS.values())


check(PLAYS)
