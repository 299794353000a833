"""An incentive is given where it earns more than the same play without it, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.recommend import Advice, Rules, recommend
from models.decision.states import DRIFTING
from models.decision.worth import expected_worth, pays_to_give
from tests.models.decision.made_candidates import ASSUMED, RULES, candidates, relationship

RECOVER = replace(ASSUMED, acceptance_unpaid=0.15)
GIVING = replace(RULES, assumed={**RULES.assumed, "recover": RECOVER})


def advised(churn: float, value: float = 10_000.0, rules: Rules = GIVING) -> Advice:
    return recommend(candidates(relationship([DRIFTING]), churn=[churn], value=[value]), rules)


@pytest.mark.parametrize(("churn", "share"), [(0.05, 0.0), (0.27, 0.0), (0.2703, 0.05), (0.9, 0.05)])
def test_few_would_leave_and_nothing_is_given(churn: float, share: float) -> None:
    found = advised(churn)
    assert (found.play[0], found.incentive_share[0], found.incentive[0]) == ("recover", share, share * 10_000)


def test_what_it_earns_and_costs_without() -> None:
    found = advised(0.1)
    assert found.cost[0] == 15.0
    assert found.profit[0] == pytest.approx(10_000 * 0.1 * 0.15 - 15)
    assert (found.low[0], found.high[0]) == pytest.approx((10_000 * 0.1 * 0.075 - 15, 10_000 * 0.1 * 0.3 - 15))


def test_a_customer_of_weight_is_called_though_an_incentive_would_not_pay() -> None:
    """At 10 %, five hundred given away to nine in ten who would stay costs more than it saves."""
    assert advised(0.1, rules=RULES).status[0] == "not_worth_it"
    assert advised(0.1).status[0] == "act"


def test_a_play_that_is_nothing_without_its_incentive_always_gives_it() -> None:
    assert advised(0.2, rules=RULES).incentive_share[0] == 0.05


def test_where_the_value_is_unknown_it_is_given() -> None:
    unknown = np.array([np.nan])
    assert pays_to_give("recover", np.array([0.1]), unknown, unknown, RECOVER).tolist() == [True]


@pytest.mark.parametrize(
    ("assumed", "given"),
    [
        (RECOVER, False),  # a call alone loses less
        (replace(RECOVER, acceptance_unpaid=0.0), True),  # there is no call alone
        (replace(RECOVER, acceptance_unpaid=ASSUMED.acceptance, incentive_share=0.0), True),  # the call is all of it
    ],
    ids=["done without", "not done without", "all the same"],
)
def test_it_is_withheld_only_where_the_play_is_done_without_and_earns_more(assumed, given: bool) -> None:
    """Of a hundred customers 5 would leave: an incentive for the 95 who stay loses money."""
    churn, value = np.array([0.05]), np.array([10_000.0])
    assert pays_to_give("recover", churn, churn, value, assumed).tolist() == [given]


SHARES = st.floats(0, 1)


@given(SHARES, st.floats(0, 1e6), SHARES, SHARES, SHARES)
def test_neither_of_the_two_earns_more_than_what_is_chosen(
    chance: float, worth: float, paid: float, unpaid: float, share: float
) -> None:
    assumed = replace(ASSUMED, acceptance=paid, acceptance_unpaid=unpaid, incentive_share=share)
    churn, value = np.array([chance]), np.array([worth])
    both = [expected_worth("recover", churn, churn, value, each).profit[0] for each in (assumed, assumed.unpaid)]
    gives = pays_to_give("recover", churn, churn, value, assumed)[0]
    assert both[0 if gives else 1] == max(both) or not unpaid


def test_twice_the_acceptance_is_twice_either() -> None:
    twice = RECOVER.times(2)
    assert (twice.acceptance, twice.acceptance_unpaid, twice.unpaid.acceptance) == (0.6, 0.3, 0.3)
    assert RECOVER.times(9).acceptance_unpaid == 1.0
