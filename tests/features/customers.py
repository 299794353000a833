"""Raw order lines, and what is known of a customer before a cutoff: plain Python, nothing shared with the engine."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from table_rows import RawTable

Value = float | None
OPTIONAL = (
    "product_id", "quantity", "net_amount", "category", "list_amount", "unit_cost", "channel", "is_return", "known_on"
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One raw order line."""

    customer: str
    order: str
    day: date
    product: str | None = "p"
    quantity: float | None = 1.0
    cents: int | None = 100
    category: str | None = "c"
    is_return: bool | None = False
    known: date | None = None
    list_cents: int | None = None
    unit_cost: int | None = None
    channel: str | None = None

    @property
    def known_on(self) -> date:
        return self.day if self.known is None else max(self.day, self.known)


@dataclass
class Customer:
    """What is known of one customer before a cutoff."""

    name: str
    cutoff: date
    horizon: int
    has: frozenset[str]
    bought: list[Line]
    returned: list[Line]
    cohort: Cohort = field(repr=False)
    raw: list[Line] = field(repr=False)
    tables: Mapping[str, RawTable] = field(repr=False)
    gap: int = 0

    def age(self, day: date) -> int:
        return (self.cutoff - day).days

    def within(self, lines: Iterable[Line], days: float = math.inf, ending: int = 0) -> list[Line]:
        """The lines of `[T - ending - days, T - ending)`; nothing reaches past the cutoff."""
        return [line for line in lines if max(ending, 0) < self.age(line.day) <= ending + days]

    @property
    def first(self) -> int:
        return max(self.age(line.day) for line in self.bought)

    @property
    def last(self) -> int:
        return min(self.age(line.day) for line in self.bought)


@dataclass
class Cohort:
    """All customers known at a cutoff, and the parameters fitted to them by length of the window of orders, or None."""

    customers: list[Customer] = field(default_factory=list)
    min_order_days: int = 3
    activity_days: int = 365
    poisson: dict[float, tuple[float, float] | None] = field(default_factory=dict)
    bg_nbd: dict[float, tuple[float, float, float, float] | None] = field(default_factory=dict)

    def status(self, c: Customer) -> str:
        if len({line.day for line in c.bought}) < self.min_order_days:
            return "new"
        return "lapsed" if c.last > self.activity_days else "eligible"

    def eligible(self) -> list[Customer]:
        return [c for c in self.customers if self.status(c) == "eligible"]

    def rank(self, c: Customer, value: Callable[[Customer], Value]) -> Value:
        """The share of eligible customers whose value is lower, ties counting half."""
        own, known = value(c), [v for peer in self.eligible() if (v := value(peer)) is not None]
        if own is None or not known:
            return None
        ties = sum(math.isclose(v, own, rel_tol=1e-12) for v in known)
        lower = sum(v < own and not math.isclose(v, own, rel_tol=1e-12) for v in known)
        return (lower + ties / 2) / len(known)

    def median(self, value: Callable[[Customer], Value]) -> Value:
        known = [v for c in self.eligible() if (v := value(c)) is not None]
        return statistics.median(known) if known else None


def is_taken_back(line: Line, has: frozenset[str]) -> bool:
    flagged = "is_return" in has and line.is_return is True
    negative = ("net_amount" in has and (line.cents or 0) < 0) or ("quantity" in has and (line.quantity or 0) < 0)
    return flagged or negative


def is_bought(line: Line, has: frozenset[str]) -> bool:
    return not is_taken_back(line, has) and ("net_amount" not in has or (line.cents or 0) > 0)


def known_before(lines: Iterable[Line], day: date, has: frozenset[str]) -> list[Line]:
    return [line for line in lines if (line.known_on if "known_on" in has else line.day) < day]


def cohort_at(
    lines: Sequence[Line],
    cutoff: date,
    horizon: int,
    has: frozenset[str] = frozenset(OPTIONAL),
    tables: Mapping[str, RawTable] | None = None,
    **rule: int,
) -> Cohort:
    """Everybody who had bought something by then, in the order of their names."""
    cohort, by_name = Cohort(**rule), defaultdict(list)
    for line in known_before(lines, cutoff, has):
        by_name[line.customer].append(line)
    for name in sorted(by_name):
        bought = [line for line in by_name[name] if is_bought(line, has)]
        returned = [line for line in by_name[name] if is_taken_back(line, has)]
        if bought:
            raw = [line for line in lines if line.customer == name]
            cohort.customers.append(Customer(name, cutoff, horizon, has, bought, returned, cohort, raw, tables or {}))
    return cohort
