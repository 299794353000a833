"""When the customers order: the k-th of evenly drawn chances, on open days, as the hidden state wants it.

A customer of evenness k orders at every k-th event of a Poisson process that runs k times as fast as its orders: its
gaps are Erlang distributed, k = 1 pure chance, larger k ever more regular. What is left of a gap is told by the phase,
the events since the last order, so that the truth can be reckoned exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.simulate.calendar import WEEK, WORKING_DAYS, Calendar, Floats, Ints
from pipeline.simulate.population import Hidden


@dataclass(frozen=True)
class Orders:
    """Orders (orders,), sorted by customer, then day: row of the customer, day, and the week it lies in."""

    customer: Ints
    day: Ints

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


def draw_events(random: np.random.Generator, hidden: Hidden, rate: Floats, calendar: Calendar) -> Events:
    """The events of customers whose orders a week, on open days of the best season, are `rate` (weeks, n)."""
    weeks, count = rate.shape
    number = random.poisson(rate * hidden.evenness).T.ravel()
    place = np.repeat(np.arange(number.size), number)
    customer, week = np.divmod(place, weeks)
    own = random.random(place.size) < hidden.round[customer]
    weekday = np.where(own, hidden.weekday[customer], random.integers(0, WORKING_DAYS, place.size))
    day = week * WEEK + weekday
    happens = (random.random(place.size) < calendar.open[day]) & (day < calendar.end)
    order = np.argsort(customer[happens] * (weeks * WEEK) + day[happens], kind="stable")
    phase = (random.random(count) * hidden.evenness).astype(np.int64)
    return Events(customer[happens][order], day[happens][order], phase)


def orders_of(events: Events, hidden: Hidden, calendar: Calendar) -> Orders:
    """The orders within the history."""
    first = np.searchsorted(events.customer, np.arange(hidden.count))
    number = np.arange(events.customer.size) - first[events.customer] + 1 + events.phase[events.customer]
    ordered = (number % hidden.evenness[events.customer] == 0) & (events.day >= calendar.history)
    return Orders(events.customer[ordered], events.day[ordered])


def exposure(hidden: Hidden, calendar: Calendar, first: int, last: int) -> Floats:
    """The part (n,) of a week's events that falls on the days `[first, last)` of one week, season included."""
    days = np.arange(first, last)
    days = days[days % WEEK < WORKING_DAYS]
    on = np.zeros(WORKING_DAYS)
    on[days % WEEK] = calendar.open[days]
    return hidden.round * on[hidden.weekday] + (1 - hidden.round) * on.mean()
