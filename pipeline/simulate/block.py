"""A block of customers with everything that happened to them: what each table is told from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.simulate.calendar import WEEK, WORKING_DAYS, Calendar, Flags, Floats, Ints
from pipeline.simulate.catalogue import Catalogue, Repertoire
from pipeline.simulate.course import Lives
from pipeline.simulate.lines import Lines
from pipeline.simulate.names import customer_ids
from pipeline.simulate.orders import Orders
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.parameters_tables import TableParameters
from pipeline.simulate.population import WEEKS_A_YEAR, Hidden

CENTS = 100


@dataclass(frozen=True)
class Block:
    """The customers of a block, their lives, orders and lines, and what they choose from.

    `series` is its part of order numbers: "A003"; `promised` (orders,): days for which the orders were promised. The
    tables tell only of customers that ever ordered, and only of what happened before the history ends.
    """

    series: str
    calendar: Calendar
    of: Parameters
    tells: TableParameters
    hidden: Hidden
    lives: Lives
    orders: Orders
    promised: Ints
    lines: Lines
    repertoire: Repertoire
    catalogue: Catalogue

    @cached_property
    def names(self) -> pa.Array:
        """What the customers are called, (n,)."""
        return customer_ids(self.hidden.number)

    @cached_property
    def first(self) -> Ints:
        """Day of the first order of each customer (n,), `calendar.end` where there is none."""
        found = np.full(self.hidden.count, self.calendar.end)
        np.minimum.at(found, self.orders.customer, self.orders.day)
        return found

    def whose(self, rows: Ints) -> pa.Array:
        """The names of customers by their row in the block."""
        return self.names.take(pa.array(rows))

    @property
    def present(self) -> Flags:
        """Whether the supplier deals with a customer (weeks, n): it has begun, and will have ordered in the history."""
        week = np.arange(self.calendar.weeks)[:, None]
        return (week >= self.hidden.start[None, :]) & (self.first < self.calendar.end)[None, :]

    def ordered_within(self, weeks: int) -> Flags:
        """Whether each customer ordered in a week or the `weeks` before it (weeks of the calendar, n)."""
        week = np.arange(self.calendar.weeks)[:, None]
        last = np.full(self.lives.mode.shape, -weeks - 1)
        last[self.orders.week, self.orders.customer] = self.orders.week
        within: Flags = week - np.maximum.accumulate(last, axis=0) <= weeks
        return within

    def happenings(self, random: np.random.Generator, a_year: Floats, where: Flags) -> tuple[Ints, Ints]:
        """Weeks and customers of what happens by chance, `a_year` times a year (weeks, n), in the history, `where`."""
        number = random.poisson(np.broadcast_to(a_year / WEEKS_A_YEAR, where.shape)) * where
        number[: self.calendar.history // WEEK + 1] = 0
        week, customer = np.nonzero(number)
        again = number[week, customer]
        return np.repeat(week, again), np.repeat(customer, again)

    def working_day(self, random: np.random.Generator, week: Ints) -> Ints:
        """A day of each week, Monday to Friday."""
        return week * WEEK + random.integers(0, WORKING_DAYS, week.size)

    def dates(self, days: Ints, missing: Flags | None = None) -> pa.Array:
        """Days as dates; those `missing`, and those after the end of the history, are null."""
        empty = days >= self.calendar.end
        return pa.array(self.calendar.dates(days), mask=empty if missing is None else empty | missing, type=pa.date32())


def money(cents: npt.NDArray[np.generic]) -> pa.Array:
    """Cents as an amount with two decimals."""
    return pa.array(np.rint(cents.astype(np.float64)) / CENTS)
