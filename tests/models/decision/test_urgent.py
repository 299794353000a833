"""A play is urgent where it pays even at half the assumed acceptance, with who still buys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from models.decision.recommend import NONE, Candidates, Rules, recommend
from models.decision.states import DRIFTING
from tests.models.decision.made_candidates import RULES, candidates, relationship
from tests.models.decision.test_recommend import anybody


@pytest.mark.parametrize(
    ("churn", "value", "more", "now"),
    [
        (0.5, 10_000.0, {}, True),
        (0.5, 220.0, {}, False),
        (0.5, 20.0, {}, False),
        (0.5, np.nan, {}, True),
        (0.25, np.nan, {}, False),
        (0.5, 10_000.0, {"closed": [True]}, False),
        (0.5, 10_000.0, {"closed": [True], "complains": [True]}, True),
        (0.5, 10_000.0, {"days_since_action": [1.0]}, False),
    ],
    ids=[
        "pays at half", "pays as assumed, at half no more", "does not pay", "unknown value, likely", "unknown, less so",
        "buys nowhere", "buys nowhere but complains", "just treated",
    ],
)  # fmt: skip
def test_urgent_is_what_pays_at_half_the_acceptance_with_who_still_buys(
    churn: float, value: float, more: dict[str, list[float]], now: bool
) -> None:
    found = recommend(candidates(relationship([DRIFTING]), churn=[churn], value=[value], **more), RULES)
    assert found.at_once.tolist() == [now]


@pytest.mark.parametrize(
    ("value", "status", "now"),
    [(100.0, "not_worth_it", False), (101.0, "act", False), (200.0, "act", False), (201.0, "act", True)],
)
def test_what_earns_nothing_is_not_worth_it_and_what_earns_nothing_at_half_can_wait(
    value: float, status: str, now: bool
) -> None:
    """Half of a hundred, of which three in ten are kept, are the fifteen that the contact costs."""
    held = candidates(relationship([DRIFTING], captive_drifting=[True]), value=[value])
    found = recommend(held, RULES)
    assert (found.status[0], found.at_once[0]) == (status, now)


@given(anybody())
@settings(deadline=None)
def test_urgent_is_acted_on_and_pays_at_half(given: tuple[Candidates, Rules]) -> None:
    found = recommend(*given)
    assert (found.at_once <= (found.status == "act")).all()
    known = found.at_once & ~np.isnan(found.low)
    assert (found.low[known] > 0).all()
    assert not ((found.low > 0) & (found.status == "act") & ~found.at_once).any(), "nobody here is closed"


@given(anybody())
@settings(deadline=None)
def test_meant_for_now_is_what_would_be_urgent_were_nobody_held_out(given: tuple[Candidates, Rules]) -> None:
    whom, rules = given
    found, all_treated = recommend(whom, rules), recommend(whom, replace(rules, holdout_share=0.0))
    has = found.play != NONE
    assert (found.meant_now[has] == all_treated.at_once[has]).all()
    assert not found.meant_now[~has].any()
