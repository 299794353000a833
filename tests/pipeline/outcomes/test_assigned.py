"""Campaigns whose lots exports drew: who came in when, on which side, what was done, and what a book still decides."""

import pandas as pd
import pytest

from models.target import OutcomeWindow
from pipeline.config import Config, load_config
from pipeline.outcomes.actions import Actions
from pipeline.outcomes.assigned import assigned

WINDOW = OutcomeWindow(gap_days=14, horizon_days=60)
SPAN = WINDOW.days_to_maturity
Act = tuple[int, int, str, bool, float]


@pytest.fixture
def config() -> Config:
    config = load_config("demo")
    words = config.plays.also_called.model_copy(update={"recover": ["call"], "build_together": ["call", "review"]})
    return config.model_copy(update={"plays": config.plays.model_copy(update={"also_called": words})})


def book(*acts: Act) -> pd.DataFrame:
    return pd.DataFrame(acts, columns=["customer", "day", "play", "held", "cost"])


def meant(*rows: tuple[int, str, int, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "play", "day", "held"]).assign(campaign="standing")


def told(found: Actions) -> list[tuple[object, ...]]:
    """Customer, play, first day of the campaign, treated, cost, done."""
    rows = found.rows.sort_values(["started", "play", "customer"])
    return [tuple(row) for row in rows[["customer", "play", "started", "treated", "cost", "done"]].to_numpy().tolist()]


DRAWN = meant((1, "recover", 100, False), (2, "recover", 100, True), (3, "recover", 113, False))
DONE: Act = (1, 101, "recover", False, 40.0)


def test_everybody_an_export_meant_it_for_is_in_on_the_side_of_its_lot(config: Config) -> None:
    found = assigned(book(DONE), DRAWN, WINDOW, config)
    assert told(found) == [
        (1, "recover", 100, True, 40.0, True),
        (2, "recover", 100, False, 0.0, False),
        (3, "recover", 100, True, 0.0, False),  # proposed and left alone: it stays among those proposed
    ]
    assert found.by_export == {("recover", 100)}


@pytest.mark.parametrize(
    ("acts", "cost", "done"),
    [
        ([(1, 100, "recover", False, 40.0)], 40.0, True),
        ([(1, 100 + SPAN - 1, "recover", False, 40.0)], 40.0, True),
        ([(1, 100 + SPAN, "recover", False, 40.0)], 0.0, False),
        ([(1, 101, "recover", False, 40.0), (1, 105, "call", False, 2.0)], 42.0, True),
    ],
    ids=["on the day", "on the last day", "once the outcome is known", "twice, by two words"],
)
def test_what_is_done_until_the_outcome_is_known_counts(
    config: Config, acts: list[Act], cost: float, done: bool
) -> None:
    other: Act = (3, 113, "recover", False, 1.0)
    assert told(assigned(book(*acts, other), DRAWN, WINDOW, config))[0] == (1, "recover", 100, True, cost, done)


def test_who_is_treated_though_held_out_stays_held_out(config: Config) -> None:
    found = assigned(book(DONE, (2, 102, "recover", False, 5.0)), DRAWN, WINDOW, config)
    assert told(found)[1] == (2, "recover", 100, False, 5.0, True)
    assert found.contradictory == {}


@pytest.mark.parametrize(
    ("acts", "drawn"),
    [
        ([(1, 101, "recover", False, 40.0), (2, 101, "recover", True, 0.0)], DRAWN),
        ([(1, 99, "recover", False, 40.0)], DRAWN),
        ([(1, 101, "visit", False, 40.0)], DRAWN),
        ([(1, 101, "recover", False, 40.0)], DRAWN[~DRAWN["held"]]),
        ([(1, 101, "recover", False, 40.0)], DRAWN[DRAWN["held"]]),
        ([(1, 101, "recover", False, 40.0)], meant()),
    ],
    ids=["held out by the book", "before any export", "of no play", "nobody held out", "all held out", "no export"],
)
def test_otherwise_the_book_decides(config: Config, acts: list[Act], drawn: pd.DataFrame) -> None:
    found = assigned(book(*acts), drawn, WINDOW, config)
    assert found.by_export == frozenset()
    expected = [(customer, play, acts[0][1], not held, cost, not held) for customer, _, play, held, cost in acts]
    assert told(found) == expected


def test_what_was_done_before_the_first_export_stays_as_the_book_has_it(config: Config) -> None:
    found = assigned(book((9, 80, "recover", False, 7.0), DONE), DRAWN, WINDOW, config)
    assert told(found)[0] == (9, "recover", 80, True, 7.0, True)
    assert len(found.rows) == 1 + len(DRAWN)
    assert found.by_export == {("recover", 100)}, "nobody proposed what was done before"


def test_of_whom_no_export_meant_it_for_only_the_number_is_told(config: Config) -> None:
    at_once: Act = (1, 100, "call", False, 1.0)
    acts = [DONE, at_once, (9, 120, "call", False, 1.0), (9, 121, "call", False, 1.0), (3, 112, "recover", False, 1.0)]
    found = assigned(book(*acts), DRAWN, WINDOW, config)
    assert found.unproposed == {("recover", 100): 2}  # 9, and 3, whom it was meant for a day later
    assert {row[0] for row in told(found)} == {1, 2, 3}


def test_under_another_name_of_the_campaign_everybody_comes_in_again_on_the_side_of_the_new_lot(config: Config) -> None:
    anew = meant((1, "recover", 200, True), (2, "recover", 200, False)).assign(campaign="anew")
    acts = [(1, 201, "recover", False, 1.0), (2, 203, "recover", False, 5.0), (9, 205, "recover", False, 1.0)]
    found = assigned(book(DONE, *acts), pd.concat([DRAWN, anew], ignore_index=True), WINDOW, config)
    assert told(found)[3:] == [(1, "recover", 200, False, 1.0, True), (2, "recover", 200, True, 5.0, True)]
    assert found.lots == {("recover", 100): "standing", ("recover", 200): "anew"}
    assert found.unproposed == {("recover", 200): 1}, "9, once"


def test_a_word_of_two_plays_counts_for_whichever_was_proposed(config: Config) -> None:
    pairs = meant((4, "build_together", 100, False), (5, "build_together", 100, True))
    drawn = pd.concat([DRAWN, pairs], ignore_index=True)
    found = assigned(book((1, 101, "call", False, 1.0), (4, 101, "call", False, 2.0)), drawn, WINDOW, config)
    assert found.by_export == {("recover", 100), ("build_together", 100)}
    assert [row for row in told(found) if row[5]] == [
        (4, "build_together", 100, True, 2.0, True),
        (1, "recover", 100, True, 1.0, True),
    ]
