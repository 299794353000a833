"""In which unit a part of an expression is shown: amounts are kept in whole cents and pieces in thousandths.

A reader is shown currency and pieces instead. What only turns the one into the other is no step of its own for them.
"""

from __future__ import annotations

from collections.abc import Callable

from features.engine.expression import Cohort, Constant, Expression, Leaf, Operation
from features.engine.table_leaf import TableLeaf

CENTS, THOUSANDTHS = 100.0, 1000.0
MONEY = {
    *("spend", "amount", "listed", "list_amount", "cost", "costed"),
    *("committed", "specific", "won_amount", "ours", "total", "annual_revenue"),
}
"""Columns of events in cents."""
OF_A_COLUMN = {"total", "decayed", "latest", "standing", "stock", "fading"}
"""Primitives whose value is in the unit of their column."""
SPEND = {"size", "first_time_spend", "rare_spend", "steady_spend", "staple_spend"}
COMBINED: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("add", "subtract", "minimum", "maximum", "or_else"), max),
    "divide": lambda part, by: part / by,
    "multiply": lambda part, by: part * by,
    "where": lambda part, condition: part,
}
"""The scale of an operation from those of its arguments, which are alike, or of a constant of 0, in the first five."""


def scale(expression: Expression) -> float:
    """How many of the unit an expression is computed in make one of the unit it is shown in: 100 cents, or 1."""
    if isinstance(expression, Leaf):
        return _scale_of(expression)
    if isinstance(expression, Cohort):
        return scale(expression.arguments[0]) if expression.output in ("median", "largest", "commonest") else 1.0
    if not isinstance(expression, Operation) or turned(expression) is not None:
        return 1.0
    return COMBINED.get(expression.name, lambda *scales: 1.0)(*map(scale, expression.arguments))


def turned(expression: Expression) -> Expression | None:
    """The part that an operation only turns into the unit it is shown in anyway; None where it does more than that."""
    if not (isinstance(expression, Operation) and expression.name in ("divide", "multiply")):
        return None
    part, by = expression.arguments
    if not isinstance(by, Constant) or scale(part) == 1.0:
        return None
    factor = by.value if expression.name == "divide" else 1 / by.value
    return part if factor == scale(part) else None


def _scale_of(leaf: Leaf) -> float:
    if leaf.primitive in SPEND:
        return CENTS
    if leaf.primitive == "held_alone":
        return CENTS if leaf.option.split()[0] in MONEY else 1.0
    if leaf.primitive not in OF_A_COLUMN:
        return 1.0
    if leaf.column == "quantity" and not isinstance(leaf, TableLeaf):
        return THOUSANDTHS
    return CENTS if leaf.column in MONEY else 1.0
