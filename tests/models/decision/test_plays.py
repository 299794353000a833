"""What is declared of plays."""

from __future__ import annotations

from typing import get_args

import pytest

from models.decision import plays
from models.decision.guards import TEMPTATIONS
from models.decision.measures import LEVERS, MEASURES
from models.decision.plays import KEY_WHY, PLAYS, Situation

SITUATIONS = get_args(Situation)


def test_every_situation_has_a_play() -> None:
    assert {situation for play in PLAYS.values() for situation in play.situations} == set(SITUATIONS)


def test_what_plays_are_made_of_is_declared() -> None:
    assert {name for play in PLAYS.values() for name in play.measures} == set(MEASURES)
    assert {measure.lever for measure in MEASURES.values()} == set(LEVERS)


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


def test_measures_that_speak_of_prices_are_looked_at() -> None:
    """Whoever writes another has to say here that it neither raises a price nor lowers all of them."""
    speaking = {name for name, each in MEASURES.items() if {"price", "discount"} & set(words(each.text + each.brief))}
    assert speaking == {"fair_price", "easy_ordering"}


def words(text: str) -> list[str]:
    return [word.strip(",.:;").removesuffix("s") for word in text.lower().split()]


def test_what_the_rule_of_a_state_does_not_look_at_is_not_said_of_it() -> None:
    """Everybody else is transactional: also who is bound, and who would lose much by leaving."""
    served = [PLAYS["serve_at_low_cost"].why, KEY_WHY["serve_at_low_cost"], TEMPTATIONS["partnership_spending"]]
    assert [text for text in served if "leaving" in text or "offer" in text] == []


def test_of_whoever_is_worth_too_little_to_drift_it_is_not_said_that_all_is_well() -> None:
    """Also who is about to leave is transactional, where no effort pays: "nothing calls for more" would deny it."""
    why = PLAYS["serve_at_low_cost"].why
    assert "pay" in why and not [words for words in ("calls for", "keeps it") if words in why]
