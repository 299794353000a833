"""What is declared of plays and their guards."""

from __future__ import annotations

from typing import get_args

import pytest

from models.decision import plays
from models.decision.plays import FORBIDDEN_LEVERS, LEVERS, MEASURES, NEVER, PLAYS, TEMPTATIONS, Play, Situation

SITUATIONS = get_args(Situation)


def test_every_situation_has_a_play_and_something_never_to_do() -> None:
    assert {situation for play in PLAYS.values() for situation in play.situations} == set(SITUATIONS) == set(NEVER)
    assert all(NEVER.values())


def test_what_plays_are_made_of_is_declared() -> None:
    assert {name for play in PLAYS.values() for name in play.measures} == set(MEASURES)
    assert {measure.lever for measure in MEASURES.values()} == set(LEVERS)
    assert {name for never in NEVER.values() for name in never} == set(TEMPTATIONS)
    assert set(FORBIDDEN_LEVERS) <= set(TEMPTATIONS)


@pytest.mark.parametrize("code", PLAYS)
def test_no_play_does_what_is_never_right_where_it_is_meant(code: str) -> None:
    for situation in PLAYS[code].situations:
        assert plays.violations(code, frozenset({situation})) == ()


@pytest.mark.parametrize(
    ("situation", "levers"),
    [
        ("transactional", {"L1", "L2"}),
        ("prospective_partner", {"L1", "L2", "L4", "W1"}),
        ("partner", {"W1", "W2", "W3", "L4"}),
        ("captive", {"W1", "W2", "L1", "L2"}),
        ("drifting", {"L2", "L3", "W2"}),
    ],
)
def test_the_first_play_moves_the_levers_of_the_table(situation: Situation, levers: set[str]) -> None:
    assert set(PLAYS[plays.plays_for(situation)[0]].levers) == levers


def test_a_play_that_binds_is_refused_to_whoever_may_be_held() -> None:
    assert plays.violations("build_together", frozenset({"partner", "captive"})) == ("binding",)
    assert plays.violations("keep_in_touch", frozenset({"partner", "captive"})) == ()


def test_the_guard_sees_a_play_that_is_not_proper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the play for captives with a measure that binds."""
    binding = Play(("captive",), "keep", ("mutual_pledge",), "because")
    monkeypatch.setattr(plays, "PLAYS", {**PLAYS, "make_it_worth_staying": binding})
    assert plays.violations("make_it_worth_staying", frozenset({"captive"})) == ("binding",)


def test_partnership_spending_is_by_the_levers_that_make_both_sides_win() -> None:
    assert plays.violations("keep_in_touch", frozenset({"transactional"})) == ("partnership_spending",)
