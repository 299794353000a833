"""Expressions over columns: given what is known of each row, the value of any expression, each computed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from features.cohort import AMONG_ELIGIBLE, COHORT_FUNCTIONS
from features.engine import kernels_of_columns
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


def frontier(expressions: Iterable[Expression], given: Collection[Expression] = ()) -> list[Expression]:
    """The largest parts of `expressions` that need no cohort: what each customer alone can tell.

    What is `given`, and what it is made of, is left out.
    """
    found: dict[Expression, None] = {}
    for expression in expressions:
        if expression in given or isinstance(expression, (Constant, Horizon)):
            continue
        if needs_cohort(expression):
            found.update(dict.fromkeys(frontier(children(expression), given)))
        else:
            found[expression] = None
    return list(found)


def cohorts(expressions: Iterable[Expression]) -> list[Cohort]:
    """Every cohort value the expressions need, inner before outer."""
    found: dict[Cohort, None] = {}
    for expression in expressions:
        found.update(dict.fromkeys(cohorts(children(expression))))
        if isinstance(expression, Cohort):
            found[expression] = None
    return list(found)


def among_everybody(wanted: list[Cohort]) -> list[Cohort]:
    """Those of the cohort values that look at customers who are not eligible, and all they are made of."""
    found: set[Cohort] = set()
    for node in reversed(wanted):
        if node in found or node.name not in AMONG_ELIGIBLE:
            found |= {node, *cohorts(node.arguments)}
    return [node for node in wanted if node in found]


class Cohorts:
    """Rows (rows,) by cutoff, and who of them is eligible: columns are cut into one slice per cutoff, and mended."""

    def __init__(self, cutoff: Ints, eligible: npt.NDArray[np.bool_]) -> None:
        self.cutoff, counts = cutoff, np.bincount(cutoff)
        self.starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        self.slices = [slice(start, start + rows) for start, rows in zip(self.starts, counts, strict=True) if rows]
        row = np.arange(cutoff.size, dtype=np.uint32)
        order, self.place = np.empty_like(row), np.empty_like(row)
        kernels_of_columns.cut(row, self.cutoff, self.starts.copy(), order)
        kernels_of_columns.put(row, order, self.place)
        self.eligible = self._cut(eligible)

    def _cut(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.empty_like(column)
        kernels_of_columns.put(column, self.place, out)
        return out

    def add(self, columns: Columns, wanted: list[Cohort]) -> None:
        """Compute the cohort values, cutoff by cutoff, and give them to `columns`."""
        for node in wanted:
            if node in columns.found:
                continue
            arguments = [self._cut(columns.value(argument)) for argument in node.arguments]
            alike = [other.output for other in wanted if (other.name, other.arguments) == (node.name, node.arguments)]
            outputs = {name: np.empty(columns.rows) for name in alike}
            for rows in self.slices:
                own = [argument[rows] for argument in arguments]
                part = COHORT_FUNCTIONS[node.name](own, self.eligible[rows], alike)
                for name, value in outputs.items():
                    value[rows] = part[name]
            for name, value in outputs.items():
                mended = columns.found[Cohort(node.name, name, node.arguments)] = np.empty_like(value)
                kernels_of_columns.pick(value, self.place, mended)


def add_cohorts(columns: Columns, wanted: list[Cohort], cutoff: Ints, eligible: npt.NDArray[np.bool_]) -> None:
    """Compute the cohort values, cutoff by cutoff, and give them to `columns`."""
    Cohorts(cutoff, eligible).add(columns, wanted)
