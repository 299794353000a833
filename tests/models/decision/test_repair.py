"""An open severe complaint is a reason to act, whatever the money of a play says, and no guard gives way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decision import advice, plays, recommend, repair
from models.decision.accounts import levers, why
from models.decision.advice import told
from models.decision.measures import MEASURES
from models.decision.plays import PLAYS
from models.decision.recommend import Advice, Candidates, Rules
from models.decision.repair import REPAIR_FIRST, REPAIR_ONLY, measures_of, open_since
from models.decision.situations import situations_of
from models.decision.states import CAPTIVE, DRIFTING, PARTNER, TRANSACTIONAL
from models.explanation.language import ENGLISH
from tests.models.decision.made_candidates import RULES, assumed, candidates, relationship
from tests.models.decision.test_recommend import anybody, guards_broken, woken

CAUSE = MEASURES["find_cause"].text


def complaining(chosen: Candidates, who: list[bool]) -> Candidates:
    return replace(chosen, complains=np.array(who, dtype=bool))


def texts_of(found: Advice) -> list[str]:
    rows = zip(found.play, found.status, found.situations, found.repair, strict=True)
    return [told(*each, [], ENGLISH, repair=owed).do for *each, owed in rows]


def unheard(found: Advice, chosen: Candidates, rules: Rules) -> list[str]:
    """Who complains, may be spoken to, and is told to be left alone, or not to be acted on now."""
    asked = [chosen.complains[row] and key not in rules.never_contact for row, key in enumerate(chosen.customer_id)]
    told_first = [CAUSE in text.split(". ")[0] for text in texts_of(found)]
    return [
        key for row, key in enumerate(chosen.customer_id) if asked[row] and not (told_first[row] and found.at_once[row])
    ]


@st.composite
def somebody_complains(draw: st.DrawFn) -> tuple[Candidates, Rules]:
    chosen, rules = draw(anybody())
    count = chosen.customer_id.size
    return complaining(chosen, draw(st.lists(st.booleans(), min_size=count, max_size=count))), rules


@given(somebody_complains())
@settings(deadline=None)
def test_no_complaint_stays_unheard_and_no_guard_gives_way(given: tuple[Candidates, Rules]) -> None:
    chosen, rules = given
    found = recommend.recommend(chosen, rules)
    assert unheard(found, chosen, rules) == []
    assert guards_broken(found, rules) == []
    assert woken(found, chosen) == []
    for code, limits in rules.assumed.items():
        assert not limits.capacity or (found.play == code).sum() <= limits.capacity


@given(somebody_complains())
@settings(deadline=None)
def test_who_complains_is_left_without_a_play_by_room_guards_and_lots_alone(given: tuple[Candidates, Rules]) -> None:
    chosen, rules = given
    free = replace(rules, assumed={code: replace(each, capacity=0) for code, each in rules.assumed.items()})
    found = recommend.recommend(replace(chosen, avoid={}), free)
    lost = [
        key
        for row, key in enumerate(chosen.customer_id)
        if chosen.complains[row] and not found.play[row] and key not in rules.never_contact
    ]
    assert lost == [key for key in lost if not any(fits(chosen, free)[key])]


def fits(chosen: Candidates, rules: Rules) -> dict[str, list[bool]]:
    """By customer, of each play that repairs, whether it is one of its situation that no guard speaks against."""
    return {
        key: [
            recommend._fits(code, each.incentive_share, main, every)
            for code, each in rules.assumed.items()
            if repair.is_for_repair(PLAYS[code])
        ]
        for key, (main, every) in zip(chosen.customer_id, situations_of(chosen.relationship), strict=True)
    }


POOR = {"value": [20.0], "churn": [0.05]}


@pytest.mark.parametrize(
    ("state", "flag", "play"),
    [
        (TRANSACTIONAL, "", "serve_at_low_cost"),
        (TRANSACTIONAL, "prospective_partner", "serve_at_low_cost"),
        (PARTNER, "", "keep_in_touch"),
        (CAPTIVE, "", "make_it_worth_staying"),
        (DRIFTING, "", "recover"),
        (DRIFTING, "captive_drifting", "repair_and_release"),
    ],
)
def test_what_is_proposed_where_no_play_pays(state: int, flag: str, play: str) -> None:
    customer = candidates(relationship([state], **{flag: [True]} if flag else {}), **POOR, complains=[True])
    found = recommend.recommend(customer, RULES)
    assert (found.play[0], found.status[0], found.at_once[0]) == (play, "act", True)
    assert texts_of(found)[0].startswith(f"First, settle its severe complaint: {CAUSE}.")
    quiet = recommend.recommend(complaining(customer, [False]), RULES)
    assert (quiet.play[0], quiet.at_once[0]) == (play if state == PARTNER else "", False), (
        "the mutant: nobody complains"
    )


@pytest.mark.parametrize("row", [{"days_since_action": [1.0]}, {"tries": [9]}], ids=["just treated", "tried often"])
def test_what_was_done_before_does_not_settle_it(row: dict[str, list[float]]) -> None:
    assert recommend.recommend(candidates(relationship([DRIFTING]), **row, complains=[True]), RULES).status[0] == "act"
    assert recommend.recommend(candidates(relationship([DRIFTING]), **row), RULES).status[0] != "act"


def test_a_complaint_is_no_ground_to_grow() -> None:
    partner = candidates(relationship([PARTNER]), **POOR, propensity=[0.0], complains=[True])
    assert recommend.recommend(partner, RULES).play[0] == "keep_in_touch"


def test_who_complains_has_the_room_first() -> None:
    chosen = candidates(relationship([CAPTIVE] * 2), value=[9_000.0, 1.0], complains=[False, True])
    assert recommend.recommend(chosen, assumed(capacity=1)).status.tolist() == ["capacity", "act"]


def test_of_who_is_held_out_the_repair_is_not_withheld() -> None:
    chosen = candidates(relationship([CAPTIVE] * 50), complains=[True] * 50)
    found = recommend.recommend(chosen, replace(RULES, holdout_share=0.99))
    held = found.status == "holdout"
    assert held.sum() >= 45 and found.at_once.all()
    assert {text.split(": ")[0] for text in np.array(texts_of(found))[held]} == {"A severe complaint is open"}


def test_who_asked_for_peace_has_it() -> None:
    found = recommend.recommend(
        candidates(relationship([CAPTIVE]), complains=[True]), replace(RULES, never_contact=frozenset({"c0"}))
    )
    assert (found.at_once[0], texts_of(found)) == (False, ["This customer asked to be left in peace."])


def test_where_nothing_else_pays_only_the_repair_is_told_and_nothing_given() -> None:
    found = recommend.recommend(candidates(relationship([DRIFTING]), **POOR, complains=[True]), RULES)
    assert (found.repair[0], found.incentive_share[0], found.incentive[0]) == (REPAIR_ONLY, 0, 0)
    assert measures_of("recover", REPAIR_ONLY) == ("find_cause",)
    assert measures_of("make_it_worth_staying", REPAIR_ONLY) == ("find_cause", "availability", "fair_price")
    assert set(levers("make_it_worth_staying", key=False, repair=REPAIR_ONLY)) == {"L1", "L2"}


@pytest.mark.parametrize(("value", "owed"), [(100.0, REPAIR_ONLY), (101.0, REPAIR_FIRST)])
def test_the_repair_is_all_where_the_play_earns_nothing_beside(value: float, owed: str) -> None:
    held = candidates(relationship([DRIFTING], captive_drifting=[True]), value=[value], complains=[True])
    assert recommend.recommend(held, RULES).repair.tolist() == [owed]


def test_what_is_done_always_is_done_whole_after_the_repair() -> None:
    found = recommend.recommend(candidates(relationship([PARTNER]), **POOR, complains=[True]), RULES)
    assert (found.play[0], found.repair[0]) == ("keep_in_touch", REPAIR_FIRST)
    assert measures_of("keep_in_touch", REPAIR_FIRST) == ("find_cause", "availability", "industry_news")


def test_a_key_account_that_complains_is_told_both_and_never_of_low_cost() -> None:
    assert why("serve_at_low_cost", 0.02, ENGLISH, REPAIR_FIRST)[0] == repair.WHY
    assert why("serve_at_low_cost", 0.02, ENGLISH, REPAIR_ONLY) == [
        repair.WHY, "It carries 2.0% of the margin expected of all customers.",
    ]  # fmt: skip
    text = told("recover", "act", frozenset({"drifting"}), [], ENGLISH, 0.02, repair=REPAIR_FIRST).do
    assert text.index("severe complaint") < text.index("name one person here") < text.index("second person there")


def test_where_the_play_pays_it_follows_the_repair() -> None:
    found = recommend.recommend(candidates(relationship([DRIFTING]), complains=[True]), RULES)
    assert (found.repair[0], found.incentive_share[0]) == (REPAIR_FIRST, 0.05)
    assert measures_of("recover", REPAIR_FIRST) == ("find_cause", "second_contact", "lost_business")
    assert measures_of("keep_in_touch", REPAIR_FIRST)[0] == "find_cause", "also where the play does not hold it"
    assert levers("recover", key=True, repair=REPAIR_FIRST)[:2] == ("L2", "L3"), "the person comes after"


def test_why_says_that_it_is_not_for_the_money() -> None:
    assert why("recover", None, ENGLISH, REPAIR_ONLY) == [repair.WHY]
    assert why("recover", None, ENGLISH, REPAIR_FIRST) == [repair.WHY, PLAYS["recover"].why]


DENIED = ("Nothing calls for more effort", "gains by it")
"""What nobody says of a customer in the sentence after its severe complaint."""


@pytest.mark.parametrize("weight", [None, 0.02], ids=["", "key account"])
@pytest.mark.parametrize("code", PLAYS)
def test_no_reason_for_a_play_denies_the_complaint(code: str, weight: float | None) -> None:
    said = why(code, weight, ENGLISH, REPAIR_FIRST)
    assert said[-1] not in (repair.WHY, "") and len(said) == (2 if weight is None else 3)
    assert not [words for words in DENIED if words in " ".join(said)]
    assert "low cost" not in said[-1] or weight is None, "an affront to a key account"


def test_a_reason_that_denies_the_complaint_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the reasons of all others."""
    monkeypatch.setattr(plays, "BESIDE_REPAIR_WHY", {})
    monkeypatch.setattr(plays, "KEY_BESIDE_REPAIR_WHY", {})
    told = {code: " ".join(why(code, None, ENGLISH, REPAIR_FIRST)) for code in PLAYS}
    denied = {code for code, said in told.items() if any(words in said for words in DENIED)}
    assert denied == {"build_together", "keep_in_touch"}
    key = " ".join(why("serve_at_low_cost", 0.02, ENGLISH, REPAIR_FIRST))
    assert "low cost" in key, "of a key account"


def test_the_complaint_is_named_by_its_day() -> None:
    assert open_since(date(2024, 5, 3), ENGLISH) == "A severe complaint of 2024-05-03 is not settled."
    assert open_since(None, ENGLISH) == ""


@pytest.mark.parametrize(
    ("place", "name", "mutant"),
    [
        (recommend, "is_for_repair", lambda play: False),
        (advice, "ASIDE", "Nothing."),
        (advice, "SETTLE", "call"),
    ],
)
def test_mutants_are_noticed(monkeypatch: pytest.MonkeyPatch, place: object, name: str, mutant: Callable | str) -> None:
    chosen = candidates(relationship([CAPTIVE] * 20), value=[9_000.0] * 10 + [1.0] * 10, complains=[True] * 20)
    rules = replace(RULES, holdout_share=0.5)
    assert unheard(recommend.recommend(chosen, rules), chosen, rules) == []
    monkeypatch.setattr(place, name, mutant)
    found = recommend.recommend(chosen, rules)
    assert unheard(found, chosen, rules) or (found.status == "not_worth_it").any()
