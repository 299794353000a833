"""Expressions over columns: given what is known of each row, the value of any expression, each computed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.cohort import AMONG_ELIGIBLE, COHORT_FUNCTIONS
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
Flags = npt.NDArray[np.bool_]
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


@dataclass(frozen=True)
class Answer:
    """What the cohort function `name` made of its arguments (rows,) of one cutoff: outputs (rows,) by name."""

    name: str
    arguments: Sequence[Array]
    outputs: Mapping[str, Array]


def give_cohorts(columns: Columns, wanted: Sequence[Cohort], eligible: Flags, asked: Flags | None = None) -> None:
    """Compute the cohort values of the rows of one cutoff, inner before outer, and give them to `columns`.

    Where it is said for which rows they are `asked` (rows,), those of others may be anything. Of the same arguments
    values are computed once: two windows that both reach back to the first order of anybody hold the same orders.
    """
    known: list[Answer] = []
    for node in wanted:
        if node in columns.found:
            continue
        arguments = [columns.value(argument) for argument in node.arguments]
        alike = [other for other in wanted if (other.name, other.arguments) == (node.name, node.arguments)]
        names = [other.output for other in alike]
        answer = _known(known, node.name, arguments, names)
        if answer is None:
            outputs = COHORT_FUNCTIONS[node.name](arguments, eligible, names, asked)
            answer = Answer(node.name, arguments, outputs)
            known.append(answer)
        columns.found.update({other: answer.outputs[other.output] for other in alike})


def _known(known: Iterable[Answer], name: str, arguments: Sequence[Array], outputs: Iterable[str]) -> Answer | None:
    """What a function made of arguments that are bit by bit these, if it was asked for these outputs; else None."""
    for answer in known:
        alike = answer.name == name and len(answer.arguments) == len(arguments) and answer.outputs.keys() >= {*outputs}
        pairs = zip(answer.arguments, arguments, strict=False)
        if alike and all(np.array_equal(one.view(np.int64), other.view(np.int64)) for one, other in pairs):
            return answer
    return None


def add_cohorts(columns: Columns, wanted: list[Cohort], cutoff: Ints, eligible: Flags) -> None:
    """Compute the cohort values of rows at several cutoffs, `cutoff` (rows,), and give them to `columns`."""
    parts = frontier(argument for node in wanted for argument in node.arguments)
    given = {part: columns.value(part) for part in parts}
    columns.found.update({node: np.empty(columns.rows) for node in wanted})
    for number in np.unique(cutoff):
        rows = cutoff == number
        among = Columns(int(np.count_nonzero(rows)), columns.horizon_days, {p: v[rows] for p, v in given.items()})
        give_cohorts(among, wanted, eligible[rows])
        for node in wanted:
            columns.found[node][rows] = among.found[node]
