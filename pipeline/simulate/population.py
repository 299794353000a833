"""Who the customers are: hidden values that do not change, drawn once per block of customers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from scipy.special import betaincinv, ndtr

from pipeline.simulate.calendar import REGIONS, WORKING_DAYS, Calendar, Flags, Floats, Ints
from pipeline.simulate.parameters import Parameters, Traits

WEEKS_A_YEAR = 52.18
STEP = 0.05


@dataclass(frozen=True)
class Hidden:
    """Hidden values of n customers, each an array (n,).

    `number` in the whole world; `start`: week in which it first needs something. `strength`: standard normal, the
    firm's finances and size. `orientation` 0 to 1: short-term terms to future needs. `fit`: utils that product and
    service give when all is well; `care` 0 to 1: what the supplier puts in. `criticality`, `speciality` 0 to 1: how
    much its work depends on what it buys, and the share made for it. `sensitivity` to price, usual 1. `rivals`: utils
    of the usual alternative. `single`: tendency to buy everything in one place (logit). `rate`: needs a week;
    `evenness`: phases of a gap; `weekday`, `round`: preferred day and the share of orders on it. `fading`: weeks of
    letting go. `size`, `basket`, `repertoire`, `curiosity`, `discount`, `portal`: what an order holds. `campaign`,
    `holdout` (n, campaigns) flags; `panel`: its wallet is known.
    """

    number: Ints
    start: Ints
    strength: Floats
    orientation: Floats
    fit: Floats
    care: Floats
    criticality: Floats
    speciality: Floats
    sensitivity: Floats
    rivals: Floats
    single: Floats
    region: Ints
    rate: Floats
    evenness: Ints
    weekday: Ints
    round: Floats
    fading: Floats
    size: Floats
    basket: Floats
    repertoire: Floats
    curiosity: Floats
    discount: Floats
    portal: Floats
    campaign: Flags
    holdout: Flags
    panel: Flags

    def take(self, rows: Ints) -> Self:
        """The customers in `rows`, which may repeat."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    @property
    def count(self) -> int:
        """How many customers."""
        return int(self.number.size)


def draw_population(
    random: np.random.Generator, count: int, first_number: int, calendar: Calendar, of: Parameters
) -> Hidden:
    """Draw `count` customers, numbered from `first_number`."""
    traits, habits = of.traits, of.habits
    ahead = random.standard_normal(count)
    strength = correlated(random, ahead, traits.strength_correlation)
    orientation = betaincinv(traits.orientation_low, traits.orientation_high, ndtr(ahead))
    care = random.beta(traits.care_low, traits.care_high, count)
    criticality = _in_steps(random.beta(traits.critical_low, traits.critical_high, count))
    bigness = correlated(random, strength, traits.size_of_strength)
    spread = habits.orders_of_size * bigness + habits.orders_spread * random.standard_normal(count)
    start = np.where(
        random.random(count) < of.course.early,
        random.integers(0, of.course.warm_up, count),
        random.integers(of.course.warm_up, calendar.weeks + 1, count),
    )
    return Hidden(
        number=np.arange(first_number, first_number + count),
        start=start,
        strength=strength,
        orientation=orientation,
        fit=_fit(random, ahead, care, traits),
        care=care,
        criticality=criticality,
        speciality=_in_steps(criticality * random.beta(traits.special_low, traits.special_high, count)),
        sensitivity=np.exp(traits.sensitivity_spread * random.standard_normal(count)),
        rivals=traits.rivals_mean + traits.rivals_spread * random.standard_normal(count),
        single=random.normal(0.4, 0.5, count) + 1.5 * (orientation - 0.5),
        region=random.integers(0, len(REGIONS), count),
        rate=habits.orders_a_year / WEEKS_A_YEAR * np.exp(spread),
        evenness=random.integers(1, habits.evenness + 1, count),
        weekday=random.integers(0, WORKING_DAYS, count),
        round=habits.weekly_round * random.random(count) ** 0.5,
        fading=np.maximum(random.gamma(1.5, 9.0, count), 0.5),
        size=np.exp(habits.size_spread * (0.9 * bigness + 0.44 * random.standard_normal(count))),
        basket=random.gamma(4.0, habits.basket / 4, count),
        repertoire=2.0 + random.gamma(6.0, (habits.repertoire - 2) / 6, count),
        curiosity=habits.curiosity * (1 - habits.curiosity_slope + habits.curiosity_slope * 2 * orientation**1.5),
        discount=np.clip(random.normal(0.22 - 0.02 * orientation, 0.01, count), 0, 0.3).round(3),
        portal=random.beta(2, 2, count),
        campaign=random.random((count, len(calendar.campaigns))) < of.plays.campaign,
        holdout=random.random((count, len(calendar.campaigns))) < of.plays.holdout,
        panel=random.random(count) < habits.panel,
    )


def _in_steps(share: Floats) -> Floats:
    """A share (n,) as fine as it makes a difference: in twentieths."""
    return np.rint(share / STEP) * STEP


def _fit(random: np.random.Generator, ahead: Floats, care: Floats, traits: Traits) -> Floats:
    """Utils (n,) that product and service give when all is well: of the goods, of care, and of choosing well."""
    usual = traits.care_low / (traits.care_low + traits.care_high)
    given = traits.fit_mean + traits.fit_of_care * (care - usual) + traits.fit_of_orientation * ahead
    return given + traits.fit_spread * random.standard_normal(ahead.size)


def correlated(random: np.random.Generator, with_: Floats, correlation: float) -> Floats:
    """Standard normal values (n,) with this correlation to standard normal values (n,)."""
    return correlation * with_ + np.sqrt(1 - correlation**2) * random.standard_normal(with_.size)
