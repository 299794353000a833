"""Figures of outcomes as people read them; what is not known is a dash."""

from __future__ import annotations

import math

from models.evaluation.interval import Interval
from models.explanation.language import ENGLISH, Language

NO_LIMIT = "no limit"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NO_LIMIT]


def share(value: float | Interval) -> str:
    """A share in per cent, with its interval where it has one."""
    if isinstance(value, Interval):
        return f"{share(value.value)} [{share(value.low)}, {share(value.high)}]"
    return "-" if math.isnan(value) else f"{value:.1%}"


def points(value: Interval) -> str:
    """A difference of shares in points of a hundred."""
    if math.isnan(value.value):
        return "-"
    return f"{100 * value.value:+.1f} [{100 * value.low:+.1f}, {100 * value.high:+.1f}]"


def points_of(value: float) -> str:
    """The size of such a difference, without sign: read beside `points`, where a "%" would be a share of something."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def money(value: Interval, language: Language = ENGLISH) -> str:
    """An amount, whole; an infinite one is without limit."""
    if math.isnan(value.value):
        return "-"
    figure, low, high = (
        language.text(NO_LIMIT) if math.isinf(each) else f"{each:,.0f}" for each in (value.value, value.low, value.high)
    )
    return f"{figure} [{low}, {high}]"


def whole(number: float) -> str:
    """A count, or a dash."""
    return "-" if math.isnan(number) else f"{number:,.0f}"
