"""What a play wins, what it costs, and what is left come from one formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.plays import PLAYS
from models.decision.worth import Assumption, expected_worth, profit_a_unit
from models.evaluation.profit import Offer, expected_profit

ASSUMED = Assumption(0.3, 0.05, 15.0, 0.2, capacity=0, cooldown_days=30, most_tries=0)
SHARE = st.floats(0, 1)


def one(number: float) -> np.ndarray:
    return np.array([number])


def plainly(aim: str, p: float, q: float, v: float, of: Assumption) -> tuple[float, float]:
    """Gain and cost, customer by customer of what may happen: leaves or stays, accepts or not."""
    a, d, f, g = of.acceptance, of.incentive_share, of.contact_cost, of.growth_share
    if aim == "grow":
        return a * q * (g * v), a * (d * v) + f
    leaves_and_accepts, would_have_stayed = p * a, 1 - p
    return leaves_and_accepts * v, (leaves_and_accepts + would_have_stayed) * (d * v) + f


@pytest.mark.parametrize("code", PLAYS)
@given(p=SHARE, q=SHARE, v=st.floats(0, 1e6), a=SHARE, d=SHARE, f=st.floats(0, 100), g=SHARE)
def test_profit_is_gain_less_cost_to_the_cent(
    code: str, p: float, q: float, v: float, a: float, d: float, f: float, g: float
) -> None:
    assumed = Assumption(a, d, f, g, capacity=0, cooldown_days=0, most_tries=0)
    found = expected_worth(code, one(p), one(q), one(v), assumed)
    gain, cost = plainly(PLAYS[code].aim, p, q, v, assumed)
    assert (found.gain[0], found.cost[0]) == (pytest.approx(gain, abs=1e-6), pytest.approx(cost, abs=1e-6))
    assert found.profit[0] == pytest.approx(gain - cost, abs=1e-6)
    assert found.cost[0] >= 0
    if PLAYS[code].aim == "keep":
        of_the_domain = v * (p * a * (1 - d) - (1 - p) * d) - f
        assert found.profit[0] == pytest.approx(of_the_domain, abs=1e-6)
        assert found.profit[0] == pytest.approx(expected_profit(one(p), one(v), Offer(a, d, f))[0], abs=1e-6)


def test_whoever_would_have_stayed_takes_the_incentive_too() -> None:
    """By hand; the mutant is the cost as if only those who are kept took it, 30 in place of 280."""
    found = expected_worth("recover", one(0.5), one(np.nan), one(10_000.0), ASSUMED)
    assert found.cost[0] == pytest.approx(15 + 500 * (0.5 * 0.3 + 0.5))
    assert found.cost[0] > 15 + 0.3 * 500
    assert found.gain[0] == pytest.approx(1_500)


def test_a_pilot_is_paid_for_only_where_there_is_one() -> None:
    found = expected_worth("pilot_together", one(0.1), one(0.5), one(1_000.0), ASSUMED)
    assert (found.gain[0], found.cost[0]) == (pytest.approx(1_000 * 0.3 * 0.5 * 0.2), pytest.approx(15 + 0.3 * 50))


def test_what_is_unknown_is_not_reckoned() -> None:
    without_value = expected_worth("recover", one(0.5), one(0.5), one(np.nan), ASSUMED)
    assert np.isnan([without_value.gain, without_value.cost, without_value.profit]).all()
    assert np.isnan(expected_worth("build_together", one(0.5), one(np.nan), one(9.0), ASSUMED).profit[0])


def test_a_unit_of_value_is_worth_what_is_left_before_the_contact() -> None:
    assert profit_a_unit("recover", one(0.5), one(0.5), ASSUMED)[0] == pytest.approx(0.15 - 0.05 * 0.65)


@pytest.mark.parametrize(("factor", "acceptance"), [(0.5, 0.15), (1.0, 0.3), (4.0, 1.0)])
def test_no_more_than_everybody_accepts(factor: float, acceptance: float) -> None:
    assert ASSUMED.times(factor).acceptance == pytest.approx(acceptance)
