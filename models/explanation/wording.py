"""Numbers into plain sentences: one phrase of a feature, the customer's number, and what is usual beside it."""

from __future__ import annotations

import re
from typing import Protocol

from features.season import SEASON

RANK = "share of customers"
"""The unit of features that say which share of all customers a customer is ahead of."""
PROBABILITY = "probability"
"""The unit of features that are themselves predictions."""
PLACE = re.compile(r"\{value(?::(?P<spec>[^{}]*))?\}")
ONE = re.compile(r"(?<![\d.,])1 (?P<between>(?:different |new |order )?)(?P<many>[a-z]+s)\b")
NONE = re.compile(r"\bonly 0(?:\.0+)?%? (?P<next>[a-z]+)")
NOT_PLURAL = frozenset({"is", "its", "was", "times", "this", "has", "as"})


class Spoken(Protocol):
    """What a sentence needs of a feature declaration: `high` and `low` are phrases with {value}."""

    @property
    def high(self) -> str: ...  # noqa: D102 - see the class
    @property
    def low(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102


def checkable(spoken: Spoken) -> bool:
    """Whether an account manager can look the number up: no model, no rank, no scale that has to be explained."""
    return spoken.unit not in (RANK, PROBABILITY) and "(" not in spoken.high and "expected" not in spoken.high


def typical(phrase: str, value: float) -> str:
    """A number in the format that `phrase` gives its own: "12", "45%", "1,200"."""
    found = PLACE.search(phrase)
    return format(value, found["spec"] or "") if found else f"{value:g}"


def sentence(spoken: Spoken, value: float, usual: float) -> str:
    """The customer's number in words and what is usual among comparable customers.

    The `high` phrase above what is usual, the `low` phrase below. Empty where the two read the same when printed:
    such a sentence would contradict itself. Empty too for the season, which everybody shares, and for the
    probabilities of other models: beside the customer's own probability a second one only confuses. A rank says by
    itself where others are.
    """
    if spoken.unit in (SEASON, PROBABILITY):
        return ""
    phrase = spoken.high if value > usual else spoken.low
    own, others = (_signless(typical(phrase, number)) for number in (value, usual))
    if own == others or value == usual:
        return ""
    said = _worded(PLACE.sub(lambda _: own, phrase))
    beside = "" if spoken.unit == RANK else f"; comparable customers: {others}"
    return f"{said[:1].upper()}{said[1:]}{beside}."


def _signless(number: str) -> str:
    """A zero without sign: "-0" and "-0.00" become "0" and "0.00"."""
    return number.lstrip("+-") if not re.search(r"[1-9]", number) else number


def _worded(text: str) -> str:
    """Singulars after 1, and words in place of "only 0"."""
    return NONE.sub(_nothing, ONE.sub(_singular, text))


def _singular(match: re.Match[str]) -> str:
    many = match["many"]
    if many in NOT_PLURAL:
        return match[0]
    one = f"{many[:-3]}y" if many.endswith("ies") else many[:-1]
    return f"1 {match['between']}{one}"


def _nothing(match: re.Match[str]) -> str:
    following = match["next"]
    if following == "of":
        return "none of"
    return f"nothing {following}" if following in ("in", "per") else f"no {following}"


DIRECTIONS = {
    ("churn", "raises"): "Raises the risk",
    ("churn", "lowers"): "Lowers the risk",
    ("partnership", "raises"): "Speaks for partnership",
    ("partnership", "lowers"): "Speaks against partnership",
}


def said(kind: str, direction: str, text: str) -> str:
    """A sentence with what it does to the score of a kind of target: "Raises the risk: last order 80 days ago; ..."."""
    return f"{DIRECTIONS[kind, direction]}: {text[:1].lower()}{text[1:]}"
