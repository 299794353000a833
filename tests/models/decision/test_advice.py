"""Every lever that a row names is in its text, and nothing else is: for every play, in every language."""

from __future__ import annotations

import pytest

from models.decision import advice
from models.decision.accounts import PERSON, PERSON_LEVER, levers
from models.decision.advice import told
from models.decision.incentive import NOTHING, Incentive
from models.decision.measures import MEASURES
from models.decision.plays import PLAYS
from models.decision.recommend import ACT, STATUSES, TRIED
from models.explanation.language import ENGLISH, GRAMMARS, Language
from pipeline.languages import language

GIVEN = Incentive(0.05, 4_333.4, "EUR")
LANGUAGES = pytest.mark.parametrize("spoken", [language(name) for name in GRAMMARS], ids=list(GRAMMARS))
EVERY_PLAY = pytest.mark.parametrize("code", PLAYS)


def done(code: str, spoken: Language, *, key: bool = False, given: Incentive = NOTHING) -> str:
    situations = frozenset(PLAYS[code].situations[:1])
    return told(code, ACT, situations, (), spoken, 0.1 if key else None, given).do


def said(text: str, spoken: Language) -> set[str]:
    """The measures that a text says, in full or in brief."""
    return {
        name for name, each in MEASURES.items() if spoken.text(each.text) in text or spoken.text(each.brief) in text
    }


@LANGUAGES
@EVERY_PLAY
@pytest.mark.parametrize("key", [True, False])
def test_the_text_says_every_lever_and_no_other(spoken: Language, code: str, key: bool) -> None:
    text = done(code, spoken, key=key)
    assert said(text, spoken) == set(PLAYS[code].measures)
    moved = {MEASURES[name].lever for name in said(text, spoken)}
    assert moved | ({PERSON_LEVER} if spoken.text(PERSON) in text else set()) == set(levers(code, key=key))


@LANGUAGES
def test_a_text_that_stops_after_three_steps_would_be_noticed(
    spoken: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: what comes later is left out."""
    monkeypatch.setattr(advice, "LATER", "{sofar}")
    dumb = Language(spoken.name, spoken.grammar, {**spoken.translations, "{sofar}": "{sofar}"})
    cut = {code for code in PLAYS if said(done(code, dumb), dumb) != set(PLAYS[code].measures)}
    assert cut == {code for code, play in PLAYS.items() if len(play.measures) > advice.MOST_STEPS} != set()


@LANGUAGES
def test_no_measure_is_said_by_the_words_of_another(spoken: Language) -> None:
    for name, each in MEASURES.items():
        for text in (each.text, each.brief):
            assert said(spoken.text(text), spoken) == {name}


@LANGUAGES
@EVERY_PLAY
def test_what_is_given_is_said_with_the_measure_that_carries_it(spoken: Language, code: str) -> None:
    text, carried = done(code, spoken, given=GIVEN), PLAYS[code].carries_incentive
    assert ("4,333 EUR" in text and "5%" in text) == bool(carried)
    assert "EUR" not in done(code, spoken) and "%" not in done(code, spoken)
    if carried:
        each = MEASURES[carried]
        before = text.split("4,333")[0]
        assert any(spoken.text(words) in before[-160:] for words in (each.text, each.brief))


def test_next_steps_are_sentences_and_the_rest_is_named() -> None:
    assert done("build_together", ENGLISH, given=Incentive(0.02, 1_733.0, "EUR")) == (
        "First, offer a service made for its situation, such as kits, labels or line delivery. "
        "Then review its business together, and bring offers that fit it. "
        "Then bring news of its industry unasked, and look for new needs. "
        "Later: a pledge from either side (at a cost to us of up to 1,733 EUR: 2% of its expected margin), "
        "plans by shared forecasts."
    )
    assert "Later" not in done("recover", ENGLISH)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (NOTHING, "do it"),
        (Incentive(0.025), "do it (at a cost to us of up to 2.5% of its expected margin)"),
        (Incentive(0.07, 1_000.0), "do it (at a cost to us of up to 1,000: 7% of its expected margin)"),
        (GIVEN, "do it (at a cost to us of up to 4,333 EUR: 5% of its expected margin)"),
    ],
)
def test_an_incentive_in_words(given: Incentive, words: str) -> None:
    assert given.with_measure("do it", ENGLISH) == words


def test_what_an_account_manager_reads() -> None:
    said = told(
        "recover", "act", frozenset({"drifting"}), ["Last order 80 days ago; comparable customers: 20."], ENGLISH
    )
    assert said.see == "Last order 80 days ago; comparable customers: 20."
    assert said.why.startswith("It may stop ordering")
    assert said.do.startswith(
        "First, ask what went wrong or is missing, put it right, and tell the customer what was done. Then speak"
    )
    assert said.do_not == "Do not offer a discount on everything."


@pytest.mark.parametrize("status", [*(status for status in STATUSES if status != ACT), TRIED])
def test_who_is_left_alone_is_told_why(status: str) -> None:
    said = told("", status, frozenset({"drifting"}), [], ENGLISH)
    assert said.do == advice.WHY_NOT[status]
    assert said.see == "Nothing out of the ordinary."
