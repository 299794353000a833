"""How one value of one customer came about: the expression as a tree with its values, each leaf with its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.engine.declaration import Feature
from features.engine.evaluation import Columns, add_cohorts, cohorts
from features.engine.everybody import with_market
from features.engine.expression import Cohort, Constant, Expression, Horizon, Leaf, Operation, children, leaves
from features.engine.market import purchased
from features.engine.passing import passing
from features.engine.plan import ELIGIBLE, ORDER_DAYS, SILENT_DAYS, Population, leaf_values
from features.engine.store import EPOCH, LineStore, day_number
from features.engine.table_leaf import TableLeaf
from features.engine.tables import TableEvents
from features.errors import DataProblem

Shown = dict[str, str | float | None]


@dataclass(frozen=True)
class Part:
    """One part of an expression: its text, its value (None for null), the parts below, and a leaf's rows.

    A row holds its day, its amount or other numbers and its texts, whatever its table has.
    """

    text: str
    value: float | None
    parts: tuple[Part, ...] = ()
    rows: tuple[Shown, ...] = ()


def explain(
    feature: Feature, store: LineStore, customer: str, cutoff: date, *, horizon_days: int, population: Population
) -> Part:
    """The value of `feature` for a customer at a cutoff, and that of everything it is made of.

    Raises:
        DataProblem: nothing is known of the customer before the cutoff.
    """
    days = np.array([day_number(cutoff)], dtype=np.int32)
    wanted = leaves(feature.expression) | leaves(ORDER_DAYS) | leaves(SILENT_DAYS)
    dense = leaf_values(with_market(store, days, wanted, horizon_days), days, wanted, horizon_days)
    order_days, silent_days = (next(iter(leaves(each))) for each in (ORDER_DAYS, SILENT_DAYS))
    known = dense[order_days][:, 0] > 0
    place = _place(store, known, customer, cutoff)
    eligible = population.status(dense[order_days][known, 0], dense[silent_days][known, 0]) == ELIGIBLE
    columns = Columns(int(known.sum()), horizon_days, {leaf: value[known, 0] for leaf, value in dense.items()})
    add_cohorts(columns, cohorts([feature.expression]), np.zeros(columns.rows, dtype=np.int32), eligible)
    one = _One(store, int(np.flatnonzero(store.customer_ids == customer)[0]), day_number(cutoff), horizon_days)
    return one.part(feature.expression, columns, place)


def _place(store: LineStore, known: npt.NDArray[np.bool_], customer: str, cutoff: date) -> int:
    """Where the customer stands among those known."""
    found = np.flatnonzero(store.customer_ids[known] == customer)
    if found.size:
        return int(found[0])
    raise DataProblem(
        "Nothing is known of this customer before the date.",
        where="--customer, --as-of",
        got=f"{customer} at {cutoff}",
        expected="a customer with an order that was known before",
        todo="check the spelling of the customer, or choose a later date",
    )


@dataclass(frozen=True)
class _One:
    """One customer of a store, by index, at one cutoff (days since 1970-01-01)."""

    store: LineStore
    customer: int
    cutoff: int
    horizon_days: int

    def part(self, expression: Expression, columns: Columns, place: int) -> Part:
        """An expression with its value and everything below it."""
        value = float(columns.value(expression)[place])
        below = tuple(self.part(child, columns, place) for child in children(expression))
        rows = tuple(self.rows(expression)) if isinstance(expression, Leaf) else ()
        return Part(_label(expression), None if np.isnan(value) else value, below, rows)

    def rows(self, leaf: Leaf) -> list[Shown]:
        """The rows of the customer that the leaf looked at: those of its window, known before the cutoff, that pass."""
        events = self._events(leaf)
        if events is None:
            return []
        low, high = events.offsets[self.customer : self.customer + 2]
        start, stop = (
            self.cutoff - length.resolve(self.horizon_days) for length in (leaf.window.start, leaf.window.stop)
        )
        passes = (
            passing(events, leaf.conditions) if isinstance(leaf, TableLeaf) else np.ones(events.day.size, dtype=bool)
        )
        inside = (
            (events.day >= start) & (events.day < min(stop, self.cutoff)) & (events.known_on < self.cutoff) & passes
        )
        return [_shown(events, row) for row in range(low, high) if inside[row]]

    def _events(self, leaf: Leaf) -> TableEvents | None:
        if not isinstance(leaf, TableLeaf):
            return None if leaf.table == "calendar" else _order_lines(self.store, returns=leaf.table == "returns")
        return _order_lines(self.store) if leaf.table == "purchases" else self.store.tables.get(leaf.table)


def _order_lines(store: LineStore, *, returns: bool = False) -> TableEvents:
    """The lines of purchases or of returns, with amounts in cents and pieces in thousandths."""
    if not returns:
        return purchased(store).events
    numbers = {} if store.cents is None else {"amount": store.cents.astype(np.float64)}
    return TableEvents(store.offsets, store.day, store.known, numbers).select(store.taken_back)


def _shown(events: TableEvents, row: int) -> Shown:
    """A row for people: its day, then every number and text it has."""
    found: Shown = {"day": str(EPOCH + timedelta(days=int(events.day[row])))}
    for name, numbers in events.numbers.items():
        if name != "rows" and not np.isnan(numbers[row]):
            found[name] = _day(numbers[row]) if name in DAYS else float(numbers[row])
    for name, codes in events.codes.items():
        if codes[row] >= 0 and name in events.choices:
            found[name] = events.choices[name][codes[row]]
    return found


DAYS = {"starts", "ends", "ended"}
"""Columns of events that hold days since 1970-01-01."""


def _day(number: float) -> str:
    return str(EPOCH + timedelta(days=int(number)))


def _label(expression: Expression) -> str:
    """The expression in one line, without what is below it."""
    if isinstance(expression, Operation):
        return expression.name.replace("_", " ")
    if isinstance(expression, Cohort):
        return f"{expression.output} among customers known then ({expression.name})"
    if isinstance(expression, Constant | Horizon):
        return "horizon in days" if isinstance(expression, Horizon) else "constant"
    return str(expression)
