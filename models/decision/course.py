"""States along a course of cutoffs: the own baseline, hysteresis, and who went from which state to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decision.standing import Array, Flags, Standing, StateThresholds
from models.decision.states import CAPTIVE, DRIFTING, STATES, TRANSACTIONAL, UNKNOWN, Codes, signs

APART = 28
"""Days between two cutoffs of which the later says something new. Ours, untested: the shortest month."""
LEAST_BEFORE = 2
"""Cutoffs before the two that drop, without which there is no baseline to drop below."""


@dataclass(frozen=True)
class Relationship:
    """The states of n customers at the last cutoff of a course, each (n,).

    `before`: at the latest cutoff of the course that lies `APART` days back, `UNKNOWN` where there was none. `falling`:
    two successive drops below the own baseline made it drift. Flags as in `states.FLAGS`; a `prospective_partner` has
    risen above its own baseline, and leaving still costs it little.
    """

    state: Codes
    before: Codes
    falling: Flags
    prospective_partner: Flags
    captive_possible: Flags
    captive_drifting: Flags


def follow(
    course: Sequence[Standing], here: Sequence[Flags], ages: Sequence[int], limits: StateThresholds
) -> Relationship:
    """The states at the end of a course.

    Args:
        course: of the same n customers at each cutoff, oldest first; rows of those not there are ignored.
        here: whether each (n,) was eligible then; all are at the last.
        ages: days from each cutoff to the last one, which is 0 days old.
        limits: the thresholds.

    Ours, untested: the plan asks for a change that "wins clearly or twice running"; clearly means that the same state
    holds with every threshold moved by its margin, either way, and twice running that the rule found it `APART` days
    before, and at every cutoff since. What it found the night before says hardly more than what it finds tonight.
    """
    churn = _known([now.churn for now in course], here)
    falling = [falling_in(churn[apart(ages, place)], limits.drop) for place in range(len(course))]
    found = [_rule(*each, limits) for each in zip(course, here, falling, strict=True)]
    states = _steadied([plain for plain, _ in found], [clear for _, clear in found], ages)
    far = apart(ages, len(course) - 1)
    before = states[far[-2]] if len(far) > 1 else np.full_like(states[-1], UNKNOWN)
    rising = rising_in(_known([now.propensity for now in course], here)[far], course[-1].base_rate, limits.rise)
    was_captive = _before_it_drifted(states) == CAPTIVE
    return _finished(course[-1], states[-1], before, was_captive, falling[-1], rising, limits)


def _known(values: Sequence[Array], here: Sequence[Flags]) -> Array:
    """(cutoffs, n), NaN for whoever was not eligible then."""
    return np.array([np.where(there, each, np.nan) for each, there in zip(values, here, strict=True)])


def apart(ages: Sequence[int], place: int) -> list[int]:
    """The places of the cutoffs at least `APART` days before the one at `place`, and `place` itself.

    Args:
        ages: days from each cutoff to the last one, oldest first.
        place: of the cutoff asked for.
    """
    return [each for each in range(place) if ages[each] - ages[place] >= APART] + [place]


def _rule(now: Standing, there: Flags, falling: Flags, limits: StateThresholds) -> tuple[Codes, Flags]:
    """The state by the rule at one cutoff, `UNKNOWN` for those not there, and whether it wins clearly, (n,)."""
    plain, hard, easy = (np.where(there, signs(now, falling, limits, sign).codes, UNKNOWN) for sign in (0, 1, -1))
    return plain, (hard == plain) & (easy == plain)


def _steadied(plains: Sequence[Codes], clear: Sequence[Flags], ages: Sequence[int]) -> list[Codes]:
    """The state told at each cutoff: the rule's where it wins clearly or lasts, or where nothing was told before."""
    states: list[Codes] = []
    last = np.full_like(plains[0], UNKNOWN)
    for place, plain in enumerate(plains):
        taken = clear[place] | _lasts(plains, ages, place) | (last == UNKNOWN) | (plain == UNKNOWN)
        last = np.where(taken, plain, last)
        states.append(last)
    return states


def _lasts(plains: Sequence[Codes], ages: Sequence[int], place: int) -> Flags:
    """Whether the rule found the same at the latest cutoff that lies `APART` days before, and at every one since."""
    far = apart(ages, place)[:-1]
    since = plains[far[-1] : place] if far else [np.full_like(plains[place], UNKNOWN)]
    return np.all([each == plains[place] for each in since], axis=0)


def _before_it_drifted(states: Sequence[Codes]) -> Codes:
    """The latest state other than drifting since each was last not there, `UNKNOWN` where there is none, (n,)."""
    settled = np.full_like(states[0], UNKNOWN)
    for state in states:
        settled = np.where(state == DRIFTING, settled, state)
    return settled


def _finished(
    last: Standing,
    state: Codes,
    before: Codes,
    was_captive: Flags,
    falling: Flags,
    rising: Flags,
    limits: StateThresholds,
) -> Relationship:
    found = signs(last, falling, limits)
    held = found.captive | was_captive
    return Relationship(
        state=state,
        before=before,
        falling=falling & (state == DRIFTING),
        prospective_partner=rising & found.free & (state == TRANSACTIONAL),
        captive_possible=(found.captive_possible | found.captive) & (state != CAPTIVE) & ~(held & (state == DRIFTING)),
        captive_drifting=held & (state == DRIFTING),
    )


def falling_in(churn: npt.NDArray[np.float64], drop: float) -> Flags:
    """Whether the chance of staying fell twice running, both times below the own baseline, (n,).

    Args:
        churn: (cutoffs, n) probabilities, oldest first, NaN where not eligible.
        drop: log-odds by which both of the last two lie beyond the baseline, the median of those before.
    """
    if len(churn) < LEAST_BEFORE + 2:
        return np.zeros(churn.shape[1], dtype=bool)
    odds = _log_odds(churn)
    twice = (odds[-2] > baseline(odds[:-2], least=LEAST_BEFORE) + drop) & (odds[-1] > odds[-2])
    return np.asarray(twice)


def rising_in(propensity: npt.NDArray[np.float64], base_rate: Array, rise: float) -> Flags:
    """Whether the propensity rose above the own baseline, (n,); never of whom nothing is known from before.

    Who has lasted at a higher level is no longer rising: the baseline has followed. A share of the base rate is asked
    for, and not of the own baseline, so that twice next to nothing is no rise.

    Args:
        propensity: (cutoffs, n) of partnership, oldest first, NaN where unknown.
        base_rate: of partnership at the last cutoff, (n,).
        rise: times the base rate by which the last lies above the baseline, the median of those before.
    """
    return np.asarray(propensity[-1] >= baseline(propensity[:-1]) + rise * base_rate)


def baseline(before: npt.NDArray[np.float64], *, least: int = 1) -> Array:
    """What is usual of each customer, (n,): the median of what is known of it in `before` (cutoffs, n).

    NaN where fewer than `least` are known.
    """
    known = (~np.isnan(before)).sum(axis=0) >= least
    usual = np.full(before.shape[1], np.nan)
    usual[known] = np.nanmedian(before[:, known], axis=0)
    return usual


def _log_odds(chance: Array) -> Array:
    kept = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))


def transitions(before: Codes, state: Codes) -> npt.NDArray[np.int64]:
    """How many customers went from each state (rows, in the order of `STATES`, then unknown) to each (columns)."""
    kinds = len(STATES)
    rows = np.where(before == UNKNOWN, kinds, before)
    counted = np.zeros((kinds + 1, kinds), dtype=np.int64)
    np.add.at(counted, (rows, state), 1)
    return counted
