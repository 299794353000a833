"""The profit of an offer follows the formula, and the rule is exactly where it turns from loss to gain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.profit import Choices, Offer, expected_profit, least_probability, profit_curve

OFFER = Offer(acceptance=0.30, incentive_share=0.05, contact_cost=15.0)


def test_worked_example() -> None:
    # value 1000, chance .5: 1000 x (.5 x .3 x .95 - .5 x .05) - 15 = 142.5 - 25 - 15
    assert expected_profit([0.5], [1000.0], OFFER)[0] == pytest.approx(102.5)
    # (.05 + 15 / 1000) / (.3 x .95 + .05) = .065 / .335
    assert least_probability([1000.0], OFFER)[0] == pytest.approx(0.065 / 0.335)


@given(st.floats(0.05, 1), st.floats(0, 0.5), st.floats(0, 100), st.floats(1, 1e6), st.floats(0, 1))
def test_an_offer_pays_exactly_above_the_least_probability(a: float, d: float, f: float, v: float, p: float) -> None:
    offer = Offer(a, d, f)
    least = least_probability([v], offer)[0]
    if abs(p - least) > 1e-9:
        assert (expected_profit([p], [v], offer)[0] > 0) == (p > least)


def test_without_value_no_chance_is_high_enough() -> None:
    assert least_probability([0.0, -5.0], OFFER).tolist() == [np.inf, np.inf]


def test_acceptance_is_never_more_than_everybody() -> None:
    assert OFFER.times(2).acceptance == pytest.approx(0.6)
    assert OFFER.times(10).acceptance == 1.0


def rows(size: int = 400) -> Choices:
    random = np.random.default_rng(4)
    chance = random.random(size)
    label = (random.random(size) < chance).astype(float)
    return Choices(np.arange(size), label, chance, np.full(size, 0.5), random.gamma(1, 500, size))


def test_a_campaign_adds_up_row_by_row() -> None:
    choices = rows()
    found = choices.campaign(OFFER, draws=50, seed=1, confidence=0.95)
    total = 0.0
    for left, chance, value in zip(choices.label, choices.probability, choices.value, strict=True):
        if chance > (0.05 + 15 / value) / (0.3 * 0.95 + 0.05):
            total += value * (left * 0.3 * 0.95 - (1 - left) * 0.05) - 15
    assert found.earned.value == pytest.approx(total / len(choices.label))
    assert found.everybody <= found.best
    assert found.earned.value <= found.best
    assert found.earned.low < found.earned.value < found.earned.high


def test_calibrated_chances_promise_what_is_earned_and_beat_a_rival_who_knows_nothing() -> None:
    found = rows(4000).campaign(OFFER, draws=100, seed=1, confidence=0.95)
    assert found.earned.low < found.believed < found.earned.high
    assert found.lead.low > 0


def test_the_curve_ends_at_an_offer_to_everybody() -> None:
    choices = rows()
    share, earned = profit_curve(choices.probability, choices.label, choices.value, OFFER)
    assert (share[0], share[-1], earned[0]) == (0, 1, 0)
    assert earned[-1] == pytest.approx(expected_profit(choices.label, choices.value, OFFER).mean())
