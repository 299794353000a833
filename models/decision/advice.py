"""What an account manager is told: what we see, why it matters, what to do, and what not to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.decision.plays import MEASURES, PLAYS, TEMPTATIONS
from models.decision.recommend import ACT, CAPACITY, COOLDOWN, HOLDOUT, NEVER_CONTACT, NOT_WORTH_IT
from models.decision.situations import Situations, never
from models.explanation.language import Language

WHY_NOT = {
    ACT: "",
    HOLDOUT: "Held out at random, so that the effect on the others can be measured: do nothing beyond the usual.",
    CAPACITY: "Others are expected to gain more from the same effort: nothing beyond the usual for now.",
    COOLDOWN: "Something was done here a short while ago: let it work before anything else is done.",
    NOT_WORTH_IT: "No action is expected to pay for itself here: nothing beyond the usual.",
    NEVER_CONTACT: "This customer asked to be left in peace.",
}
"""By status: why nothing is to be done; empty where something is."""
DO, DO_NOT, AND_THEN, UNKNOWN = (
    "First, {first}.",
    "Do not {what}.",
    "{sofar} Then {next}.",
    "Nothing out of the ordinary.",
)
MOST_MEASURES = 3
"""Measures named in a sentence; the rest of a play comes later."""


@dataclass(frozen=True)
class Told:
    """Four texts in one language."""

    see: str
    why: str
    do: str
    do_not: str


def told(play: str, status: str, situations: Situations, seen: Sequence[str], language: Language) -> Told:
    """The four texts about one customer.

    Args:
        play: its code; empty for none.
        status: one of `recommend.STATUSES`.
        situations: all whose guards apply.
        seen: sentences in this language, with the customer's own numbers and what is usual.
        language: of the texts.
    """
    return Told(
        see=language.sentences(list(seen) or [language.text(UNKNOWN)]),
        why=language.text(PLAYS[play].why) if play else "",
        do=language.text(WHY_NOT[status]) if status != ACT else _steps(play, language),
        do_not=language.sentences(
            [language.say(DO_NOT, what=language.text(TEMPTATIONS[t])) for t in never(situations)]
        ),
    )


def _steps(play: str, language: Language) -> str:
    first, *others = [language.text(MEASURES[name].text) for name in PLAYS[play].measures[:MOST_MEASURES]]
    said = language.say(DO, first=first)
    for each in others:
        said = language.say(AND_THEN, sofar=said, next=each)
    return said


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*filter(None, WHY_NOT.values()), DO, DO_NOT, AND_THEN, UNKNOWN]
