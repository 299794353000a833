"""The rule of states at one cutoff."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.standing import Standing, StateThresholds
from models.decision.states import CAPTIVE, DRIFTING, PARTNER, TRANSACTIONAL, percentile, signs
from tests.models.decision.made_standings import PLAIN, standing

LIMITS = StateThresholds()
HELD = {"investment": 90.0, "value": 20.0}
WILLING = {"propensity": 0.5, "propensity_rank": 90.0}


def state(customer: Standing, falling: bool = False) -> int:
    return int(signs(customer, np.array([falling]), LIMITS).codes[0])


CASES = {
    "nothing to say": ({}, TRANSACTIONAL),
    "a call pays": ({"churn": 0.15}, DRIFTING),
    "just below, no call pays": ({"churn": 0.149}, TRANSACTIONAL),
    "worth nothing, no call ever pays": ({"churn": 0.9, "act_above": np.inf}, TRANSACTIONAL),
    "invested and gaining little": (HELD, CAPTIVE),
    "at risk and under pressure": ({"risk": 70.0, "pressure": 60.0}, CAPTIVE),
    "at risk and under pressure, the risk hardly known": (
        {"risk": 70.0, "pressure": 60.0, "risk_coverage": 0.49},
        TRANSACTIONAL,
    ),
    "at risk and under pressure, the pressure hardly known": (
        {"risk": 70.0, "pressure": 60.0, "pressure_coverage": 0.49},
        TRANSACTIONAL,
    ),
    "invested, gaining enough, not pressed": ({"investment": 90.0, "value": 41.0, "pressure": 59.0}, TRANSACTIONAL),
    "held, but takes up new business": ({**HELD, "expands": True}, TRANSACTIONAL),
    "held, but likely to build on us": ({**HELD, "propensity": 0.31}, TRANSACTIONAL),
    "held, and hardly likelier than most to build on us": ({**HELD, "propensity": 0.2}, CAPTIVE),
    "held, exactly as likely as makes a captive no longer one": (
        {**HELD, "base_rate": 0.5, "propensity": 0.75},
        TRANSACTIONAL,
    ),
    "held by exactly as much": ({"investment": 70.0, "value": 40.0}, CAPTIVE),
    "held, exactly enough of it known": ({**HELD, "investment_coverage": 0.5, "value_coverage": 0.5}, CAPTIVE),
    "likely partner, exactly": (
        {"propensity": 0.5, "propensity_rank": 70.0, "value": 50.0, "pledge_balance": 0.8},
        PARTNER,
    ),
    "held, propensity unknown": ({**HELD, "propensity": np.nan}, TRANSACTIONAL),
    "held and leaving": ({**HELD, "churn": 0.5}, DRIFTING),
    "likely partner that gains": (WILLING, PARTNER),
    "likely partner that gains little": ({**WILLING, "value": 49.0}, TRANSACTIONAL),
    "likely partner that alone puts in": ({**WILLING, "pledge_balance": 0.9}, TRANSACTIONAL),
    "likely partner, pledges unknown": ({**WILLING, "pledge_balance": np.nan}, PARTNER),
    "likely partner, value unknown": ({**WILLING, "value": np.nan}, TRANSACTIONAL),
}


@pytest.mark.parametrize(("values", "expected"), CASES.values(), ids=CASES.keys())
def test_the_first_state_that_holds(values: dict[str, float], expected: int) -> None:
    assert state(standing(**values)) == expected


def test_two_drops_are_a_drift_whatever_the_probability() -> None:
    assert state(standing(churn=0.01), falling=True) == DRIFTING


THIN = {
    "order lines alone": {"beyond_order_lines": False},
    "cost of leaving hardly known": {"investment_coverage": 0.49},
    "value hardly known": {"value_coverage": 0.49},
    "propensity unknown": {"propensity": np.nan},
}


@pytest.mark.parametrize("thin", THIN.values(), ids=THIN.keys())
def test_a_captive_is_possible_and_not_asserted_where_too_little_is_known(thin: dict[str, float]) -> None:
    customer = standing(**HELD, **thin)
    found = signs(customer, np.array([False]), LIMITS)
    assert (found.captive[0], found.captive_possible[0]) == (False, True)


def test_who_is_exactly_as_willing_as_makes_a_captive_no_longer_one_is_not_possibly_one() -> None:
    found = signs(standing(**HELD, base_rate=0.5, propensity=0.75), np.array([False]), LIMITS)
    assert not found.captive_possible[0]


@pytest.mark.parametrize("thin", THIN.values(), ids=THIN.keys())
def test_who_takes_up_new_business_is_not_possibly_one(thin: dict[str, float]) -> None:
    found = signs(standing(**HELD, **thin, expands=True), np.array([False]), LIMITS)
    assert not found.captive_possible[0]


def test_an_asserted_captive_is_not_merely_possible() -> None:
    found = signs(standing(**HELD), np.array([False]), LIMITS)
    assert (found.captive[0], found.captive_possible[0]) == (True, False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"investment": 20.0}, True),
        ({"investment": 49.9}, True),
        ({"investment": 50.0}, False),
        ({"investment": 20.0, "risk": 80.0}, False),
        ({"investment": 20.0, "risk": np.nan}, True),
        ({"investment": np.nan}, False),
    ],
)
def test_who_loses_little_by_leaving_is_free(values: dict[str, float], expected: bool) -> None:
    assert signs(standing(**values), np.array([False]), LIMITS).free[0] == expected


ANY = st.one_of(st.just(float("nan")), st.floats(0, 100))


@given(
    values=st.fixed_dictionaries(
        {name: st.booleans() if name == "expands" else ANY for name in PLAIN if name != "beyond_order_lines"}
    ),
    falling=st.booleans(),
    sign=st.sampled_from([-1, 0, 1]),
)
def test_order_lines_alone_never_make_a_captive(values: dict[str, float], falling: bool, sign: int) -> None:
    customer = standing(**{**values, "beyond_order_lines": False})
    assert signs(customer, np.array([falling]), LIMITS, sign).codes[0] != CAPTIVE


def test_without_that_guard_they_would() -> None:
    """The mutant: the same customer, taken for one of whom more is known."""
    customer = standing(**HELD, beyond_order_lines=False)
    assert state(customer) == TRANSACTIONAL
    assert state(replace(customer, beyond_order_lines=np.array([True]))) == CAPTIVE


@given(values=st.fixed_dictionaries({name: ANY for name in PLAIN if name not in ("expands", "beyond_order_lines")}))
def test_harder_thresholds_find_no_more_than_easier_ones(values: dict[str, float]) -> None:
    customer, still = standing(**values), np.array([False])
    hard, easy = (signs(customer, still, LIMITS, sign) for sign in (1, -1))
    for name in ("drifting", "captive", "partner"):
        assert not (getattr(hard, name) & ~getattr(easy, name)).any()


def test_a_percentile_is_the_share_of_lower_values_with_ties_in_the_middle() -> None:
    assert percentile(np.array([3.0, np.nan, 1.0, 3.0, 5.0])).tolist()[2:] == [12.5, 50.0, 87.5]


def test_every_number_of_a_standing_is_placed_or_unknown() -> None:
    placed = standing().placed(np.array([1]), 2)
    for each in fields(placed):
        values = getattr(placed, each.name)
        assert values[1] == PLAIN[each.name]
        assert not values[0] or np.isnan(values[0])


def test_one_customer_alone_lies_in_the_middle() -> None:
    assert percentile(np.array([np.nan, 7.0]))[1] == 50
