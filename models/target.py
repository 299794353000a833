"""A target is a named outcome after the cutoff. This module holds the only view of the time after it.

Outcomes are watched over `[T + gap, T + gap + horizon)`. Seen from the end of that window they are ordinary
expressions with a look-back of one horizon, so the feature engine computes them at the shifted cutoffs. What other
tables show is found by a function over their rows, see `Found`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.days import Days, Window
from features.engine.declaration import ENGINE_VERSION
from features.engine.docstrings import documentation
from features.engine.expression import WHOLE, Expression, Leaf
from features.engine.store import day_number
from features.engine.view import HORIZON, ONE_HORIZON, HistoryView
from models.constants import constants_of
from models.event_rows import Asked, Rows

Array = npt.NDArray[np.float64]
KINDS = ("churn", "partnership")


@dataclass(frozen=True)
class OutcomeWindow:
    """The days `[T + gap_days, T + gap_days + horizon_days)` after a cutoff T."""

    gap_days: int
    horizon_days: int

    @property
    def days_to_maturity(self) -> int:
        """A label is mature at T once this many days after T are covered."""
        return self.days_to(ONE_HORIZON)

    def days_to(self, ahead: Days) -> int:
        """Days from a cutoff to the end of what lies `ahead` of the opening of the window."""
        return self.gap_days + ahead.resolve(self.horizon_days)


@dataclass(frozen=True)
class After(Expression):
    """A leaf seen from `ahead` days after the opening of the outcome window instead of from the cutoff."""

    leaf: Leaf
    ahead: Days = ONE_HORIZON

    def __str__(self) -> str:
        return f"after({self.leaf})" if self.ahead == ONE_HORIZON else f"after({self.leaf},{self.ahead})"


def mature_before(end: date, cutoff: date, window: OutcomeWindow) -> bool:
    """Whether the outcome window of `cutoff` has closed by `end`, the day after the last one known."""
    return day_number(cutoff) + window.days_to_maturity <= day_number(end)


Finding = Callable[[Rows, Asked, Mapping[str, float]], Array]


@dataclass(frozen=True)
class Found(Expression):
    """What `finding` makes of the rows of one table, by customer and cutoff; NaN for everybody without the table.

    `settings` are thresholds by name, and the text holds the constants that the function rests on as well: both belong
    to the meaning, the function only to the computation.
    """

    table: str
    name: str
    settings: tuple[tuple[str, float], ...]
    finding: Finding = field(compare=False, repr=False)

    def __str__(self) -> str:
        stated = ",".join(f"{name}={value!r}" for name, value in self.settings)
        assumed = "".join(f";{name}={value!r}" for name, value in constants_of(self.finding).items())
        return f"{self.table}:{self.name}({stated}{assumed})"


@dataclass(frozen=True)
class OutcomeView:
    """What a target may look at after the cutoff: totals and firsts over the whole outcome window, and other tables."""

    horizon: Expression = HORIZON
    length: Days = ONE_HORIZON

    def total(self, column: str) -> Expression:
        """The sum of an order-day column (days, orders, lines, spend, quantity) over the window."""
        return self._of("order_days", "total", column)

    def months_with_order(self, length: int = 30) -> Expression:
        """How many of the whole periods of `length` days, counted back from the window's end, hold an order."""
        return self._of("order_days", "periods", "days", f"{length} {WHOLE}")

    def new_repeated(self, key: str) -> Expression:
        """Keys (product, category) never bought before the window and bought on at least two days in it."""
        return self._of("lines", "first_time_repeated", key)

    def spend_on_new(self, key: str) -> Expression:
        """Spend in the window on keys never bought before it, in cents."""
        return self._of("lines", "first_time_spend", key)

    def first_order(self, within: int) -> Expression:
        """Days from the opening of the window to the first order in its first `within` days; 0 on the first day.

        It looks `within` days ahead whatever the horizon; NaN where there is no such order.
        """
        length = Days(within)
        return within - After(Leaf("order_days", "age", "first", Window(length)), length)

    def found(self, table: str, finding: Finding, **settings: float) -> Expression:
        """What a function over the rows of a table finds, see `Found`."""
        return Found(table, getattr(finding, "__name__", ""), tuple(sorted(settings.items())), finding)

    def _of(self, table: str, primitive: str, column: str, option: str = "") -> Expression:
        return After(Leaf(table, primitive, column, Window(self.length), option))


Acts = dict[str, Expression]


@dataclass(frozen=True)
class Definition:
    """Acts, the `label` made of them (default: all acts together), and when it `closes`.

    `closes` are the days from the opening of the outcome window until a customer's own label is known.
    """

    acts: Acts
    label: Expression | None = None
    closes: Expression = HORIZON


@dataclass(frozen=True)
class Target:
    """A named outcome: which acts are observed, each 1, 0 or NaN where not observable, and the label made of them."""

    name: str
    kind: str
    description: str
    idea: str
    source: str
    acts: Acts
    label: Expression
    closes: Expression

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits that change when a label may change."""
        acts = ";".join(f"{name}={act}" for name, act in self.acts.items())
        text = f"{ENGINE_VERSION}|{self.name}|{self.kind}|{acts}|{self.label}|{self.closes}"
        return hashlib.sha256(text.encode()).hexdigest()


def declare(kind: str, written: Callable[[HistoryView, OutcomeView], Acts | Definition], name: str = "") -> Target:
    """The target that `written` describes; its docstring holds the description, then `Idea:` and `Source:`.

    Raises:
        TypeError: the kind or name is none, the docstring lacks a part, or there are no acts.
    """
    name = name or getattr(written, "__name__", "")
    returned: Any = written(HistoryView(), OutcomeView())
    definition = returned if isinstance(returned, Definition) else Definition(returned)
    description, idea, source = documentation(written)
    lacking = {"a docstring": not description, "its idea": not idea, "its source": not source}
    lacking |= {"acts": not definition.acts}
    for part in (part for part, missing in lacking.items() if missing):
        raise TypeError(f"target {name!r} lacks {part}")
    if kind not in KINDS or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise TypeError(f"target {name!r} of kind {kind!r}: the kind is one of {', '.join(KINDS)}, the name lower case")
    label = all_of(definition.acts) if definition.label is None else definition.label
    return Target(name, kind, description, idea, source, definition.acts, label, definition.closes)


def all_of(acts: Acts) -> Expression:
    """All acts together: 0 as soon as one is known not to have happened, NaN where that is unknown."""
    first, *others = acts.values()
    for act in others:
        first = first & act
    return first
