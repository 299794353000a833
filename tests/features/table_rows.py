"""Raw rows of the optional tables, and what is known of them before a cutoff: plain Python, nothing of the engine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, wraps

from customers import Customer, Value

Row = Mapping[str, object]


class AbsentError(Exception):
    """The supplier lacks the table or the column."""


@dataclass(frozen=True)
class RawTable:
    """The rows a supplier has, and which columns; a null is None."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @cached_property
    def by_customer(self) -> dict[object, list[Row]]:
        found = defaultdict(list)
        for row in self.rows:
            found[row["customer_id"]].append(row)
        return dict(found)

    def of(self, customer: str) -> list[Row]:
        return self.by_customer.get(customer, [])


def told(c: Customer, table: str, *columns: str) -> list[Row]:
    """All rows of the customer, known or not."""
    found = c.tables.get(table)
    if found is None or set(columns) - set(found.columns):
        raise AbsentError
    return found.of(c.name)


def has(c: Customer, table: str, column: str) -> bool:
    return table in c.tables and column in c.tables[table].columns


def nullable(function: Callable[..., Value]) -> Callable[..., Value]:
    """Null where the supplier lacks what is needed."""

    @wraps(function)
    def wrapped(*arguments: object, **named: object) -> Value:
        try:
            return function(*arguments, **named)
        except AbsentError:
            return None

    return wrapped


def latest(*days: date | None) -> date | None:
    """The latest of the days that are known."""
    known = [day for day in days if day is not None]
    return max(known) if known else None


def seen(c: Customer, day: date | None, *known: date | None) -> bool:
    """It happened on `day`, and all of it was known before the cutoff."""
    return day is not None and latest(day, *known) < c.cutoff


def within(c: Customer, day: date, days: float = math.inf, ending: int = 0) -> bool:
    return max(ending, 0) < c.age(day) <= ending + days


def rows_of(
    c: Customer, table: str, happened: str, days: float = math.inf, ending: int = 0, columns: tuple[str, ...] = ()
) -> list[Row]:
    """The rows of a window that happened and were known on their own day."""
    return [
        row
        for row in told(c, table, *columns)
        if seen(c, row[happened], row.get("known_on")) and within(c, row[happened], days, ending)
    ]


def mean(values: list[float]) -> Value:
    return math.fsum(values) / len(values) if values else None


def minus(one: Value, other: Value) -> Value:
    return None if one is None or other is None else one - other


def times(one: Value, other: Value) -> Value:
    return None if one is None or other is None else one * other


def over_sum(recent: Value, before: Value) -> Value:
    """Difference over sum; null for nothing on both sides."""
    if recent is None or before is None or recent + before == 0:
        return None
    return (recent - before) / (recent + before)


def half_years(value: Callable[..., Value]) -> Callable[[Customer], Value]:
    """The value of the last 180 days less that of the 180 days before."""
    return lambda c: minus(value(c, 180), value(c, 180, ending=180))


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
