"""Numbers that a value rests on and that no expression can state, because they hold for all who read a table or a fit.

Whatever a feature chooses for itself it states: a threshold is part of its leaf. What is left is named here, with who
rests on it, and enters the fingerprint: a model is never asked with another number than it learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from features import btyd, cohort
from features.engine import facts, order_columns, primitives
from features.engine.expression import Cohort, Expression, Leaf, children
from features.engine.table_leaf import TableLeaf

READS_ENDS = {"latest", "stock", "standing", "longest_left"}
"""Primitives that look at when a row of a table ends."""


@dataclass(frozen=True)
class Assumption:
    """A number `name`, what it is at present, and which parts of an expression rest on it."""

    name: str
    value: Callable[[], object]
    rests: Callable[[Expression], bool]


def _columns(leaf: TableLeaf) -> set[str]:
    return {leaf.column, *(condition.column for condition in leaf.conditions)}


def _reads(table: str, column: str) -> Callable[[Expression], bool]:
    """Whether a part reads this column of these events, also where a primitive reads it unasked."""

    def rests(part: Expression) -> bool:
        if not isinstance(part, TableLeaf) or part.table != table:
            return False
        return column in _columns(part) or (column in {"ends", "ended"} and part.primitive in READS_ENDS)

    return rests


def _decided(part: Expression) -> bool:
    return isinstance(part, TableLeaf) and part.table == "decisions"


def _season(part: Expression) -> bool:
    return isinstance(part, Leaf) and part.primitive == "season"


def _fits(part: Expression) -> bool:
    return isinstance(part, Cohort) and part.name == "buying"


ASSUMPTIONS = (
    Assumption("UNDECIDED_DAYS", lambda: facts.UNDECIDED_DAYS, _decided),
    Assumption("UNDECIDED_DAYS", lambda: facts.UNDECIDED_DAYS, _reads("quotes", "ended")),
    Assumption("DAYS_A_MONTH", lambda: facts.DAYS_A_MONTH, _reads("investments", "ends")),
    Assumption("INTEGRATED", lambda: " ".join(order_columns.INTEGRATED), _reads("purchases", "integrated")),
    Assumption("DAYS_A_YEAR", lambda: primitives.DAYS_A_YEAR, _season),
    Assumption("DAYS_A_WEEK", lambda: cohort.DAYS_A_WEEK, _fits),
    Assumption("MOST_FITTED", lambda: btyd.MOST_FITTED, _fits),
    Assumption("FEWEST_FITTED", lambda: btyd.FEWEST_FITTED, _fits),
    Assumption("BOUND", lambda: btyd.BOUND, _fits),
)
"""One line for each number and who rests on it."""


def assumed_by(expression: Expression) -> dict[str, str]:
    """The numbers an expression rests on beside those it states, by name, in the order of `ASSUMPTIONS`."""
    parts = [*_parts(expression)]
    return {each.name: str(each.value()) for each in ASSUMPTIONS if any(map(each.rests, parts))}


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in children(expression):
        yield from _parts(child)
