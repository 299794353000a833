"""What an account manager is told: what we see, why it matters, what to do, and what not to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.decision.accounts import PERSON, USUAL, never_of, why
from models.decision.guards import TEMPTATIONS, never
from models.decision.incentive import NOTHING, Incentive
from models.decision.measures import MEASURES
from models.decision.plays import PLAYS
from models.decision.recommend import ACT, CAPACITY, COOLDOWN, HOLDOUT, NEVER_CONTACT, NOT_WORTH_IT, TRIED
from models.decision.repair import ASIDE, CAUSE, NO_REPAIR, SETTLE, Repair, measures_of
from models.decision.situations import Situations
from models.explanation.language import Language

WHY_NOT = {
    ACT: "",
    HOLDOUT: "Held out at random, so that the effect on the others can be measured: do nothing beyond the usual.",
    CAPACITY: "The same effort is expected to earn more with others: nothing beyond the usual for now.",
    COOLDOWN: "Something was done here a short while ago: let it work before anything else is done.",
    TRIED: "Enough was done here since its last order, and it did not order: nothing more until it does.",
    NOT_WORTH_IT: "No action is expected to pay for itself here: nothing beyond the usual.",
    NEVER_CONTACT: "This customer asked to be left in peace.",
}
"""By status: why nothing is to be done; empty where something is."""
DO, DO_NOT, AND_THEN, LATER, UNKNOWN = (
    "First, {first}.",
    "Do not {what}.",
    "{sofar} Then {next}.",
    "{sofar} Later: {rest}.",
    "Nothing out of the ordinary.",
)
MOST_STEPS = 3
"""Measures of a play told as the next steps, in a sentence each; the others are named as what comes later."""


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
    incentive: Incentive = NOTHING,
    repair: Repair = NO_REPAIR,
) -> Told:
    """The four texts about one customer.

    Args:
        play: its code; empty for none.
        status: one of `recommend.STATUSES`, or `recommend.TRIED`.
        situations: all whose guards apply.
        seen: sentences in this language, with the customer's own numbers and what is usual.
        language: of the texts.
        weight: share of all expected margin of a key account, see `accounts`; None for all others.
        incentive: what the play gives this customer.
        repair: what a severe complaint that is open asks for.
    """
    key = weight is not None
    forbidden = never_of(never(situations), key=key)
    return Told(
        see=language.sentences(list(seen) or [language.text(UNKNOWN)]),
        why=language.sentences(why(play, weight, language, repair)),
        do=_steps(play, incentive, language, repair, key=key)
        if status == ACT
        else _instead(status, language, repair, key=key),
        do_not=language.sentences([language.say(DO_NOT, what=language.text(TEMPTATIONS[t])) for t in forbidden]),
    )


def _instead(status: str, language: Language, repair: Repair, *, key: bool) -> str:
    """Why nothing else is to be done, after what a complaint asks for all the same; and that a key account is looked
    after, unless it asked for peace.
    """
    usual, first = [USUAL] if key and status != NEVER_CONTACT else [], [ASIDE] if repair else []
    return language.sentences([language.text(each) for each in (*first, WHY_NOT[status], *usual)])


def _steps(play: str, incentive: Incentive, language: Language, repair: Repair, *, key: bool) -> str:
    """Every measure of the play: the next steps in full, what comes later in brief; a complaint is settled first."""
    measures = [(name, MEASURES[name]) for name in measures_of(play, repair)]
    texts_of = {name: measure.text for name, measure in measures} | ({CAUSE: SETTLE} if repair else {})
    steps = [(name, language.text(texts_of[name])) for name, _ in measures[:MOST_STEPS]]
    later = [(name, language.text(measure.brief)) for name, measure in measures[MOST_STEPS:]]
    given = PLAYS[play].carries_incentive
    now, rest = (
        [incentive.with_measure(words, language) if name == given else words for name, words in part]
        for part in (steps, later)
    )
    person = [language.text(PERSON)] if key else []
    first, *others = [*now[:1], *person, *now[1:]] if repair else [*person, *now]
    said = language.say(DO, first=first)
    for each in others:
        said = language.say(AND_THEN, sofar=said, next=each)
    return language.say(LATER, sofar=said, rest=language.grammar.between.join(rest)) if rest else said


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*filter(None, WHY_NOT.values()), DO, DO_NOT, AND_THEN, LATER, UNKNOWN]
