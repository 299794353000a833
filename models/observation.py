"""From a target to labels: what came of the eligible rows of a matrix, with hindsight, null until mature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from features.engine.evaluation import Columns, add_cohorts, cohorts
from features.engine.expression import Expression, children, leaves
from features.engine.leaf_values import leaf_values
from features.engine.plan import Matrix
from features.engine.store import Ints, LineStore, day_number
from models.event_rows import LINES, Asked, Rows, rows_of_lines
from models.target import Acts, After, Array, Found, OutcomeWindow, Target

Node = TypeVar("Node", bound=Expression)
CUSTOMERS_A_CHUNK = 20_000
Flags32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """What came of the eligible rows of a matrix, in their order.

    `label` and every act are (rows,) float32: 1, 0, or NaN where immature or not observable. `closes` (rows,) is the
    day, since 1970-01-01, from which on the label is known.
    """

    label: Flags32
    acts: dict[str, Flags32]
    closes: npt.NDArray[np.int64]


def observe(
    store: LineStore,
    matrix: Matrix,
    target: Target,
    window: OutcomeWindow,
    tables: Mapping[str, Rows] | None = None,
) -> Labels:
    """The labels of a matrix's eligible rows, with the hindsight of everything in `store`.

    A row is mature when its own window, which opens at T + gap, closes not after the end of the history; labels of
    other rows are NaN.

    Args:
        store: the order lines.
        matrix: who was eligible when.
        target: what is observed.
        window: gap and horizon.
        tables: the rows of the other history tables by name, where there are any; see `event_rows.rows_of_table`.
            An act that needs a table that is not here cannot be observed.
    """
    rows = matrix.spine.eligible
    customer, cutoff = matrix.spine.customer[rows], matrix.spine.cutoff[rows]
    days = np.array([day_number(day) for day in matrix.cutoffs], dtype=np.int32)
    expressions = (*target.acts.values(), target.label, target.closes)
    columns = Columns(customer.size, window.horizon_days, {})
    columns.found.update(_dense(store, customer, cutoff, days, window, expressions))
    columns.found.update(_from_rows(store, tables or {}, _asked(customer, days[cutoff], window), expressions))
    add_cohorts(columns, cohorts(expressions), cutoff, np.ones(customer.size, dtype=bool))
    return _matured(columns, target, days[cutoff] + window.gap_days, store.end)


def _matured(columns: Columns, target: Target, opens: Ints, end: int) -> Labels:
    """Labels where they are known by `end`."""
    closes = (opens + np.ceil(columns.value(target.closes))).astype(np.int64)

    def seen(expression: Expression) -> Flags32:
        return np.where(closes <= end, columns.value(expression), np.nan).astype(np.float32)

    acts: Acts = target.acts
    return Labels(seen(target.label), {name: seen(act) for name, act in acts.items()}, closes)


def _asked(customer: Ints, cutoff: Ints, window: OutcomeWindow) -> Asked:
    days = cutoff.astype(np.int64)
    return Asked(customer.astype(np.int64), days, days + window.gap_days, days + window.days_to_maturity)


def _from_rows(
    store: LineStore, tables: Mapping[str, Rows], asked: Asked, expressions: Sequence[Expression]
) -> dict[Expression, Array]:
    """What is found in the rows of tables, (rows,), customers in chunks; the order lines are one of the tables."""
    wanted = set().union(*(_nodes(expression, Found) for expression in expressions))
    found: dict[Expression, Array] = {node: np.full(asked.customer.size, np.nan) for node in wanted}
    for part in _parts(store):
        chosen = (asked.customer >= part.start) & (asked.customer < part.stop)
        for name in {node.table for node in wanted} & {*tables, LINES}:
            rows = _part_of(store, tables, name, part)
            for node in (node for node in wanted if node.table == name):
                found[node][chosen] = node.finding(rows, asked.take(chosen), dict(node.settings))
    return found


def _part_of(store: LineStore, tables: Mapping[str, Rows], name: str, part: range) -> Rows:
    """The rows of the customers of one chunk."""
    if name == LINES:
        rows = rows_of_lines(store.slice(part.start, part.stop))
        return rows.owned_by(rows.customer + part.start)
    rows = tables[name]
    return rows.take((rows.customer >= part.start) & (rows.customer < part.stop))


def _dense(
    store: LineStore,
    customer: Ints,
    cutoff: Ints,
    days: Ints,
    window: OutcomeWindow,
    expressions: Sequence[Expression],
) -> dict[Expression, Array]:
    """Everything of order lines before and after the cutoffs that the expressions need, each (rows,)."""
    found: dict[Expression, Array] = {}
    for part in _parts(store):
        chosen = (customer >= part.start) & (customer < part.stop)
        for expression, dense in _chunk_values(store, part, days, window, expressions).items():
            column = found.setdefault(expression, np.full(customer.size, np.nan))
            column[chosen] = dense[customer[chosen] - part.start, cutoff[chosen]]
    return found


def _parts(store: LineStore) -> Iterable[range]:
    return (
        range(first, min(first + CUSTOMERS_A_CHUNK, store.customers))
        for first in range(0, store.customers, CUSTOMERS_A_CHUNK)
    )


def _chunk_values(
    store: LineStore, part: range, days: Ints, window: OutcomeWindow, expressions: Sequence[Expression]
) -> dict[Expression, Array]:
    """Everything before and after the cutoffs that the expressions need, each (customers, K)."""
    chunk = store.slice(part.start, part.stop)
    before = set().union(*map(leaves, expressions))
    after = set().union(*(_nodes(expression, After) for expression in expressions))
    values: dict[Expression, Array] = dict(leaf_values(chunk, days, before, window.horizon_days).items())
    for ahead in {node.ahead for node in after}:
        shifted = days + np.int32(window.days_to(ahead))
        alike = [node for node in after if node.ahead == ahead]
        seen = leaf_values(chunk.settled(), shifted, {node.leaf for node in alike}, window.horizon_days)
        values |= {node: seen[node.leaf] for node in alike}
    return values


def _nodes(expression: Expression, kind: type[Node]) -> set[Node]:
    """Every part of the expression that is of a kind."""
    if isinstance(expression, kind):
        return {expression}
    return set().union(*(_nodes(child, kind) for child in children(expression)))
