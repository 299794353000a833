"""Numbers into plain sentences: one phrase of a feature, the customer's number, and what is usual beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Protocol

from features.season import SEASON
from models.explanation.language import COUNTLESS, ENGLISH, OVER, UNDER, Language

RANK = "share of customers"
"""The unit of features that say which share of all customers a customer is ahead of."""
RATIO = "ratio"
"""The unit of multiples: two that are both beyond counting read the same."""
PROBABILITY = "probability"
"""The unit of features that are themselves predictions."""
ODDS, EXPECTED = "odds of silence", "expected"
"""What ranks by the odds of silence are about, and a word in every phrase of what is expected by a model of orders."""
RECENCY = "days_since_last_order"
"""The feature that tells of silence: whatever did not happen since the last order did not happen for that reason."""
PLACE = re.compile(r"\{value(?::(?P<spec>[^{}]*))?\}")
SIGN_TOLD = "(by {value:+"
"""Phrases with this say in words whether the number is above or below 0, and the number goes without its sign."""
POINTS_TOLD = re.compile(r"%\} (?:percentage points|个百分点)")
"""Phrases with this tell a difference of two shares: "by 73 percentage points". With a "%" alone a share that fell from
80% to 40% would be told to be worse by 40%, and the reader would think of 48%."""
OTHER_WAY = "{number} the other way"
"""What is usual beside a number whose sign is told in words, where it lies on the other side of 0."""
LEAST_SHARE = 1e-6
"""Shares below it are as good as nothing."""
ALONE, BESIDE, BEFORE = "{said}.", "{said}; comparable customers: {others}.", "{said}; before: {before}."
DIRECTIONS = {
    ("churn", "raises"): "Raises the risk: {reason}",
    ("churn", "lowers"): "Lowers the risk: {reason}",
    ("partnership", "raises"): "Speaks for partnership: {reason}",
    ("partnership", "lowers"): "Speaks against partnership: {reason}",
}


class Spoken(Protocol):
    """What a sentence needs of a feature declaration: `high` and `low` are phrases with {value}.

    Features `about` the same tell a reader the same; `days` is the length of their window, where they have one;
    `direction` says by kind of target, where it is certain, whether the chance rises (1) or falls (-1) with the value.
    """

    @property
    def high(self) -> str: ...  # noqa: D102 - see the class
    @property
    def low(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def about(self) -> str: ...  # noqa: D102
    @property
    def days(self) -> int | None: ...  # noqa: D102
    @property
    def direction(self) -> Mapping[str, int]: ...  # noqa: D102


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [ALONE, BESIDE, BEFORE, *DIRECTIONS.values(), OVER, UNDER, OTHER_WAY]


def of_silence(spoken: Spoken) -> int:
    """What a number that another model makes of silence does with it: 1 it grows, -1 it shrinks, 0 it is none.

    Odds of silence grow, orders to be expected shrink; neither can be checked as the days of silence can.
    """
    if spoken.unit == PROBABILITY or spoken.about == ODDS:
        return 1
    return -1 if EXPECTED in spoken.high else 0


def checkable(spoken: Spoken) -> bool:
    """Whether an account manager can look the number up: no model, no rank, no scale that has to be explained."""
    return spoken.unit not in (RANK, PROBABILITY) and "(" not in spoken.high and EXPECTED not in spoken.high


def typical(phrase: str, value: float) -> str:
    """A number in the format that `phrase` gives its own: "12", "45%", "1,200"."""
    found = PLACE.search(phrase)
    return format(value, found["spec"] or "") if found else f"{value:g}"


def sentence(
    spoken: Spoken, value: float, usual: float, language: Language = ENGLISH, *, probabilities: bool = False
) -> str:
    """The customer's number in words and what is usual among comparable customers, its peers.

    The `high` phrase above what is usual, the `low` phrase below; where the number is printed with its sign, the sign
    chooses, for such phrases say "grew" and "shrank". Empty where the two read the same when printed: such a sentence
    would contradict itself. Empty too for the season, which everybody shares, and for the probabilities of other
    models, unless asked for: beside the customer's own probability a second one only confuses. A rank says by itself
    where others are.
    """
    if spoken.unit == PROBABILITY and not probabilities:
        return ""
    told, others = _told(spoken, value, usual, language)
    if not told:
        return ""
    return language.text(ALONE if spoken.unit == RANK else BESIDE).format(said=told, others=others)


def moved(spoken: Spoken, now: float, then: float, language: Language = ENGLISH) -> str:
    """The customer's number in words and what it was before; empty where they read the same, or one is unknown.

    The `high` phrase where the number rose, the `low` phrase where it fell; where it is printed with its sign, the
    sign chooses.
    """
    if spoken.unit == PROBABILITY:
        return ""
    told, before = _told(spoken, now, then, language)
    return language.text(BEFORE).format(said=told, before=before) if told else ""


def _told(spoken: Spoken, value: float, other: float, language: Language) -> tuple[str, str]:
    """The phrase with the number in it, and the other number as printed; two empty texts where nothing can be said."""
    nothing = ("", "")
    if spoken.unit == SEASON or math.isnan(value) or math.isnan(other) or value == other:
        return nothing
    if spoken.unit == RATIO and min(value, other) >= COUNTLESS:
        return nothing
    signed = "{value:+" in spoken.high
    english = spoken.high if value > (0 if signed else other) else spoken.low
    phrase = language.text(english)
    own, others = (_signless(typical(phrase, number)) for number in (value, other))
    if own == others or (signed and own[:1] not in "+-"):
        return nothing
    if spoken.unit == PROBABILITY or (spoken.unit == RANK and own == "100%"):
        own, others = language.chance(value), language.chance(other)
    own, others = _little(own, value), _plain_zero(others)
    if POINTS_TOLD.search(phrase):
        own, others = own.rstrip("%"), others.rstrip("%")
    if SIGN_TOLD in phrase:
        own, others = own.lstrip("+-"), _by_words(others, own, language)
    return language.grammar.opened(language.grammar.worded(PLACE.sub(lambda _: own, phrase))), others


def _by_words(others: str, own: str, language: Language) -> str:
    """The other number beside one whose sign is told in words: without its sign, and said where it is the opposite."""
    unsigned = others.lstrip("+-")
    against = unsigned != others and others[0] != own[0]
    return language.say(OTHER_WAY, number=unsigned) if against else unsigned


def _little(printed: str, number: float) -> str:
    """As printed, or with one digit of it where a customer's share that is not nothing would read "0%": "0.3%"."""
    if abs(number) < LEAST_SHARE or not printed.endswith("%") or re.search(r"[1-9]", printed):
        return printed
    return f"{100 * float(f'{number:.1g}'):.4f}".rstrip("0") + "%"


def _plain_zero(printed: str) -> str:
    """As printed, or "0", "0%" where decimals would make a measurement of nothing: "0.00", "0.0%"."""
    return printed if re.search(r"[1-9]", printed) else re.sub(r"0\.0+", "0", printed)


def _signless(number: str) -> str:
    """A zero without sign: "-0" and "-0.00" become "0" and "0.00"."""
    return number.lstrip("+-") if not re.search(r"[1-9]", number) else number


def said(kind: str, direction: str, text: str, language: Language = ENGLISH) -> str:
    """A sentence with what it does to the score of a kind of target: "Raises the risk: last order 80 days ago; ..."."""
    return language.text(DIRECTIONS[kind, direction]).format(reason=language.grammar.continued(text))
