"""What moves between a customer and the supplier from week to week, whether it stays or not.

The drivers never look at what a customer does: somebody who has gone finds, on coming back, what it would have found
had it stayed. So a course of the drivers can be drawn first, and all that hangs on it can be reckoned exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pipeline.simulate.calendar import Calendar, Flags, Floats, Ints
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.population import WEEKS_A_YEAR, Hidden

MISFIT, CONTENT = 0.7, 0.7
"""Small matters and returns double for each util below content. Ours, untested."""
LAST_QUARTER = 13
"""Weeks before its end in which a contract may be renewed early."""


@dataclass(frozen=True)
class Drivers:
    """The state of n relationships at the end of a week, each an array (n,).

    `satisfaction`, `rivals`: utils. `trouble`: a bad time of the service. `price`: own price over the peers', log.
    `ties`: 0 to 1. `invested`, `pledged`: what customer and supplier have put in and would lose, in years of spend.
    `contract`: weeks left, 0 without. `need`: business against the usual, log. `breadth`: articles known.
    `failed`: this week's delivery went wrong; `complained` about it; `answered` at once. `invests`, `pledges`: years
    of spend put in this week; `joint`: the supplier put in as much as the customer, beside what it does alone.
    `signs`: weeks of a contract signed this week; `renews`: it renews a running one.
    """

    satisfaction: Floats
    rivals: Floats
    trouble: Flags
    price: Floats
    ties: Floats
    invested: Floats
    pledged: Floats
    contract: Floats
    need: Floats
    breadth: Floats
    failed: Flags
    complained: Flags
    answered: Flags
    invests: Floats
    pledges: Floats
    joint: Flags
    signs: Floats
    renews: Flags

    def take(self, rows: Ints) -> Self:
        """The relationships in `rows`, which may repeat."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})


def sigmoid(x: Floats) -> Floats:
    """The logistic function."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def misfit(satisfaction: npt.NDArray[Any]) -> Floats:
    """How often something is wrong with the goods against a customer who is content: more, the less it is."""
    return np.exp(np.clip(MISFIT * (CONTENT - satisfaction.astype(np.float64)), -1.5, 1.5))


def begin(random: np.random.Generator, hidden: Hidden, of: Parameters) -> Drivers:
    """Relationships as they begin: nothing invested, no contract, the first articles known."""
    zero, no = np.zeros(hidden.count), np.zeros(hidden.count, dtype=bool)
    return Drivers(
        satisfaction=hidden.fit + random.normal(0, 0.3, hidden.count),
        rivals=hidden.rivals + random.normal(0, 0.3, hidden.count),
        trouble=no,
        price=zero,
        ties=_usual_ties(hidden),
        invested=zero,
        pledged=zero,
        contract=zero,
        need=of.course.need_begin * random.standard_normal(hidden.count),
        breadth=hidden.repertoire,
        failed=no,
        complained=no,
        answered=no,
        invests=zero,
        pledges=zero,
        joint=no,
        signs=zero,
        renews=no,
    )


def advance(
    random: np.random.Generator, hidden: Hidden, now: Drivers, week: int, calendar: Calendar, of: Parameters
) -> Drivers:
    """The drivers one week on, at the end of `week`. What a customer begins with it keeps until its own start."""
    course, chance = of.course, random.random((5, hidden.count))
    trouble = np.where(now.trouble, chance[0] >= course.mended, chance[0] < _goes_wrong(hidden, of))
    failed = chance[1] < np.where(trouble, course.bad_week_in_trouble, course.bad_week)
    complained = failed & (chance[2] < course.complains)
    answered = complained & (chance[3] < hidden.care)
    hurt = course.failure * failed * np.where(answered, 1 - course.repaired, 1.0)
    noise = random.standard_normal((3, hidden.count))
    invested, invests, pledges, joint = _put_in(random, hidden, now, of)
    signs, renews = _signs(chance[4], hidden, now, of)
    return Drivers(
        satisfaction=now.satisfaction + course.pull * (hidden.fit - now.satisfaction) + course.mood * noise[0] - hurt,
        rivals=now.rivals + course.rivals_pull * (hidden.rivals - now.rivals) + course.rivals_noise * noise[1],
        trouble=trouble,
        price=_price(random, hidden, now, of) if calendar.price_round[week] else now.price,
        ties=_ties(random, hidden, now, of),
        invested=invested + invests,
        pledged=now.pledged * (1 - 1 / of.pledges.life) + pledges + invests * joint,
        contract=np.where(signs > 0, now.contract + signs, np.maximum(now.contract - 1, 0)),
        need=now.need * (1 - course.need_pull) + course.need_noise * noise[2],
        breadth=now.breadth + (week >= hidden.start) * hidden.curiosity / WEEKS_A_YEAR * 2 * gain(now, of),
        failed=failed,
        complained=complained,
        answered=answered,
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
    return 0.15 + 0.7 * (0.35 + 0.65 * hidden.care) * (0.4 + 0.6 * hidden.orientation)


def _ties(random: np.random.Generator, hidden: Hidden, now: Drivers, of: Parameters) -> Floats:
    """Ties grow slowly, and most of them go with the person who leaves."""
    grown = now.ties + of.course.ties_pull * (_usual_ties(hidden) - now.ties)
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
    random: np.random.Generator, hidden: Hidden, now: Drivers, of: Parameters
) -> tuple[Floats, Floats, Floats, Flags]:
    """What is left of the customer's investments, what it puts in this week, what the supplier puts in of its own
    accord, and whether it joins in with the customer.
    """
    pledges = of.pledges
    size = pledges.amount * np.exp(pledges.amount_spread * random.standard_normal((2, hidden.count)))
    chance = random.random((2, hidden.count))
    willing = pledges.invests * hidden.orientation * gain(now, of)
    pledged = size[1] * (chance[1] < pledges.pledges * hidden.care * hidden.orientation)
    joint = chance[0] < pledges.joint * willing
    return now.invested * (1 - 1 / pledges.life), size[0] * (chance[0] < willing), pledged, joint


def _signs(chance: Floats, hidden: Hidden, now: Drivers, of: Parameters) -> tuple[Floats, Flags]:
    """Weeks of a contract signed in this week, 0 if none, and whether it renews a running one."""
    pledges = of.pledges
    willing = hidden.orientation * gain(now, of)
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
