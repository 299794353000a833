"""Why a customer counts as drifting, in words: its chance of leaving against its own threshold, and how that moved."""

from __future__ import annotations

from models.explanation.language import Language

ABOVE = "The chance of leaving is {chance}; from {threshold} on, doing something for this customer pays."
FALLING = "The chance of leaving rose twice running above what is usual of this customer, to {chance}."
NOT_YET_PAST = (
    "The chance of leaving, {chance}, no longer calls for it by itself, "
    "but has not fallen clearly or for long enough to call the danger past."
)


def why_drifting(chance: float, threshold: float, language: Language, *, falling: bool) -> str:
    """The rule that put a drifting customer there, with its own numbers.

    Args:
        chance: of leaving, 0 to 1.
        threshold: the chance above which an action pays for this customer.
        language: of the sentence.
        falling: two successive drops of the chance of staying, below the own baseline, made it drift.
    """
    told = language.chance(chance)
    if falling and not chance >= threshold:
        return language.say(FALLING, chance=told)
    said = ABOVE if chance >= threshold else NOT_YET_PAST
    return language.say(said, chance=told, threshold=language.chance(threshold))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [ABOVE, FALLING, NOT_YET_PAST]
