"""The truth: what will come of each customer, given its hidden state at a cutoff.

The probability of silence is reckoned on `paths` courses of the drivers, drawn by the very steps that made the history.
On each course the choices are reckoned by the mass of each mode, the orders by the mass of each phase, so that the only
error is that of the mean over the courses, and it is reported. Past campaigns and the market count as known.

Who places no order in the window is let down by none in it: that is exact. What is due from the days before the window
is drawn, as many orders as are expected, apart from the masses; and who deals with us at the cutoff counts as doing so
all along for what it puts in. Neither is told apart from the drawn history by the test of calibration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.simulate.calendar import WEEK, Calendar, Floats, Ints
from pipeline.simulate.choice import (
    MODES,
    PLAYS,
    STAYING,
    Felt,
    balance,
    campaigns_felt,
    dealings,
    felt,
    orders_of_mode,
    share_with_us,
    spread,
    steps,
    together,
    wanted,
)
from pipeline.simulate.drivers import Drivers, advance
from pipeline.simulate.orders import exposure
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.population import Hidden
from pipeline.simulate.service import due, serve

NOTHING = "nothing"


class Window(NamedTuple):
    """Outcome days `[cutoff + gap, cutoff + gap + horizon)`."""

    gap: int
    horizon: int


@dataclass(frozen=True)
class Known:
    """The hidden state of n customers at the end of the day before `cutoff` (a day of the calendar), each (n,).

    `ordered`: orders of the week of that day, which are due in the next.
    """

    cutoff: int
    hidden: Hidden
    drivers: Drivers
    mode: Ints
    phase: Ints
    ordered: Ints

    def courses(self, paths: int) -> Known:
        """Each customer `paths` times, sorted by evenness."""
        rows = np.repeat(np.argsort(self.hidden.evenness, kind="stable"), paths)
        parts = (part[rows] for part in (self.mode, self.phase, self.ordered))
        return Known(self.cutoff, self.hidden.take(rows), self.drivers.take(rows), *parts)


class Part(NamedTuple):
    """Days `[first, last)` of one week; whether they lie in the outcome window."""

    week: int
    first: int
    last: int
    watched: bool


def parts(cutoff: int, window: Window) -> Iterator[Part]:
    """The days from the cutoff to the end of the window, cut at Mondays and where the window begins."""
    start, end = cutoff + window.gap, cutoff + window.gap + window.horizon
    edges = {cutoff, start, end} | {day for day in range(cutoff, end) if day % WEEK == 0}
    days = sorted(edges)
    for first, last in pairwise(days):
        yield Part(first // WEEK, first, last, first >= start)


def silence(
    random: np.random.Generator,
    known: Known,
    window: Window,
    calendar: Calendar,
    of: Parameters,
    *,
    paths: int = 16,
    plays: tuple[str, ...] = PLAYS,
) -> tuple[dict[str, Floats], Floats]:
    """The probability of no order in the window: (n,) without a play and by play, and the error (n,) of the former.

    Args:
        random: draws the courses of the drivers; all plays are tried on the same ones.
        known: the state of n customers.
        window: at least a week from the cutoff to its end.
        calendar: it has to reach to the end of the window.
        of: the parameters of the world.
        paths: courses a customer. The error is their standard deviation over the root of their number.
        plays: which plays to try, each begun at the cutoff.
    """
    on = known.courses(paths)
    now, week, ordered = on.drivers, (known.cutoff - 1) // WEEK, on.ordered
    mass = {play: _start(on) for play in (NOTHING, *plays)}
    rate = dict.fromkeys(mass, _usual_rate(on, week, calendar, of))
    for part in parts(known.cutoff, window):
        if part.week > week:
            week = part.week
            now = _next(random, on, now, week, calendar, of, ordered)
            ordered = np.zeros_like(ordered)
            for play, chance in mass.items():
                mass[play], rate[play] = _week(play, chance, on, now, week, calendar, of)
        seen = exposure(on.hidden, calendar, part.first, part.last)
        if not part.watched:
            asks = orders_of_mode(of) @ mass[NOTHING].sum(axis=1)
            ordered = ordered + random.poisson(rate[NOTHING] * asks * seen)
        for play, chance in mass.items():
            _order(chance, on.hidden.evenness, rate[play] * seen, orders_of_mode(of), watched=part.watched)
    back = np.argsort(np.argsort(known.hidden.evenness, kind="stable"), kind="stable")
    left = {play: np.sum(chance, axis=(0, 1)).reshape(-1, paths)[back] for play, chance in mass.items()}
    error = left[NOTHING].std(axis=1, ddof=1) / np.sqrt(paths) if paths > 1 else np.full(len(back), np.nan)
    return {play: each.mean(axis=1) for play, each in left.items()}, error


def _next(
    random: np.random.Generator, on: Known, now: Drivers, week: int, calendar: Calendar, of: Parameters, ordered: Ints
) -> Drivers:
    """The drivers at the end of `week`, to which the orders of the week before (n,) are due."""
    who = np.repeat(np.arange(on.hidden.count), ordered)
    fates = serve(random, on.hidden, who, now.trouble, on.mode == STAYING, of.course)
    comes = dealings(on.hidden, on.mode, week, due(who, fates, on.hidden.count, of.course))
    return advance(random, on.hidden, now, week, calendar, of, comes)


def _start(on: Known) -> Floats:
    """The mass (modes, phases, n) at the cutoff: all on what is the case."""
    mass = np.zeros((len(MODES), int(on.hidden.evenness.max(initial=1)), on.hidden.count))
    mass[on.mode, on.phase, np.arange(on.hidden.count)] = 1.0
    return mass


def _usual_rate(on: Known, week: int, calendar: Calendar, of: Parameters) -> Floats:
    """Orders a week (n,) that each would place if it stayed, in the week of the day before the cutoff."""
    sides = balance(on.hidden, on.drivers, week, calendar, of)
    does = campaigns_felt(on.hidden, on.drivers, week, calendar, of.plays)
    return wanted(on.hidden, on.drivers, share_with_us(on.hidden, sides, does, of), week)


def _week(
    play: str, mass: Floats, on: Known, now: Drivers, week: int, calendar: Calendar, of: Parameters
) -> tuple[Floats, Floats]:
    """The mass after the choices of a week, and the orders a week of those who stay."""
    hidden = on.hidden
    sides = balance(hidden, now, week, calendar, of)
    does: Felt = campaigns_felt(hidden, now, week, calendar, of.plays)
    if play != NOTHING and week < on.cutoff // WEEK + of.plays.weeks:
        does = together(does, felt(play, hidden, now, of.plays))
    chances = steps(hidden, now, sides, does, bool(calendar.price_round[week]), of)
    moved = np.where(week >= hidden.start, np.stack(spread(list(mass), chances)), mass)
    return moved, wanted(hidden, now, share_with_us(hidden, sides, does, of), week)


def _order(mass: Floats, evenness: Ints, expected: Floats, of_mode: Floats, *, watched: bool) -> None:
    """Let the phases of `mass` (modes, phases, n), sorted by evenness, run on; in the window an order takes it away."""
    bounds = np.searchsorted(evenness, np.arange(1, mass.shape[1] + 2))
    for phases, (first, last) in enumerate(pairwise(bounds), start=1):
        for mode in np.flatnonzero(of_mode):
            events = phases * of_mode[mode] * expected[first:last]
            before = mass[mode, :phases, first:last].copy()
            chance = _fewer(events, phases) if watched else _modulo(events, phases)
            for to in range(phases):
                come = range(to + 1) if watched else range(phases)
                mass[mode, to, first:last] = sum(before[at] * chance[(to - at) % phases] for at in come)


def _fewer(events: Floats, phases: int) -> list[Floats]:
    """The probabilities of 0, 1, ... `phases` - 1 events, where `events` (n,) are expected."""
    chance = [np.exp(-events)]
    for number in range(1, phases):
        chance.append(chance[-1] * events / number)
    return chance


def _modulo(events: Floats, phases: int) -> list[Floats]:
    """The probabilities that the number of events leaves 0, 1, ... `phases` - 1 over, divided by `phases`."""
    turns = 2 * np.pi * np.arange(phases) / phases
    waves = [(np.exp(events * (np.cos(turn) - 1)), events * np.sin(turn), turn) for turn in turns]
    return [sum(size * np.cos(angle - turn * left) for size, angle, turn in waves) / phases for left in range(phases)]
