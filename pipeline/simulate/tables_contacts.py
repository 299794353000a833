"""The table of what was said between people: interactions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from features.history import INTERACTION_KINDS
from pipeline.simulate.block import Block
from pipeline.simulate.calendar import Flags, Floats, Ints, workday
from pipeline.simulate.drivers import misfit, sigmoid
from pipeline.simulate.names import labels, numbered

LEVELS = ("clerk", "buyer", "head of department", "managing director")
SIDES = ("customer", "supplier")
OURS = {
    "visit": 0.9, "advice": 1.0, "meeting": 0.6, "call": 0.5, "joint_project": 0.5, "training": 0.7, "email": 0.2,
    "ticket": 0.0,
}  # fmt: skip
"""Share of each kind that the supplier seeks. Ours, untested."""
NOTICED = 26
"""Weeks after the last order in which the supplier still tends a customer."""
SPEAKS_UP = 4
"""Days after an order was due within which it is complained about. Ours, untested."""
TRAINED = 0.4
"""Share of investments with which people were trained. Ours, untested."""
MOST_PEOPLE = 9
"""People at a customer whom the supplier may know when ties are full. Ours, untested."""


class Said(NamedTuple):
    """Contacts of one kind (contacts,): week, row of the customer, day, whether we sought it.

    `severity` and days until it was `settled` are 0 where there are none.
    """

    kind: str
    week: Ints
    customer: Ints
    day: Ints
    sought: Flags
    severity: Ints
    settled: Ints


def interactions(random: np.random.Generator, block: Block) -> pa.Table:
    """One contact: of the usual kinds as often as care and ties have it, and complaints where something failed."""
    said = [_usual(random, block, kind, a_year) for kind, a_year in _rates(block).items()]
    said += [_complaints(random, block), _trainings(random, block)]
    return pa.concat_tables([_rows(random, block, each) for each in said])


def _rates(block: Block) -> dict[str, Floats]:
    """How often a year (weeks, n) each kind happens."""
    contacts, hidden, told = block.tells.contacts, block.hidden, block.lives.told
    close = told["ties"].astype(np.float64)
    gains = sigmoid(-block.lives.ahead.astype(np.float64) / 0.8)
    ahead, care = hidden.orientation[None, :], hidden.care[None, :]
    return {
        "call": contacts.calls * (0.3 * care + 1.2 * close),
        "visit": contacts.visits * care * (0.4 + close),
        "meeting": contacts.meetings * care * ahead * 2 * close,
        "email": contacts.emails * (0.5 + close),
        "ticket": contacts.tickets * misfit(told["satisfaction"]),
        "advice": contacts.advice * care * (0.4 + close),
        "joint_project": contacts.joint_projects * care * ahead * gains,
    }


def _usual(random: np.random.Generator, block: Block, kind: str, a_year: Floats) -> Said:
    """Contacts until half a year after the last order. What the customer seeks ends when it goes, not what we seek."""
    here = block.ordered_within(NOTICED)
    week, customer = block.happenings(random, a_year, here)
    sought = random.random(week.size) < OURS[kind]
    kept = sought | block.lives.there[week, customer]
    week, customer, sought = week[kept], customer[kept], sought[kept]
    ticket = kind == "ticket"
    severity = random.integers(1, 3, week.size) * ticket
    at_once, contacts = random.random(week.size) < block.hidden.care[customer], block.tells.contacts
    settled = random.geometric(1 / np.where(at_once, contacts.resolved_fast, contacts.resolved_slow)) * ticket
    return Said(kind, week, customer, block.working_day(random, week), sought, severity, settled)


def _complaints(random: np.random.Generator, block: Block) -> Said:
    """Complaints about orders, in the days after they were due: nobody else has anything to complain about."""
    contacts, orders, fates = block.tells.contacts, block.orders, block.orders.fates
    about = np.flatnonzero(fates.complained)
    answered = fates.answered[about]
    day = workday(block.promised[about] + random.integers(1, SPEAKS_UP + 1, about.size))
    days = random.geometric(1 / np.where(answered, contacts.resolved_fast, contacts.resolved_slow))
    severity = 2 + random.binomial(3, np.where(answered, 0.35, 0.55))
    nobody = np.zeros(about.size, dtype=bool)
    return Said("complaint", orders.week[about], orders.customer[about], day, nobody, severity, days)


def _trainings(random: np.random.Generator, block: Block) -> Said:
    """Some trainings go with investments of either side."""
    told = block.lives.told
    put_in = (told["invests"] > 0) | (told["pledges"] > 0)
    week, customer = np.nonzero(put_in & block.lives.there & block.ordered_within(NOTICED))
    kept = random.random(week.size) < TRAINED
    week, customer = week[kept], customer[kept]
    none = np.zeros(week.size, dtype=np.int64)
    sought = random.random(week.size) < OURS["training"]
    return Said("training", week, customer, block.working_day(random, week), sought, none, none)


def _rows(random: np.random.Generator, block: Block, said: Said) -> pa.Table:
    ties = block.lives.told["ties"][said.week, said.customer]
    people = 1 + np.floor(MOST_PEOPLE * ties).astype(np.int64)
    person = np.floor(people * random.random(people.size) ** 1.5).astype(np.int64)
    level = np.minimum((person * 7 + block.hidden.number[said.customer] * 3) % 5, 3) * (person > 0)
    day, first, end = said.day, block.calendar.history, block.calendar.end
    return pa.table(
        {
            "customer_id": block.whose(said.customer),
            "happened_on": block.dates(day),
            "kind": labels(INTERACTION_KINDS, np.full(day.size, INTERACTION_KINDS.index(said.kind))),
            "contact_id": numbered("P", block.hidden.number[said.customer] * 10 + person),
            "contact_level": labels(LEVELS, level),
            "initiated_by": labels(SIDES, said.sought.astype(np.int64)),
            "severity": pa.array(said.severity.astype(np.float64), mask=said.severity == 0),
            "resolved_on": block.dates(day + said.settled, said.settled == 0),
            "known_on": block.dates(day),
        }
    ).filter(pa.array((day >= first) & (day < end)))
