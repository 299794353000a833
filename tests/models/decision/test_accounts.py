"""Key accounts are told by what they carry, and nobody is told to serve them at low cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision import advice
from models.decision.accounts import PERSON, USUAL, accounts, levers, never_of
from models.decision.advice import Told, told
from models.decision.guards import NEGLECT, TEMPTATIONS
from models.decision.plays import KEY_WHY, PLAYS, Situation
from models.decision.recommend import ACT, COOLDOWN, HOLDOUT, NEVER_CONTACT, NOT_WORTH_IT, STATUSES
from models.explanation.language import ENGLISH

TRANSACTIONAL: frozenset[Situation] = frozenset({"transactional"})


def said(play: str, status: str = ACT, weight: float | None = 0.105) -> Told:
    return told(play, status, TRANSACTIONAL, (), ENGLISH, weight)


@pytest.mark.parametrize(
    ("value", "share", "key"),
    [
        ([30.0] * 3 + [1.0] * 10, 0.01, [True] * 3 + [False] * 10),
        ([90.0, 10.0, *[0.0] * 30], 0.1, [True, True, *[False] * 30]),
        ([90.1, 9.9, *[0.0] * 30], 0.1, [True, False, *[False] * 30]),
        ([30.0, 10.0, 10.0, 10.0], 0.01, [False] * 4),  # half of it, and only twice what is usual
        ([50.0, np.nan, *[1.0] * 5], 0.5, [True, *[False] * 6]),
        ([0.0, 0.0], 0.01, [False, False]),
        ([np.nan, np.nan], 0.01, [False, False]),
        ([], 0.01, []),
    ],
)
def test_who_carries_enough_of_the_margin_is_key(value: list[float], share: float, key: list[bool]) -> None:
    assert accounts(np.array(value), share).key.tolist() == key


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=60), st.floats(0.005, 1))
def test_there_are_never_more_than_the_share_allows_for(values: list[float], share: float) -> None:
    """As plain Python counts them, but for sums that differ in the last digit."""
    found, whole = accounts(np.array(values), share), sum(values)
    least = max(share, 3 / len(values)) * whole
    for value, key in zip(values, found.key.tolist(), strict=True):
        assert key == (value >= least > 0) or value == pytest.approx(least)
    assert found.key.sum() <= min(1 / share, len(values) / 3) * (1 + 1e-9)


def test_a_share_is_told_of_key_accounts_alone() -> None:
    found = accounts(np.array([99.5, 0.5, 0.0, 0.0]), 0.01)
    assert found.share.tolist() == [0.995, 0.005, 0.0, 0.0]
    assert [found.weight(row) for row in (0, 1)] == [0.995, None]


def test_low_cost_is_not_said_of_a_key_account() -> None:
    found = said("serve_at_low_cost")
    assert found.why == f"It carries 10.5% of the margin expected of all customers. {KEY_WHY['serve_at_low_cost']}"
    assert found.do.startswith(f"First, {PERSON}. Then make sure that what it buys regularly is in stock")
    assert "low cost" not in f"{found.why} {found.do}"
    assert "low cost" in said("serve_at_low_cost", weight=None).why, "so the test could have failed"


def test_of_all_others_nothing_is_said_otherwise() -> None:
    found = said("recover", weight=None)
    assert (found.why, PERSON in found.do) == (PLAYS["recover"].why, False)
    assert said("", NOT_WORTH_IT, None).why == ""


@pytest.mark.parametrize("status", STATUSES)
def test_a_key_account_is_looked_after_whatever_becomes_of_its_play(status: str) -> None:
    found = said("recover" if status in (ACT, HOLDOUT) else "", status)
    looked_after = PERSON in found.do or found.do == f"{advice.WHY_NOT[status]} {USUAL}"
    assert looked_after == (status != NEVER_CONTACT), "but who asked for peace has it"
    assert found.why.startswith("It carries 10.5%")


def test_what_is_never_right_stays_never_right_and_neglect_is_added() -> None:
    plain, key = said("serve_at_low_cost", weight=None).do_not, said("serve_at_low_cost").do_not
    assert key == f"{plain} Do not {TEMPTATIONS[NEGLECT]}."
    assert never_of(("price_rise", NEGLECT), key=True) == ("price_rise", NEGLECT)


@pytest.mark.parametrize(("key", "expected"), [(True, ("L3", "L1", "L2")), (False, ("L1", "L2"))])
def test_the_person_is_a_lever_of_its_own(key: bool, expected: tuple[str, ...]) -> None:
    assert levers("serve_at_low_cost", key=key) == expected


def test_a_cooldown_is_told_before_the_usual() -> None:
    assert said("", COOLDOWN).do.startswith("Something was done here a short while ago")
