"""What an account manager is told: what we see, why it matters, what to do, and what not to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.decision.accounts import PERSON, USUAL, never_of, why
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


def told(
    play: str,
    status: str,
    situations: Situations,
    seen: Sequence[str],
    language: Language,
    weight: float | None = None,
) -> Told:
    """The four texts about one customer.

    Args:
        play: its code; empty for none.
        status: one of `recommend.STATUSES`.
        situations: all whose guards apply.
        seen: sentences in this language, with the customer's own numbers and what is usual.
        language: of the texts.
        weight: share of all expected margin of a key account, see `accounts`; None for all others.
    """
    key = weight is not None
    forbidden = never_of(never(situations), key=key)
    return Told(
        see=language.sentences(list(seen) or [language.text(UNKNOWN)]),
        why=language.sentences(why(play, weight, language)),
        do=_steps(play, language, key=key) if status == ACT else _instead(status, language, key=key),
        do_not=language.sentences([language.say(DO_NOT, what=language.text(TEMPTATIONS[t])) for t in forbidden]),
    )


def _instead(status: str, language: Language, *, key: bool) -> str:
    """Why nothing is to be done, and that a key account is looked after all the same, unless it asked for peace."""
    usual = [USUAL] if key and status != NEVER_CONTACT else []
    return language.sentences([language.text(each) for each in (WHY_NOT[status], *usual)])


def _steps(play: str, language: Language, *, key: bool) -> str:
    measures = [MEASURES[name].text for name in PLAYS[play].measures[:MOST_MEASURES]]
    first, *others = [language.text(each) for each in ([PERSON, *measures] if key else measures)]
    said = language.say(DO, first=first)
    for each in others:
        said = language.say(AND_THEN, sofar=said, next=each)
    return said


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*filter(None, WHY_NOT.values()), DO, DO_NOT, AND_THEN, UNKNOWN]
