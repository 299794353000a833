"""What moves between a customer and the supplier from week to week, whether it stays or not.

Of what a customer does the drivers know two things: what is due to it, and whether it deals with us. Service goes
wrong with orders alone, and only who stays puts something in, signs, or takes up articles. Somebody who has gone keeps
what it thought of the service, loses its ties, and is bound by no contract.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from pipeline.simulate.calendar import Calendar, Flags, Floats, Ints
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.population import WEEKS_A_YEAR, Hidden
from pipeline.simulate.service import Due

MISFIT, CONTENT = 0.7, 0.7
"""Small matters and returns double for each util below content. Ours, untested."""
STRANGERS = 0.15
"""Ties where nobody does anything for them. Ours, untested."""
LAST_QUARTER = 13
"""Weeks before its end in which a contract may be renewed early."""


@dataclass(frozen=True)
class Drivers:
    """The state of n relationships at the end of a week, each an array (n,).

    `mood`, `rivals`: utils. `let_down`: share of its orders that went wrong, as the customer remembers it;
    `satisfaction`: utils of what suits, less that, and the mood. `trouble`: a bad time of the service; `met`: and the
    customer has been let down in it. `failed`: in this week. `price`: own price over the peers', log.
    `ties`: 0 to 1. `invested`, `pledged`: what customer and supplier have put in and would lose, in years of spend.
    `contract`: weeks left, 0 without. `need`: business against the usual, log. `breadth`: articles known.
    `invests`, `pledges`: years of spend put in this week; `joint`: the supplier put in as much as the customer, beside
    what it does alone.
    `signs`: weeks of a contract signed this week; `renews`: it renews a running one.
    """

    satisfaction: Floats
    mood: Floats
    let_down: Floats
    rivals: Floats
    trouble: Flags
    met: Flags
    price: Floats
    ties: Floats
    invested: Floats
    pledged: Floats
    contract: Floats
    need: Floats
    breadth: Floats
    failed: Flags
    invests: Floats
    pledges: Floats
    joint: Flags
    signs: Floats
    renews: Flags

    def take(self, rows: Ints) -> Self:
        """The relationships in `rows`, which may repeat."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})


class Dealings(NamedTuple):
    """How n customers deal with us in a week, each (n,): what is `due`; `begun` to need something; `stays`: it deals
    with us as ever; `leaves`: it has decided to go, or is gone.
    """

    due: Due
    begun: Flags
    stays: Flags
    leaves: Flags


def sigmoid(x: Floats) -> Floats:
    """The logistic function."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def misfit(satisfaction: npt.NDArray[Any]) -> Floats:
    """How often something is wrong with the goods against a customer who is content: more, the less it is."""
    return np.exp(np.clip(MISFIT * (CONTENT - satisfaction.astype(np.float64)), -1.5, 1.5))


def begin(random: np.random.Generator, hidden: Hidden, of: Parameters) -> Drivers:
    """Relationships as they begin: nothing invested, no contract, the first articles known."""
    zero, no = np.zeros(hidden.count), np.zeros(hidden.count, dtype=bool)
    mood = random.normal(0, 0.3, hidden.count)
    return Drivers(
        satisfaction=hidden.fit + mood,
        mood=mood,
        let_down=zero,
        rivals=hidden.rivals + random.normal(0, 0.3, hidden.count),
        trouble=no,
        met=no,
        price=zero,
        ties=_usual_ties(hidden),
        invested=zero,
        pledged=zero,
        contract=zero,
        need=of.course.need_begin * random.standard_normal(hidden.count),
        breadth=hidden.repertoire,
        failed=no,
        invests=zero,
        pledges=zero,
        joint=no,
        signs=zero,
        renews=no,
    )


def advance(
    random: np.random.Generator,
    hidden: Hidden,
    now: Drivers,
    week: int,
    calendar: Calendar,
    of: Parameters,
    deals: Dealings,
) -> Drivers:
    """The drivers one week on, at the end of `week`. What a customer begins with it keeps until its own start."""
    course, chance, noise = of.course, random.random((2, hidden.count)), random.standard_normal((3, hidden.count))
    trouble = np.where(now.trouble, chance[0] >= course.mended, chance[0] < _goes_wrong(hidden, of))
    mood = now.mood * (1 - course.pull) + course.mood * noise[0]
    let_down = deals.due.opinion(now.let_down, course.weight)
    invested, invests, pledges, joint = _put_in(random, hidden, now, of, deals.stays)
    signs, renews = _signs(chance[1], hidden, now, of, deals.stays)
    runs = np.where(signs > 0, now.contract + signs, np.maximum(now.contract - 1, 0))
    return Drivers(
        satisfaction=hidden.fit + mood - course.failure * let_down,
        mood=mood,
        let_down=let_down,
        rivals=now.rivals + course.rivals_pull * (hidden.rivals - now.rivals) + course.rivals_noise * noise[1],
        trouble=trouble,
        met=trouble & (now.met | deals.due.failed),
        price=_price(random, hidden, now, of) * deals.begun if calendar.price_round[week] else now.price,
        ties=_ties(random, hidden, now, of, deals.leaves),
        invested=invested + invests,
        pledged=now.pledged * (1 - 1 / of.pledges.life) + pledges + invests * joint,
        contract=np.where(deals.leaves, 0.0, runs),
        need=now.need * (1 - course.need_pull) + course.need_noise * noise[2],
        breadth=now.breadth + deals.stays * hidden.curiosity / WEEKS_A_YEAR * 2 * gain(now, of),
        failed=deals.due.failed,
        invests=invests,
        pledges=pledges,
        joint=joint,
        signs=signs,
        renews=renews,
    )


def gain(now: Drivers, of: Parameters) -> Floats:
    """How much a customer sees in the relationship, 0 to 1: a half where it is as good as the usual alternative."""
    slope = of.habits.curiosity_slope
    return 0.5 * (1 - slope) + slope * sigmoid((now.satisfaction - of.utility.price * now.price - now.rivals) / 0.5)


def _usual_ties(hidden: Hidden) -> Floats:
    """People know each other where somebody looks after the customer, and some do where nobody does."""
    return STRANGERS + 0.7 * (0.35 + 0.65 * hidden.care) * (0.4 + 0.6 * hidden.orientation)


def _ties(random: np.random.Generator, hidden: Hidden, now: Drivers, of: Parameters, leaves: Flags) -> Floats:
    """Ties grow slowly, and most of them go with the person who leaves; those to a customer that has left fade."""
    grown = now.ties + of.course.ties_pull * (np.where(leaves, STRANGERS, _usual_ties(hidden)) - now.ties)
    return np.where(random.random(hidden.count) < of.course.contact_leaves, 0.4 * grown, grown)


def _goes_wrong(hidden: Hidden, of: Parameters) -> Floats:
    return of.course.trouble + of.course.neglect * (1 - hidden.care) ** 2


def _price(random: np.random.Generator, hidden: Hidden, now: Drivers, of: Parameters) -> Floats:
    """The yearly round: without care prices rise beyond the peers', most of all where leaving is costly."""
    course, utility = of.course, of.utility
    locked = np.minimum((investment_cost(now, of) + risk_cost(hidden, of)) / (utility.invested + utility.risk), 1)
    rise = (1 - hidden.care) * (course.price_round + course.price_lock * locked)
    return course.price_keeps * now.price + rise + random.normal(-0.01, course.price_noise, hidden.count)


def _put_in(
    random: np.random.Generator, hidden: Hidden, now: Drivers, of: Parameters, stays: Flags
) -> tuple[Floats, Floats, Floats, Flags]:
    """What is left of the customer's investments, what it puts in this week, what the supplier puts in of its own
    accord, and whether it joins in with the customer.
    """
    pledges = of.pledges
    size = pledges.amount * np.exp(pledges.amount_spread * random.standard_normal((2, hidden.count)))
    chance = random.random((2, hidden.count))
    willing = pledges.invests * hidden.orientation * gain(now, of) * stays
    pledged = size[1] * (chance[1] < pledges.pledges * hidden.care * hidden.orientation * stays)
    joint = chance[0] < pledges.joint * willing
    return now.invested * (1 - 1 / pledges.life), size[0] * (chance[0] < willing), pledged, joint


def _signs(chance: Floats, hidden: Hidden, now: Drivers, of: Parameters, stays: Flags) -> tuple[Floats, Flags]:
    """Weeks of a contract signed in this week, 0 if none, and whether it renews a running one."""
    pledges = of.pledges
    willing = hidden.orientation * gain(now, of) * stays
    running = now.contract > 0
    renews = running & (now.contract <= LAST_QUARTER) & (chance < pledges.renews * willing)
    term = np.where(hidden.orientation > 0.7, 2.0, 1.0) * pledges.term
    return np.where(renews | (~running & (chance < pledges.signs * willing)), term, 0.0), renews


def investment_cost(now: Drivers, of: Parameters) -> Floats:
    """What leaving would abandon, in utils: investments, and the rest of a contract."""
    utility = of.utility
    sunk = utility.invested * -np.expm1(-now.invested / utility.invested_years)
    return sunk + np.minimum(utility.contract * now.contract / WEEKS_A_YEAR, utility.contract_most)


def risk_cost(hidden: Hidden, of: Parameters) -> Floats:
    """What the replacement might not deliver, in utils: felt where the purchase is critical and special."""
    utility = of.utility
    return utility.risk * hidden.criticality * (utility.risk_common + (1 - utility.risk_common) * hidden.speciality)
