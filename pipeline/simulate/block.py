"""A block of customers with everything that happened to them: what each table is told from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.simulate.calendar import WEEK, WORKING_DAYS, Calendar, Flags, Floats, Ints
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
    """The customers of a block, their lives, orders and lines; `series` is its part of order numbers: "A003".

    `names` (n,): what the customers are called; `first` (n,): day of the first order, `calendar.end` where there is
    none. The tables tell only of customers that ever ordered, and only of what happened before the history ends.
    """

    series: str
    calendar: Calendar
    of: Parameters
    tells: TableParameters
    hidden: Hidden
    lives: Lives
    orders: Orders
    lines: Lines
    names: pa.Array
    first: Ints

    def whose(self, rows: Ints) -> pa.Array:
        """The names of customers by their row in the block."""
        return self.names.take(pa.array(rows))

    def weeks_of(self, happens: Flags, since: int = 0) -> tuple[Ints, Ints]:
        """Week and customer of what happens (weeks, n): while the customer stays and is known, from day `since` on."""
        known = np.arange(self.calendar.weeks)[:, None] >= self.first[None, :] // WEEK
        told = happens & self.lives.there & (known | (since == 0)) & (self.first < self.calendar.end)
        told &= np.arange(self.calendar.weeks)[:, None] >= -(-since // WEEK)
        told &= np.arange(self.calendar.weeks)[:, None] >= self.hidden.start[None, :]
        week, customer = np.nonzero(told)
        return week, customer

    def happenings(self, random: np.random.Generator, a_year: Floats) -> tuple[Ints, Ints]:
        """Weeks and customers of things that happen by chance, `a_year` times a year (weeks, n) or (n,)."""
        shape = self.lives.mode.shape
        number = random.poisson(np.broadcast_to(a_year / WEEKS_A_YEAR, shape))
        week, customer = self.weeks_of(number > 0, self.calendar.history)
        again = number[week, customer]
        return np.repeat(week, again), np.repeat(customer, again)

    def working_day(self, random: np.random.Generator, week: Ints) -> Ints:
        """A day of each week, Monday to Friday."""
        return week * WEEK + random.integers(0, WORKING_DAYS, week.size)

    def dates(self, days: Ints, missing: Flags | None = None) -> pa.Array:
        """Days as dates; those `missing`, and those after the end of the history, are null."""
        empty = days >= self.calendar.end
        return pa.array(self.calendar.date(days), mask=empty if missing is None else empty | missing, type=pa.date32())


def money(cents: npt.NDArray[np.generic]) -> pa.Array:
    """Cents as an amount with two decimals."""
    return pa.array(np.rint(cents.astype(np.float64)) / CENTS)


def make_block(
    series: str,
    calendar: Calendar,
    of: Parameters,
    tells: TableParameters,
    hidden: Hidden,
    lives: Lives,
    orders: Orders,
    lines: Lines,
) -> Block:
    """The block with its customers' names and first days."""
    first = np.full(hidden.count, calendar.end)
    np.minimum.at(first, orders.customer, orders.day)
    return Block(series, calendar, of, tells, hidden, lives, orders, lines, customer_ids(hidden.number), first)
