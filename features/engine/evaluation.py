"""Expressions over columns: given what is known of each row, the value of any expression, each computed once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from features.cohort import COHORT_FUNCTIONS
from features.engine.arithmetic import OPERATIONS
from features.engine.expression import (
    Cohort,
    Constant,
    Expression,
    Horizon,
    Operation,
    children,
    needs_cohort,
)

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Columns:
    """Columns (rows,) by expression, filled as they are asked for."""

    def __init__(self, rows: int, horizon_days: int, given: dict[Expression, Array]) -> None:
        self.rows, self.horizon_days, self.found = rows, horizon_days, given

    def value(self, expression: Expression) -> Array:
        """The column (rows,) of `expression`; leaves and cohort values have to be given beforehand."""
        if expression not in self.found:
            self.found[expression] = self._compute(expression)
        return self.found[expression]

    def _compute(self, expression: Expression) -> Array:
        if isinstance(expression, Constant):
            return np.full(self.rows, expression.value)
        if isinstance(expression, Horizon):
            return np.full(self.rows, float(self.horizon_days))
        if isinstance(expression, Operation):
            arguments = [self.value(argument) for argument in expression.arguments]
            return np.asarray(OPERATIONS[expression.name](*arguments), dtype=np.float64)
        raise KeyError(f"no value was given for {expression}")


def frontier(expressions: Iterable[Expression]) -> set[Expression]:
    """The largest parts of `expressions` that need no cohort: what each customer alone can tell."""
    found: set[Expression] = set()
    for expression in expressions:
        if needs_cohort(expression):
            found |= frontier(children(expression))
        elif not isinstance(expression, (Constant, Horizon)):
            found.add(expression)
    return found


def cohorts(expressions: Iterable[Expression]) -> list[Cohort]:
    """Every cohort value the expressions need, inner before outer."""
    found: dict[Cohort, None] = {}
    for expression in expressions:
        found.update(dict.fromkeys(cohorts(children(expression))))
        if isinstance(expression, Cohort):
            found[expression] = None
    return list(found)


def add_cohorts(columns: Columns, wanted: list[Cohort], cutoff: Ints, eligible: npt.NDArray[np.bool_]) -> None:
    """Compute the cohort values, cutoff by cutoff, and give them to `columns`."""
    groups = [np.flatnonzero(cutoff == k) for k in np.unique(cutoff)]
    for node in wanted:
        if node in columns.found:
            continue
        arguments = [columns.value(argument) for argument in node.arguments]
        alike = [other.output for other in wanted if (other.name, other.arguments) == (node.name, node.arguments)]
        outputs = {name: np.full(columns.rows, np.nan) for name in alike}
        for rows in groups:
            part = COHORT_FUNCTIONS[node.name]([argument[rows] for argument in arguments], eligible[rows])
            for name, value in outputs.items():
                value[rows] = part[name]
        for name, value in outputs.items():
            columns.found[Cohort(node.name, name, node.arguments)] = value
