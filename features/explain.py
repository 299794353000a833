"""How one value of one customer came about: the expression as a tree with its values, each leaf with its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.catalogue import is_computable
from features.engine.declaration import Feature
from features.engine.evaluation import Columns, add_cohorts, cohorts
from features.engine.everybody import with_market
from features.engine.expression import Cohort, Constant, Expression, Horizon, Leaf, Operation, children, leaves
from features.engine.leaf_values import leaf_values
from features.engine.plan import ELIGIBLE, ORDER_DAYS, SILENT_DAYS, Population
from features.engine.store import EPOCH, LineStore, day_number
from features.engine.table_leaf import EVENTS
from features.engine.tables import TableEvents
from features.errors import DataProblem
from features.explained_cohort import facts_of, missing
from features.explained_counts import counted
from features.explained_rows import Names, looked_at
from features.explained_units import CENTS, MONEY, scale, turned
from features.history import ORDER_LINES
from features.needs import needs_of

Shown = dict[str, str | float | bool]
DAYS = {"starts", "ends", "ended"}
"""Columns of events that hold days since 1970-01-01."""
NOT_SHOWN = {"rows", "listed", "costed", "channelled"}
"""Numbers of events that say what another one says."""
CALLED = {"order": "order_id", "product": "product_id"}
NO_NAMES: Names = {}


@dataclass(frozen=True)
class Part:
    """One part of an expression: its text, its value (None for null), the parts below, and a leaf's rows.

    Amounts are in currency, quantities in pieces. A row holds its day, whether it is `counted`, and its numbers and
    texts, whatever its table has. `why` says of a null what is missing, as far as it is not said below; `facts` how
    many customers a value among all rests on, and the parameters fitted to them.
    """

    text: str
    value: float | None
    parts: tuple[Part, ...] = ()
    rows: tuple[Shown, ...] = ()
    why: str = ""
    facts: Mapping[str, float] = field(default_factory=dict)


def explain(
    feature: Feature,
    store: LineStore,
    customer: str,
    cutoff: date,
    *,
    horizon_days: int,
    population: Population,
    names: Names = NO_NAMES,
) -> Part:
    """The value of `feature` for a customer at a cutoff, and that of everything it is made of.

    `names` are the texts that the store's codes of orders, products and categories stand for; those left out are not
    shown.

    Raises:
        DataProblem: nothing is known of the customer before the cutoff.
    """
    days = np.array([day_number(cutoff)], dtype=np.int32)
    wanted = leaves(feature.expression) | leaves(ORDER_DAYS) | leaves(SILENT_DAYS)
    store = with_market(store, days, wanted, horizon_days)
    dense = leaf_values(store, days, wanted, horizon_days)
    order_days, silent_days = (next(iter(leaves(each))) for each in (ORDER_DAYS, SILENT_DAYS))
    known = dense[order_days][:, 0] > 0
    place = _place(store, known, customer, cutoff)
    eligible = population.status(dense[order_days][known, 0], dense[silent_days][known, 0]) == ELIGIBLE
    columns = Columns(int(known.sum()), horizon_days, {leaf: value[known, 0] for leaf, value in dense.items()})
    add_cohorts(columns, cohorts([feature.expression]), np.zeros(columns.rows, dtype=np.int32), eligible)
    index = int(np.flatnonzero(known)[place])
    return _One(store.slice(index, index + 1), int(days[0]), columns, place, eligible, names).part(feature.expression)


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
    """One customer's `store` at a cutoff (days since 1970-01-01), at a `place` among the `columns` of all known."""

    store: LineStore
    cutoff: int
    columns: Columns
    place: int
    eligible: npt.NDArray[np.bool_]
    names: Names

    def part(self, expression: Expression) -> Part:
        """An expression with its value and everything below it."""
        value = float(self.columns.value(expression)[self.place])
        shown = None if np.isnan(value) else value / scale(expression)
        inner = turned(expression)
        if inner is not None:
            return replace(self.part(inner), value=shown)
        below = tuple(map(self.part, children(expression)))
        found = Part(_label(expression), shown, below)
        if isinstance(expression, Cohort):
            arguments = [self.columns.value(argument) for argument in expression.arguments]
            facts = facts_of(expression, arguments, self.eligible)
            found = replace(found, facts=facts, why=missing(expression, arguments, self.place, facts))
        elif isinstance(expression, Leaf):
            found = self._leaf(expression, found)
        elif isinstance(expression, Operation):
            found = replace(found, why=_why(expression, below))
        return found if shown is None else replace(found, why="")

    def _leaf(self, leaf: Leaf, found: Part) -> Part:
        if not is_computable(self.store, leaf):
            return replace(found, why=_lacking(leaf, self.store))
        looked = looked_at(leaf, self.store, self.cutoff, self.columns.horizon_days, self.names)
        if looked is None:
            return found
        counts = counted(looked)
        rows = tuple(_shown(looked.events, row, bool(counts[row])) for row in np.flatnonzero(looked.inside).tolist())
        return replace(found, rows=rows, why="too few rows in the window to say it" if rows else "no row in the window")


def _lacking(leaf: Leaf, store: LineStore) -> str:
    """What the supplier would have to give for a leaf: a whole table, or columns of one that is there."""
    needed = needs_of(leaf)
    there = {EVENTS[events] for events in store.tables} | {ORDER_LINES.name}
    missing = sorted({need.partition(".")[0] for need in needed} - there)
    if missing:
        return f"there is no table {' and no table '.join(missing)}"
    return f"not given: {', '.join(sorted(need for need in needed if '.' in need))}"


def _why(expression: Operation, below: tuple[Part, ...]) -> str:
    """Why an operation gives null, where its arguments do not."""
    if any(part.value is None for part in below):
        return ""
    return {"divide": "nothing to divide by", "where": "its condition does not hold"}.get(expression.name, "undefined")


def reasons(part: Part) -> list[str]:
    """What is missing where a value is null, each once; empty where there is a value."""
    if part.value is not None:
        return []
    found = [part.why] if part.why else []
    return list(dict.fromkeys([*found, *(why for below in part.parts for why in reasons(below))]))


def _shown(events: TableEvents, row: int, counts: bool) -> Shown:
    """A row for people: its day, whether it counts, then every text and number it has."""
    found: Shown = {"day": _day(events.day[row]), "counted": counts}
    for name, codes in events.codes.items():
        if codes[row] >= 0 and name in events.choices and events.choices[name][codes[row]]:
            found[CALLED.get(name, name)] = events.choices[name][codes[row]]
    for name, numbers in events.numbers.items():
        if name not in NOT_SHOWN and not np.isnan(numbers[row]):
            found[name] = _day(numbers[row]) if name in DAYS else float(numbers[row]) / (CENTS if name in MONEY else 1)
    return found


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
