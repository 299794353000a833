"""When the customers order: the k-th of evenly drawn chances, on open days, as the hidden state wants it.

A customer of evenness k orders at every k-th event of a Poisson process that runs k times as fast as its orders: its
gaps are Erlang distributed, k = 1 pure chance, larger k ever more regular. What is left of a gap is told by the phase,
the events since the last order, so that the truth can be reckoned exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.simulate.calendar import WEEK, WORKING_DAYS, Calendar, Floats, Ints, workday
from pipeline.simulate.population import Hidden
from pipeline.simulate.service import Fates, together


@dataclass(frozen=True)
class Orders:
    """Orders (orders,), sorted by customer, then day: row of the customer, day, and what became of it."""

    customer: Ints
    day: Ints
    fates: Fates

    @property
    def week(self) -> Ints:
        """The week of each order."""
        return self.day // WEEK

    @property
    def count(self) -> int:
        """How many orders."""
        return int(self.customer.size)


@dataclass(frozen=True)
class Events:
    """Events (events,) of n customers, sorted by customer, then day; every k-th one is an order.

    `phase` (n,): events since the last order when the warm-up begins.
    """

    customer: Ints
    day: Ints
    phase: Ints

    def phase_before(self, day: int, hidden: Hidden) -> Ints:
        """Events since the last order (n,), of those before `day`."""
        seen = np.bincount(self.customer[self.day < day], minlength=self.phase.size)
        return (self.phase + seen) % hidden.evenness


class OrderBook:
    """Events and orders of n customers as they come, one week after another: what comes of one may change the next."""

    def __init__(self, random: np.random.Generator, hidden: Hidden, calendar: Calendar) -> None:
        self._random, self._hidden, self._calendar = random, hidden, calendar
        self._begun = (random.random(hidden.count) * hidden.evenness).astype(np.int64)
        self._phase = self._begun
        self._events: list[tuple[Ints, Ints]] = []
        self._orders: list[tuple[Ints, Ints]] = []
        self._fates: list[Fates] = []

    def take(self, week: int, rate: Floats) -> Ints:
        """The rows of who orders in a week (orders,), sorted; `rate` (n,): orders on open days of the best season."""
        customer, day = _events(self._random, self._hidden, rate, week, self._calendar)
        evenness, first = self._hidden.evenness, np.searchsorted(customer, np.arange(rate.size))
        number = np.arange(customer.size) - first[customer] + 1 + self._phase[customer]
        ordered = number % evenness[customer] == 0
        self._phase = (self._phase + np.bincount(customer, minlength=rate.size)) % evenness
        self._events.append((customer, day))
        self._orders.append((customer[ordered], day[ordered]))
        return customer[ordered]

    def note(self, fates: Fates) -> None:
        """What became of the orders of the week that was taken last."""
        self._fates.append(fates)

    def events(self) -> Events:
        """All events."""
        customer, day = map(np.concatenate, zip(*self._events, strict=True))
        order = np.lexsort((day, customer))
        return Events(customer[order], day[order], self._begun)

    def orders(self) -> Orders:
        """The orders within the history."""
        customer, day = map(np.concatenate, zip(*self._orders, strict=True))
        order = np.lexsort((day, customer))
        order = order[day[order] >= self._calendar.history]
        return Orders(customer[order], day[order], together(self._fates).take(order))


def _events(
    random: np.random.Generator, hidden: Hidden, rate: Floats, week: int, calendar: Calendar
) -> tuple[Ints, Ints]:
    """Rows of customers and days of the events (events,) of a week, sorted by both."""
    number = random.poisson(rate * hidden.evenness)
    customer = np.repeat(np.arange(rate.size), number)
    own = random.random(customer.size) < hidden.round[customer]
    weekday = np.where(own, hidden.weekday[customer], random.integers(0, WORKING_DAYS, customer.size))
    day = week * WEEK + weekday
    happens = (random.random(customer.size) < calendar.open[day]) & (day < calendar.end)
    customer, day = customer[happens], day[happens]
    order = np.lexsort((day, customer))
    return customer[order], day[order]


def exposure(hidden: Hidden, calendar: Calendar, first: int, last: int) -> Floats:
    """The part (n,) of a week's events that falls on the days `[first, last)` of one week, season included."""
    days = np.arange(first, last)
    days = days[days % WEEK < WORKING_DAYS]
    on = np.zeros(WORKING_DAYS)
    on[days % WEEK] = calendar.open[days]
    return hidden.round * on[hidden.weekday] + (1 - hidden.round) * on.mean()


def draw_promises(random: np.random.Generator, orders: Orders, lead: float) -> Ints:
    """The working days (orders,) for which orders are promised: a day and `lead` more on average after they came."""
    return workday(orders.day + 1 + random.poisson(lead, orders.count))
