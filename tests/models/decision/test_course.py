"""States along a course of cutoffs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision import course
from models.decision.course import Relationship, falling_in, follow, rising_in, transitions
from models.decision.standing import StateThresholds
from models.decision.states import CAPTIVE, DRIFTING, PARTNER, TRANSACTIONAL, UNKNOWN
from tests.models.decision.made_standings import standing

LIMITS = StateThresholds()


def along(*cutoffs: dict[str, float] | None, ages: Sequence[int] = ()) -> Relationship:
    """One customer along a course, a month from cutoff to cutoff or `ages` days old; None where it was not eligible."""
    stands = [standing(**(of or {})) for of in cutoffs]
    there = [np.array([of is not None]) for of in cutoffs]
    return follow(stands, there, ages or [31 * place for place in reversed(range(len(cutoffs)))], LIMITS)


CLEAR, JUST = {"churn": 0.5}, {"churn": 0.16}
HELD, NEARLY_HELD = {"investment": 90.0, "value": 20.0}, {"investment": 72.0, "value": 20.0}
WILLING = {"propensity": 0.5, "propensity_rank": 90.0}
COURSES = {
    "the first cutoff decides": ([JUST], DRIFTING, UNKNOWN),
    "a clear win changes at once": ([{}, CLEAR], DRIFTING, TRANSACTIONAL),
    "a near win does not": ([{}, JUST], TRANSACTIONAL, TRANSACTIONAL),
    "a near win twice running does": ([{}, JUST, JUST], DRIFTING, TRANSACTIONAL),
    "a near win, then nothing, then a near win does not": ([{}, JUST, {}, JUST], TRANSACTIONAL, TRANSACTIONAL),
    "back only when clear": ([CLEAR, {"churn": 0.14}], DRIFTING, DRIFTING),
    "back when clear": ([CLEAR, {"churn": 0.05}], TRANSACTIONAL, DRIFTING),
    "a captive by a hair": ([{}, NEARLY_HELD], TRANSACTIONAL, TRANSACTIONAL),
    "a captive by a hair of its value": ([{}, {**HELD, "value": 36.0}], TRANSACTIONAL, TRANSACTIONAL),
    "a captive by a hair of pressure": ([{}, {"investment": 90.0, "pressure": 64.0}], TRANSACTIONAL, TRANSACTIONAL),
    "a partner by a hair of its propensity": ([{}, {**WILLING, "propensity_rank": 74.0}], TRANSACTIONAL, TRANSACTIONAL),
    "a partner by a hair of its value": ([{}, {**WILLING, "value": 54.0}], TRANSACTIONAL, TRANSACTIONAL),
    "a partner at once": ([{}, WILLING], PARTNER, TRANSACTIONAL),
    "a captive at once": ([{}, HELD], CAPTIVE, TRANSACTIONAL),
    "who comes back begins anew": ([CLEAR, None, JUST], DRIFTING, UNKNOWN),
    "twice running with an absence between begins anew": ([{}, None, {}], TRANSACTIONAL, UNKNOWN),
}


@pytest.mark.parametrize(("cutoffs", "state", "before"), COURSES.values(), ids=COURSES.keys())
def test_states_change_slowly(cutoffs: list[dict[str, float] | None], state: int, before: int) -> None:
    found = along(*cutoffs)
    assert (found.state[0], found.before[0]) == (state, before)


NIGHTS = {
    "two nights running are no two cutoffs": ([{}, JUST, JUST], [31, 1, 0], TRANSACTIONAL, TRANSACTIONAL),
    "four weeks, and every cutoff since": ([{}, JUST, JUST, JUST], [59, 28, 1, 0], DRIFTING, TRANSACTIONAL),
    "four weeks less a day": ([{}, JUST, JUST, JUST], [58, 27, 1, 0], TRANSACTIONAL, TRANSACTIONAL),
    "four weeks, but not last night": ([{}, JUST, {}, JUST], [59, 28, 1, 0], TRANSACTIONAL, TRANSACTIONAL),
    "what was clear last night holds tonight": ([{}, CLEAR, {"churn": 0.14}], [31, 1, 0], DRIFTING, TRANSACTIONAL),
    "before is not last night": ([{}, HELD, CLEAR, CLEAR], [59, 28, 1, 0], DRIFTING, CAPTIVE),
    "nothing so long before": ([CLEAR, CLEAR], [27, 0], DRIFTING, UNKNOWN),
}


@pytest.mark.parametrize(("cutoffs", "ages", "state", "before"), NIGHTS.values(), ids=NIGHTS.keys())
def test_a_night_is_not_a_month(cutoffs: list[dict[str, float]], ages: list[int], state: int, before: int) -> None:
    found = along(*cutoffs, ages=ages)
    assert (found.state[0], found.before[0]) == (state, before)


def test_nights_that_count_as_months_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the cutoff before counts as apart, however near it is."""
    monkeypatch.setattr(course, "APART", 1)
    assert along({}, JUST, JUST, ages=[31, 1, 0]).state[0] == DRIFTING


def test_a_captive_that_leaves_says_so() -> None:
    assert along(HELD, {**HELD, "churn": 0.5}).captive_drifting[0]
    assert along(HELD, {"churn": 0.5}).captive_drifting[0], "it was one at the last cutoff"
    assert along(HELD, CLEAR, CLEAR).captive_drifting[0], "it was one when it began to drift"
    assert not along(HELD, {}, CLEAR).captive_drifting[0], "it was none any more"
    assert not along(HELD, None, CLEAR).captive_drifting[0], "it came back"
    assert not along({}, {"churn": 0.5}).captive_drifting[0]


def test_who_looks_captive_under_another_state_is_flagged() -> None:
    found = along(WILLING, {**WILLING, **NEARLY_HELD, "propensity": 0.1})
    assert (found.state[0], found.captive_possible[0]) == (PARTNER, True)


@pytest.mark.parametrize("now", [{}, CLEAR, WILLING, HELD, {**HELD, "churn": 0.5}])
def test_nobody_else_is(now: dict[str, float]) -> None:
    assert not along({}, now).captive_possible[0]


BEFORE = [0.10, 0.10, 0.10]
DROPS = {
    "twice beyond the baseline": ([*BEFORE, 0.25, 0.30], True),
    "once only": ([*BEFORE, 0.10, 0.30], False),
    "up, then down again": ([*BEFORE, 0.30, 0.25], False),
    "up, and as far up": ([*BEFORE, 0.30, 0.30], False),
    "too small": ([*BEFORE, 0.15, 0.16], False),
    "too short a past": ([0.10, 0.25, 0.30], False),
    "absent in between, still enough": ([0.10, np.nan, 0.10, 0.25, 0.30], True),
    "mostly absent": ([np.nan, np.nan, 0.10, 0.25, 0.30], False),
}


@pytest.mark.parametrize(("churn", "expected"), DROPS.values(), ids=DROPS.keys())
def test_two_successive_drops_below_the_own_baseline(churn: list[float], expected: bool) -> None:
    assert falling_in(np.array(churn)[:, None], drop=0.9).tolist() == [expected]


def test_a_drift_by_two_drops_needs_no_high_probability() -> None:
    low = [{"churn": chance} for chance in (0.01, 0.01, 0.01, 0.05, 0.06)]
    found = along(*low)
    assert (found.state[0], found.falling[0]) == (DRIFTING, True)


def test_two_nights_are_no_two_drops() -> None:
    low = [{"churn": chance} for chance in (0.01, 0.01, 0.01, 0.05, 0.06)]
    assert along(*low, ages=[91, 61, 30, 1, 0]).state[0] == TRANSACTIONAL


def test_a_drop_that_comes_is_not_seen_before_it_came() -> None:
    found = along(*({"churn": chance} for chance in (0.01, 0.01, 0.01, 0.05, 0.06)))
    assert (found.before[0], found.state[0]) == (TRANSACTIONAL, DRIFTING)


USUAL = [0.05, 0.05, 0.05]
RISES = {
    "above its own baseline": ([*USUAL, 0.07], True),
    "by just enough, a tenth of the base rate": ([0.05, 0.07], True),
    "by too little": ([0.05, 0.0699], False),
    "high and as ever": ([0.6, 0.6, 0.6], False),
    "high and falling": ([0.6, 0.6, 0.5], False),
    "twice next to nothing": ([0.001, 0.002], False),
    "once high, but usually low": ([0.05, 0.3, 0.05, 0.08], True),
    "long since risen: the baseline has followed": ([0.05, 0.09, 0.09, 0.09], False),
    "absent at first": ([np.nan, 0.05, 0.08], True),
    "never seen before": ([np.nan, np.nan, 0.9], False),
    "the first cutoff of all": ([0.9], False),
    "unknown now": ([0.05, np.nan], False),
}


@pytest.mark.parametrize(("propensity", "expected"), RISES.values(), ids=RISES.keys())
def test_a_rise_above_the_own_baseline(propensity: list[float], expected: bool) -> None:
    assert rising_in(np.array(propensity)[:, None], np.array([0.2]), rise=0.1).tolist() == [expected]
    assert plainly_risen(propensity, 0.2 * 0.1) == expected


def plainly_risen(propensity: list[float], by: float) -> bool:
    """One customer in plain Python."""
    *before, now = propensity
    known = sorted(each for each in before if each == each)
    if not known or now != now:
        return False
    middle = len(known) // 2
    usual = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
    return now >= usual + by


FREE = {"investment": 20.0}
UP, DOWN = {**FREE, "propensity": 0.3}, {**FREE, "propensity": 0.1}
PROSPECTS = {
    "rises and is free": ([DOWN, DOWN, UP], True),
    "rises, and leaving has become costly": ([DOWN, DOWN, {**UP, "investment": 80.0}], False),
    "rises, and drifts": ([DOWN, DOWN, {**UP, "churn": 0.5}], False),
    "rises to a partner": ([DOWN, DOWN, {**UP, "propensity_rank": 90.0}], False),
    "is likely, but no likelier than ever": ([UP, UP, UP], False),
    "is likely at the first cutoff, and nothing is known from before": ([UP], False),
    "was not there before": ([None, None, UP], False),
    "has no known propensity before": ([{**FREE, "propensity": np.nan}, UP], False),
}


@pytest.mark.parametrize(("cutoffs", "expected"), PROSPECTS.values(), ids=PROSPECTS.keys())
def test_a_prospective_partner_rises_and_is_still_free(cutoffs: list[dict[str, float] | None], expected: bool) -> None:
    assert along(*cutoffs).prospective_partner[0] == expected


def test_last_night_is_part_of_no_baseline() -> None:
    assert along(DOWN, UP, UP, ages=[31, 1, 0]).prospective_partner[0]
    assert not along(UP, UP, ages=[1, 0]).prospective_partner[0]


def test_a_flag_by_the_level_alone_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: whoever is at or above the base rate counts as risen, wherever it came from."""
    monkeypatch.setattr(course, "rising_in", lambda likely, base, rise: likely[-1] >= base)
    assert along(UP, UP, UP).prospective_partner[0]
    assert along(UP).prospective_partner[0]


def test_transitions_count_everybody_once() -> None:
    before = np.array([UNKNOWN, DRIFTING, DRIFTING, PARTNER])
    counted = transitions(before, np.array([PARTNER, DRIFTING, TRANSACTIONAL, PARTNER]))
    assert counted.sum() == 4
    assert counted[DRIFTING].tolist() == [1, 0, 0, 1]
    assert counted[-1].tolist() == [0, 0, 1, 0]


@given(st.lists(st.sampled_from([{}, CLEAR, JUST, HELD, NEARLY_HELD]), min_size=1, max_size=6))
def test_a_state_that_holds_twice_running_is_taken_on(cutoffs: list[dict[str, float]]) -> None:
    """Whatever went before."""
    assert along(*cutoffs, CLEAR, CLEAR).state[0] == DRIFTING
    assert along(*cutoffs, {}, {}).state[0] == TRANSACTIONAL
