"""What needs everybody, cutoff by cutoff: columns lie in the order of the cutoffs from the moment they are written.

Of one cutoff the columns stay in the cache, and nothing is cut out of a column or mended afterwards but the features
themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.engine import kernels_of_columns
from features.engine.draft import ELIGIBLE, Draft, Programs, Question
from features.engine.evaluation import Array, Columns, cohorts, give_cohorts
from features.engine.expression import Expression, children, needs_cohort


def add_cohort_features(draft: Draft, question: Question, programs: Programs) -> None:
    """Write the features that need a cohort, one by one."""
    given = draft.kept.by_part(programs.kept) | _among_everybody(draft, question, programs)
    result = np.empty(len(draft.values), dtype=np.float32)
    for column, expression in enumerate(question.expressions):
        if not needs_cohort(expression):
            continue
        parts, wanted = {*_given_parts(expression, given)}, cohorts([expression])
        for number in range(draft.own.cutoffs):
            rows = draft.own.cutoff(number)
            own = {part: _in_full(given[part][rows]) for part in parts}
            columns = Columns(rows.stop - rows.start, question.horizon_days, own)
            give_cohorts(columns, wanted, np.ones(columns.rows, dtype=bool))
            result[rows] = columns.value(expression)
        kernels_of_columns.pick(result, draft.own.place, draft.values[:, column])
        draft.room.settle()


def _in_full(value: npt.NDArray[np.floating]) -> Array:
    """Numbers of 64 bits, which all arithmetic is done in."""
    return value.astype(np.float64, copy=False)


def _given_parts(expression: Expression, given: Collection[Expression]) -> Iterator[Expression]:
    """The parts of an expression that are given, the largest of them."""
    if expression in given:
        yield expression
        return
    for child in children(expression):
        yield from _given_parts(child, given)


def _among_everybody(draft: Draft, question: Question, programs: Programs) -> dict[Expression, Array]:
    """The values of eligible rows, dealt by cutoff, that depend on everybody known."""
    given: dict[Expression, Array] = {
        node: draft.room.empty((len(draft.values),), np.float64) for node in programs.cohorts
    }
    shared = draft.shared.by_part(programs.everybody)
    inner = cohorts(argument for node in programs.cohorts for argument in node.arguments)
    with threadpool_limits(1, user_api="blas"):  # a fit has four parameters: more threads only wait for each other
        for number in range(draft.everybody.cutoffs if given else 0):
            rows, status = draft.everybody.cutoff(number), draft.status[:, number]
            parts = {part: _in_full(value[rows]) for part, value in shared.items()}
            columns = Columns(rows.stop - rows.start, question.horizon_days, parts)
            chosen = status[status >= 0] == ELIGIBLE
            give_cohorts(columns, programs.cohorts, chosen, asked=None if inner else chosen)
            for node, value in given.items():
                value[draft.own.cutoff(number)] = columns.found[node][chosen]
            draft.room.settle()
    return dict(given)
