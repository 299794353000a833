"""The random-utility rule: who goes, pauses and comes back, and how much of the need is bought from us.

A customer goes when what the alternative offers exceeds what staying gives plus what leaving costs, by more than
chance (McFadden 1974; the terms and their sizes are ours, untested).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.simulate.calendar import Calendar, Flags, Floats, Ints
from pipeline.simulate.drivers import Dealings, Drivers, investment_cost, risk_cost, sigmoid
from pipeline.simulate.parameters import Parameters, Plays
from pipeline.simulate.population import Hidden
from pipeline.simulate.service import Due

STAYING, COOLING, GONE, PAUSED = range(4)
MODES = ("staying", "cooling", "gone", "paused")
PLAYS = ("call", "discount", "repair")
REPAIRABLE = 0.2
"""Utils below what the customer could have at which something has gone wrong that a repair may find."""


class Felt(NamedTuple):
    """What plays add to a week: utils of value, and a factor on how often leaving is considered, both (n,)."""

    value: Floats
    attention: Floats


class Steps(NamedTuple):
    """Probabilities of one week, each (n,): of those staying, cooling, gone and paused."""

    leave: Floats
    pause: Floats
    settle: Floats
    recover: Floats
    back: Floats
    resume: Floats


@dataclass(frozen=True)
class Balance:
    """The two sides, in utils, each (n,): what staying gives, what leaving costs, what the alternative offers."""

    value: Floats
    invested: Floats
    risk: Floats
    rivals: Floats

    @property
    def pull(self) -> Floats:
        """How far the alternative exceeds staying and the cost of leaving."""
        return self.rivals - self.value - self.invested - self.risk


def balance(hidden: Hidden, now: Drivers, week: int, calendar: Calendar, of: Parameters) -> Balance:
    """Both sides at the end of `week`, before any play."""
    utility = of.utility
    price = utility.price * hidden.sensitivity * now.price
    return Balance(
        value=now.satisfaction + utility.ties * now.ties - price,
        invested=investment_cost(now, of),
        risk=risk_cost(hidden, of),
        rivals=now.rivals + calendar.rivals[week, hidden.region],
    )


def felt(play: str, hidden: Hidden, now: Drivers, plays: Plays) -> Felt:
    """What a play does to each customer while it is felt."""
    one = np.ones(hidden.count)
    if play == "call":
        return Felt(plays.call_ties * (now.ties - plays.call_stranger), plays.call_attention * one)
    if play == "discount":
        return Felt(plays.discount * hidden.sensitivity, plays.discount_attention * one)
    wrong = now.met | (now.satisfaction < hidden.fit - REPAIRABLE)
    return Felt(np.where(wrong, plays.repair, 0.0), one)


def campaigns_felt(hidden: Hidden, now: Drivers, week: int, calendar: Calendar, plays: Plays) -> Felt:
    """What the supplier's past campaigns do in `week` to those who were in them and not held out."""
    value, attention = np.zeros(hidden.count), np.ones(hidden.count)
    for number, (play, begins) in enumerate(calendar.campaigns):
        if begins <= week < begins + plays.weeks:
            treated = hidden.campaign[:, number] & ~hidden.holdout[:, number]
            does = felt(play, hidden, now, plays)
            value = value + does.value * treated
            attention = attention * np.where(treated, does.attention, 1.0)
    return Felt(value, attention)


def together(first: Felt, second: Felt) -> Felt:
    """Two plays at once."""
    return Felt(first.value + second.value, first.attention * second.attention)


def steps(hidden: Hidden, now: Drivers, sides: Balance, does: Felt, price_round: bool, of: Parameters) -> Steps:
    """The probabilities of a week."""
    moves, scale = of.moves, of.utility.scale
    often = moves.reconsider + moves.reconsider_failure * now.failed + moves.reconsider_round * price_round
    considered = np.minimum(often * (moves.reconsider > 0) * does.attention, 1.0)
    leave = considered * sigmoid((sides.pull - of.utility.reluctance - does.value) / scale)
    wish = sigmoid((sides.value - sides.rivals - moves.back_reluctance + does.value) / scale)
    same = np.ones(hidden.count)
    return Steps(
        leave=leave,
        pause=moves.pause * same,
        settle=1 / (1 + hidden.fading),
        recover=considered * moves.recover * wish,
        back=moves.back * wish,
        resume=moves.resume * same,
    )


def move(mode: Ints, of_week: Steps, chance: Floats) -> Ints:
    """The mode (n,) after a week, for chances (n,) uniform over `[0, 1)`."""
    stays = np.where(chance < of_week.leave, COOLING, np.where(chance < of_week.leave + of_week.pause, PAUSED, STAYING))
    cools = np.where(
        chance < of_week.settle, GONE, np.where(chance < of_week.settle + of_week.recover, STAYING, COOLING)
    )
    away = np.where(chance < of_week.back, STAYING, GONE)
    rests = np.where(chance < of_week.resume, STAYING, PAUSED)
    return np.choose(mode, [stays, cools, away, rests])


def spread(mass: list[Floats], of_week: Steps) -> list[Floats]:
    """The probability mass of each mode, each (..., n), after a week: `move` without chance."""
    staying, cooling, gone, paused = mass
    return [
        staying * (1 - of_week.leave - of_week.pause)
        + cooling * of_week.recover
        + gone * of_week.back
        + paused * of_week.resume,
        cooling * (1 - of_week.settle - of_week.recover) + staying * of_week.leave,
        gone * (1 - of_week.back) + cooling * of_week.settle,
        paused * (1 - of_week.resume) + staying * of_week.pause,
    ]


def share_with_us(hidden: Hidden, sides: Balance, does: Felt, of: Parameters) -> Floats:
    """The share (n,) of its need that a staying customer buys from us, 0 to 1."""
    moves = of.moves
    ahead = sides.value + does.value - sides.rivals + moves.share_cost * (sides.invested + sides.risk)
    return sigmoid(moves.share_slope * (hidden.single + ahead / moves.share_scale))


def wanted(hidden: Hidden, now: Drivers, share: Floats, week: int) -> Floats:
    """Orders a week (n,) on open days of the best season, of a customer that stays. Before its start: none."""
    return hidden.rate * np.exp(now.need) * 2 * share * (week >= hidden.start)


def dealings(hidden: Hidden, mode: Ints, week: int, due: Due) -> Dealings:
    """How the customers deal with us in `week`, in the modes (n,) of the week before."""
    stays = started(hidden, week - 1) & (mode == STAYING)
    return Dealings(due, started(hidden, week), stays, np.isin(mode, [COOLING, GONE]))


def orders_of_mode(of: Parameters) -> Floats:
    """Orders in each mode against those of a customer that stays."""
    return np.array([1.0, of.moves.cooling, 0.0, 0.0])


def started(hidden: Hidden, week: int) -> Flags:
    """Whether a customer has begun to need something."""
    return week >= hidden.start
