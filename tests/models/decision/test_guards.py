"""What is never right somewhere is seen, whichever of the six it is, and refused on import and when recommended."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import get_args

import pytest

from features.engine.declaration import DeclarationError
from models.decision import guards, measures
from models.decision import plays as declared
from models.decision.guards import BY_LEVER, NEVER, TEMPTATIONS, check, never, temptations, violations
from models.decision.measures import MEASURES, Measure, Temptation
from models.decision.plays import PLAYS, Play, Situation

TEMPTING = {
    "partnership_spending": Measure("W1", "make it a service of its own", "a service of its own", ()),
    "binding": Measure("L4", "ask it to link its system with ours", "linked systems", ()),
    "exclusivity": Measure("L2", "ask to be its only supplier", "all of its business", ("exclusivity",)),
    "price_rise": Measure("L1", "raise its prices by a tenth", "higher prices", ("price_rise",)),
    "neglect": Measure("L1", "answer only when it asks", "answers when it asks", ("neglect",)),
    "blanket_discount": Measure("L1", "give a tenth off on everything", "a tenth off", ("blanket_discount",)),
}
"""By what it gives in to: a measure that does."""
EVERY = [(name, situation) for situation, forbidden in NEVER.items() for name in forbidden]


def doing(measure: str, situation: Situation) -> Play:
    """A play for one situation that does one thing beside its due."""
    return Play((situation,), "keep", ("availability", measure), "because", always=True)


@pytest.fixture
def tempting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures that give in to each temptation, by the name of what they give in to."""
    both = {**MEASURES, **TEMPTING}
    for module in (measures, guards, declared):
        monkeypatch.setattr(module, "MEASURES", both)


def test_there_is_something_never_to_do_in_every_situation_and_every_temptation_is_somewhere() -> None:
    assert set(NEVER) == set(get_args(Situation))
    assert all(NEVER.values())
    assert {name for forbidden in NEVER.values() for name in forbidden} == set(TEMPTATIONS) == set(get_args(Temptation))
    assert set(TEMPTING) == set(TEMPTATIONS), "each has its mutant"


@pytest.mark.parametrize("code", PLAYS)
def test_no_play_does_what_is_never_right_where_it_is_meant(code: str) -> None:
    for situation in PLAYS[code].situations:
        share = 0.05 if PLAYS[code].carries_incentive else 0.0
        assert violations(code, frozenset({situation}), incentive_share=share) == ()


@pytest.mark.parametrize(("name", "situation"), EVERY)
@pytest.mark.usefixtures("tempting")
def test_a_play_that_gives_in_is_seen_and_refused(
    name: Temptation, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutants: for each situation, a play that does each thing which is never right there."""
    improper = doing(name, situation)
    with pytest.raises(DeclarationError, match=rf"play 'improper' is meant for .*{name}.* is never right"):
        check({**PLAYS, "improper": improper})
    monkeypatch.setattr(guards, "PLAYS", {**PLAYS, "improper": improper})
    assert name in violations("improper", frozenset({situation}), incentive_share=0.0)


@pytest.mark.parametrize(("name", "situation"), EVERY)
@pytest.mark.usefixtures("tempting")
def test_but_for_that_measure_it_would_be_proper(name: Temptation, situation: Situation) -> None:
    proper = replace(doing(name, situation), measures=("availability",))
    check({**PLAYS, "proper": proper})


@pytest.mark.parametrize("name", TEMPTATIONS)
@pytest.mark.usefixtures("tempting")
def test_where_it_is_not_forbidden_it_is_no_violation(name: Temptation, monkeypatch: pytest.MonkeyPatch) -> None:
    free = next(situation for situation, forbidden in NEVER.items() if name not in forbidden)
    monkeypatch.setattr(guards, "PLAYS", {"improper": doing(name, free)})
    assert name in temptations(doing(name, free), incentive_share=0.0)
    assert name not in violations("improper", frozenset({free}), incentive_share=0.0)


@pytest.mark.parametrize(("share", "expected"), [(0.0, ()), (0.01, ("blanket_discount",))])
def test_what_no_measure_carries_is_a_blanket_discount(share: float, expected: tuple[str, ...]) -> None:
    held = frozenset[Situation]({"captive_drifting"})
    assert violations("repair_and_release", held, incentive_share=share) == expected
    assert violations("recover", frozenset({"drifting"}), incentive_share=share) == ()


def test_an_offer_for_one_thing_is_none_and_without_its_measure_it_would_be() -> None:
    """The mutant: the play for who drifts, its incentive carried by nothing."""
    untied = replace(PLAYS["recover"], carries_incentive="")
    assert "blanket_discount" not in temptations(PLAYS["recover"], incentive_share=0.05)
    assert "blanket_discount" in temptations(untied, incentive_share=0.05)


def test_nothing_to_do_is_neglect() -> None:
    assert temptations(Play(("partner",), "grow", (), "because"), incentive_share=0.0) == {"neglect"}


def test_what_is_always_done_elsewhere_is_neglect_here() -> None:
    elsewhere = replace(PLAYS["keep_in_touch"], situations=("transactional",), measures=("availability",))
    with pytest.raises(DeclarationError, match="no play is done always for 'partner'"):
        check({**PLAYS, "keep_in_touch": elsewhere})


def test_where_neglect_is_never_right_something_is_always_done() -> None:
    lapsing = replace(PLAYS["keep_in_touch"], always=False)
    with pytest.raises(DeclarationError, match="no play is done always for 'partner'"):
        check({**PLAYS, "keep_in_touch": lapsing})


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (Play(("partner",), "grow", ("dance",), "because"), "has measures \\['dance'\\]; expected of"),
        (replace(PLAYS["recover"], carries_incentive="pilot"), "gives its incentive by 'pilot'; expected one of"),
    ],
)
def test_a_play_of_undeclared_parts_is_refused(play: Play, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        check({**PLAYS, "improper": play})


def test_a_measure_that_gives_in_to_what_nobody_declared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = Measure("L1", "do it", "it", ("bribery",))  # type: ignore[arg-type]
    monkeypatch.setattr(guards, "MEASURES", {**MEASURES, "unknown": unknown})
    with pytest.raises(DeclarationError, match=r"measure 'unknown' gives in to \['bribery'\]"):
        check(PLAYS)


def test_improper_plays_are_refused_on_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "PLAYS", {**PLAYS, "improper": Play(("captive",), "keep", ("pilot",), "because")})
    try:
        with pytest.raises(DeclarationError, match="'improper'"):
            importlib.reload(guards)
    finally:
        monkeypatch.undo()
        importlib.reload(guards)


def test_a_play_that_binds_is_refused_to_whoever_may_be_held() -> None:
    held = frozenset[Situation]({"partner", "captive"})
    assert violations("build_together", held, incentive_share=0.02) == ("binding",)
    assert violations("keep_in_touch", held, incentive_share=0.0) == ()


def test_partnership_spending_is_by_the_levers_that_make_both_sides_win() -> None:
    assert {lever for lever, name in BY_LEVER.items() if name == "partnership_spending"} == {"W1", "W2", "W3"}
    assert violations("keep_in_touch", frozenset({"transactional"}), incentive_share=0.0) == ("partnership_spending",)


def test_each_temptation_is_named_once() -> None:
    both = never(frozenset({"captive", "captive_drifting"}))
    assert sorted(both) == ["binding", "blanket_discount", "price_rise"]
