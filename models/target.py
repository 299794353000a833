"""A target is a named outcome after the cutoff. This module holds the only view of the time after it.

Outcomes are watched over `[T + gap, T + gap + horizon)`. Seen from the end of that window they are ordinary
expressions with a look-back of one horizon, so the feature engine computes them at the shifted cutoffs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from features.engine.evaluation import Columns, add_cohorts, cohorts
from features.engine.expression import Days, Expression, Leaf, Window, children, leaves
from features.engine.plan import ELIGIBLE, Matrix, leaf_values
from features.engine.store import Ints, LineStore, day_number
from features.engine.view import ONE_HORIZON, HistoryView

Array = npt.NDArray[np.float64]
CUSTOMERS_A_CHUNK = 20_000


@dataclass(frozen=True)
class OutcomeWindow:
    """The days `[T + gap_days, T + gap_days + horizon_days)` after a cutoff T."""

    gap_days: int
    horizon_days: int

    @property
    def days_to_maturity(self) -> int:
        """A label is mature at T once this many days after T are covered."""
        return self.gap_days + self.horizon_days


@dataclass(frozen=True)
class After(Expression):
    """A leaf watched over the outcome window instead of before the cutoff."""

    leaf: Leaf

    def __str__(self) -> str:
        return f"after({self.leaf})"


@dataclass(frozen=True)
class OutcomeView:
    """What a target may look at after the cutoff: totals and firsts over the whole outcome window."""

    horizon: Expression = HistoryView().horizon
    length: Days = ONE_HORIZON

    def total(self, column: str) -> Expression:
        """The sum of an order-day column (days, orders, lines, spend, quantity) over the window."""
        return self._of("order_days", "total", column)

    def months_with_order(self, length: int = 30) -> Expression:
        """How many periods of `length` days, counted back from the window's end, hold an order."""
        return self._of("order_days", "periods", "days", str(length))

    def new_repeated(self, key: str) -> Expression:
        """Keys (product, category) never bought before the window and bought on at least two days in it."""
        return self._of("lines", "first_time_repeated", key)

    def spend_on_new(self, key: str) -> Expression:
        """Spend in the window on keys never bought before it, in cents."""
        return self._of("lines", "first_time_spend", key)

    def _of(self, table: str, primitive: str, column: str, option: str = "") -> Expression:
        return After(Leaf(table, primitive, column, Window(self.length), option))


Acts = dict[str, Expression]


@dataclass(frozen=True)
class Target:
    """A named outcome: which acts are observed, and the label, true where all of `required` are.

    `kind` is churn or partnership; `acts` are expressions that are 1, 0 or NaN where not observable.
    """

    name: str
    kind: str
    description: str
    acts: Acts

    @property
    def label(self) -> Expression:
        """All acts together: 0 as soon as one is known not to have happened, NaN where that is unknown."""
        first, *others = self.acts.values()
        for act in others:
            first = first & act
        return first


def declare(kind: str, written: Callable[[HistoryView, OutcomeView], Acts], name: str = "") -> Target:
    """The target that `written` describes; its docstring is the description.

    Raises:
        TypeError: it has no docstring or no acts.
    """
    description = (inspect.getdoc(written) or "").split("\n\n")[0].replace("\n", " ")
    acts = written(HistoryView(), OutcomeView())
    name = name or getattr(written, "__name__", "")
    if not description or not acts:
        raise TypeError(f"target {name!r} lacks {'a docstring' if not description else 'acts'}")
    return Target(name, kind, description, acts)


@dataclass(frozen=True)
class Labels:
    """What came of the eligible rows of a matrix, in their order.

    `label` and every act are (rows,) float32: 1, 0, or NaN where immature or not observable.
    """

    label: npt.NDArray[np.float32]
    acts: dict[str, npt.NDArray[np.float32]]


def observe(store: LineStore, matrix: Matrix, target: Target, window: OutcomeWindow) -> Labels:
    """The labels of a matrix's eligible rows, with the hindsight of everything in `store`.

    A cutoff T is mature when `T + gap + horizon` is not after the end of the history; labels of other cutoffs
    are NaN.
    """
    rows = matrix.spine.status == ELIGIBLE
    customer, cutoff = matrix.spine.customer[rows], matrix.spine.cutoff[rows]
    days = np.array([day_number(day) for day in matrix.cutoffs], dtype=np.int32)
    columns = Columns(customer.size, window.horizon_days, {})
    expressions = tuple(target.acts.values())
    for part in _parts(store, customer):
        values = _chunk_values(store, part, days, window, expressions)
        chosen = (customer >= part.start) & (customer < part.stop)
        for expression, dense in values.items():
            column = columns.found.setdefault(expression, np.full(customer.size, np.nan))
            column[chosen] = dense[customer[chosen] - part.start, cutoff[chosen]]
    add_cohorts(columns, cohorts(expressions), cutoff, np.ones(customer.size, dtype=bool))
    mature = (days + window.days_to_maturity <= store.end)[cutoff]
    acts = {name: np.where(mature, columns.value(act), np.nan).astype(np.float32) for name, act in target.acts.items()}
    return Labels(np.where(mature, columns.value(target.label), np.nan).astype(np.float32), acts)


def _parts(store: LineStore, customer: Ints) -> Iterable[range]:
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
    after = set().union(*map(_afters, expressions))
    values: dict[Expression, Array] = dict(leaf_values(chunk, days, before, window.horizon_days).items())
    shifted = days + np.int32(window.days_to_maturity)
    seen = leaf_values(chunk.settled(), shifted, {node.leaf for node in after}, window.horizon_days)
    return values | {node: seen[node.leaf] for node in after}


def _afters(expression: Expression) -> set[After]:
    if isinstance(expression, After):
        return {expression}
    return set().union(*(_afters(child) for child in children(expression)))


def mature_before(end: date, cutoff: date, window: OutcomeWindow) -> bool:
    """Whether the outcome window of `cutoff` has closed by `end`, the day after the last one known."""
    return day_number(cutoff) + window.days_to_maturity <= day_number(end)
