"""Lengths of time, some in horizons, and the windows before a cutoff that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TypeAlias


@dataclass(frozen=True)
class Days:
    """A length of time: `fixed` days plus `horizons` times the configured horizon."""

    fixed: int
    horizons: int = 0

    def __add__(self, other: Days | int) -> Days:
        other = as_days(other)
        return Days(self.fixed + other.fixed, self.horizons + other.horizons)

    def __sub__(self, other: Days | int) -> Days:
        other = as_days(other)
        return Days(self.fixed - other.fixed, self.horizons - other.horizons)

    def __rsub__(self, other: int) -> Days:
        return as_days(other) - self

    def times(self, number: int) -> Days:
        """`number` times this length."""
        return Days(self.fixed * number, self.horizons * number)

    def resolve(self, horizon_days: int) -> int:
        """The length in whole days under a horizon of `horizon_days`."""
        return self.fixed + self.horizons * horizon_days

    def __str__(self) -> str:
        return f"{self.fixed}d+{self.horizons}h" if self.horizons else f"{self.fixed}d"


def as_days(length: Days | int) -> Days:
    """`length` as `Days`; a plain number means fixed days.

    Raises:
        TypeError: the number is not whole.
    """
    if isinstance(length, Days):
        return length
    if isinstance(length, bool) or not isinstance(length, Integral):
        raise TypeError(f"a length of time is a whole number of days, not {length!r}")
    return Days(int(length))


EVER = Days(36_500)
"""A look-back that no history exceeds (a century)."""


@dataclass(frozen=True)
class Window:
    """The days `[T - start, T - stop)` before a cutoff T."""

    start: Days
    stop: Days = Days(0)

    @property
    def mistake(self) -> str:
        """Why no day lies in the window, under any horizon; "" where nothing is wrong."""
        if _is_below(self.stop, 0):
            return "a window ends at the cutoff or before it, never after"
        return "there is no day in this window" if _is_below(self.start - self.stop, 1) else ""

    def __str__(self) -> str:
        return f"[T-{'ever' if self.start == EVER else self.start},T-{self.stop})"


def _is_below(length: Days, least: int) -> bool:
    """Whether a length is less than `least` days whatever the horizon, which is a day or longer."""
    return length.horizons <= 0 and length.resolve(1) < least


Length: TypeAlias = Days | int | None


def window(days: Length, ending: Days | int = 0) -> Window:
    """The window `[T - ending - days, T - ending)`; `days=None` reaches back to the beginning."""
    stop = as_days(ending)
    return Window(EVER if days is None else as_days(days) + stop, stop)
