"""States along a course of cutoffs: the own baseline, hysteresis, and who went from which state to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decision.standing import Array, Flags, Standing, StateThresholds
from models.decision.states import CAPTIVE, DRIFTING, STATES, TRANSACTIONAL, UNKNOWN, Codes, signs

LEAST_BEFORE = 2
"""Cutoffs before the two that drop, without which there is no baseline to drop below."""


@dataclass(frozen=True)
class Relationship:
    """The states of n customers at the last cutoff of a course, each (n,); `before` is `UNKNOWN` where there was none.

    `falling`: two successive drops below the own baseline made it drift. Flags as in `states.FLAGS`; a
    `prospective_partner` has risen above its own baseline, and leaving still costs it little.
    """

    state: Codes
    before: Codes
    falling: Flags
    prospective_partner: Flags
    captive_possible: Flags
    captive_drifting: Flags


def follow(course: Sequence[Standing], here: Sequence[Flags], limits: StateThresholds) -> Relationship:
    """The states at the end of a course.

    Args:
        course: of the same n customers at each cutoff, oldest first; rows of those not there are ignored.
        here: whether each (n,) was eligible then; all are at the last.
        limits: the thresholds.

    Ours, untested: the plan asks for a change that "wins clearly or twice running"; clearly means that the same state
    holds with every threshold moved by its margin, either way.
    """
    churn = np.array([np.where(there, now.churn, np.nan) for now, there in zip(course, here, strict=True)])
    state = np.full(len(course[-1]), UNKNOWN)
    before, found_before = state, state
    falling = np.zeros(len(course[-1]), dtype=bool)
    for place, (now, there) in enumerate(zip(course, here, strict=True)):
        falling = falling_in(churn[: place + 1], limits.drop)
        plain, hard, easy = (np.where(there, signs(now, falling, limits, sign).codes, UNKNOWN) for sign in (0, 1, -1))
        clear = (hard == plain) & (easy == plain)
        before = state
        state = np.where(~there, UNKNOWN, np.where(clear | (plain == found_before), plain, state))
        state = np.where(there & (state == UNKNOWN), plain, state)
        found_before = plain
    likely = np.array([np.where(there, now.propensity, np.nan) for now, there in zip(course, here, strict=True)])
    rising = rising_in(likely, course[-1].base_rate, limits.rise)
    return _finished(course[-1], state, before, falling, rising, limits)


def _finished(
    last: Standing, state: Codes, before: Codes, falling: Flags, rising: Flags, limits: StateThresholds
) -> Relationship:
    found = signs(last, falling, limits)
    held = found.captive | (before == CAPTIVE)
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
