"""Treatments become campaigns, and published predictions tiers: each row counts once or is named."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.errors import DataProblem
from models.event_rows import Rows
from pipeline.outcomes.actions import Actions, read_actions
from pipeline.outcomes.overlap import earlier, overlapping, treated_in
from pipeline.outcomes.tiers import tiers_of


def test_states_and_plays_are_tiers_where_they_were_published() -> None:
    columns = {
        "customer_id": ["a", "b", "c", "d", "e"],
        "churn_probability": [0.5, 0.7, 0.1, 0.1, None],
        "churn_decile": [1, 1, 2, 2, None],
        "state": ["drifting", "drifting", "partner", None, "partner"],
    }
    came = pd.Series({"a": 1.0, "b": 0.0, "c": 0.0, "d": np.nan, "x": 1.0})
    found = list(tiers_of(pa.table(columns), came, date(2024, 5, 1), "churn", 0.95))
    assert [(tier.by, tier.value, tier.customers, tier.promised, tier.realised.value) for tier in found] == [
        ("churn_decile", "1", 2, pytest.approx(0.6), 0.5),
        ("churn_decile", "2", 1, pytest.approx(0.1), 0.0),
        ("state", "drifting", 2, pytest.approx(0.6), 0.5),
        ("state", "partner", 1, pytest.approx(0.1), 0.0),
    ]


def test_a_promise_of_partnership_is_held_against_partners_by_its_own_decile() -> None:
    """Nine in ten were promised and four of ten came: off at 90 % confidence, not at one that lets anything pass."""
    published = pa.table(
        {
            "customer_id": [str(number) for number in range(10)],
            "partnership_propensity": [0.9] * 10,
            "churn_probability": [0.1] * 10,
            "partnership_decile": [3] * 10,
            "play": ["call"] * 10,
        }
    )
    came = pd.Series({str(number): float(number < 4) for number in range(10)})
    sure, sloppy = (
        list(tiers_of(published, came, date(2024, 5, 1), "partnership", confidence)) for confidence in (0.9, 1 - 1e-9)
    )
    assert [(tier.kind, tier.by, tier.value, tier.promised) for tier in sure] == [
        ("partnership", "partnership_decile", "3", pytest.approx(0.9))
    ]
    assert (sure[0].off, sure[0].summary()["off"], sloppy[0].off) == (True, True, False)


def rows_of(*rows: tuple[int, int, str, float, float]) -> Rows:
    """Treatments: customer, day, play, held, cost in cents."""
    customer, when, play, held, cost = zip(*rows, strict=True)
    days = np.array(when, dtype=np.int64)
    columns = {"play": np.array(play, dtype=object), "holdout": np.array(held), "cost": np.array(cost)}
    return Rows(np.array(customer, dtype=np.int64), days, days, columns)


TOLD = ["customer", "play", "started", "treated", "cost"]


def told(found: Actions) -> list[tuple[int, str, int, bool, float]]:
    return [tuple(row) for row in found.rows.sort_values(["started", "play", "customer"])[TOLD].to_numpy().tolist()]


def test_a_campaign_is_what_lies_within_the_time_to_act() -> None:
    found = read_actions(rows_of((1, 100, "call", 0, 500), (2, 113, "call", 1, 0), (3, 114, "call", 0, 700),
                                 (4, 101, "gift", np.nan, np.nan)), gap_days=14)  # fmt: skip
    assert found.campaigns() == [("call", 100), ("gift", 101), ("call", 114)]
    assert [row[:4] for row in told(found)] == [
        (1, "call", 100, True), (2, "call", 100, False), (4, "gift", 101, True), (3, "call", 114, True),
    ]  # fmt: skip


def test_without_time_to_act_every_day_is_a_campaign_of_its_own_and_plays_of_a_day_come_by_name() -> None:
    found = read_actions(rows_of((1, 100, "visit", 0, 1), (2, 100, "call", 0, 1), (2, 101, "call", 0, 1)), gap_days=0)
    assert found.campaigns() == [("call", 100), ("visit", 100), ("call", 101)]


def test_copies_count_once_repeats_are_added_and_contradictions_left_out() -> None:
    found = read_actions(rows_of((1, 100, "call", 0, 500), (1, 100, "call", 0, 500), (1, 102, "call", 0, 300),
                                 (2, 100, "call", 0, 500), (2, 103, "call", 1, 0)), gap_days=14)  # fmt: skip
    assert told(found) == [(1, "call", 100, True, 8.0)]
    assert found.contradictory == {("call", 100): 1}


def test_campaigns_overlap_while_the_outcome_of_either_is_open() -> None:
    found = read_actions(rows_of((1, 100, "call", 0, 1), (1, 150, "gift", 0, 1), (2, 150, "gift", 1, 0),
                                 (1, 204, "call", 0, 1)), gap_days=14)  # fmt: skip
    gift = ("gift", 150)
    assert overlapping(found, gift, span=60) == [("call", 100), ("call", 204)]
    assert overlapping(found, gift, span=54) == [("call", 100)]
    assert earlier(found, gift, span=60) == [("call", 100)]
    assert earlier(found, ("call", 204), span=200) == [gift], "what was done before by the same play is the play itself"
    assert treated_in(found, gift, np.array([1, 2, 3])).tolist() == [True, False, False]


def test_what_began_on_the_same_day_may_pass_for_the_effect_and_what_began_later_may_not() -> None:
    found = read_actions(rows_of((1, 100, "call", 0, 1), (1, 100, "gift", 0, 1), (1, 101, "visit", 0, 1)), gap_days=14)
    assert earlier(found, ("call", 100), span=60) == [("gift", 100)]


NO_ROWS = rows_of((1, 1, "call", 0, 1)).take(np.array([False]))


@pytest.mark.parametrize(
    ("rows", "mapped", "got", "todo"),
    [
        (None, False, "no such table", "[history.treatments]"),
        (None, True, "no rows of known customers before the date", "enter each action"),
        (NO_ROWS, True, "no rows of known customers before the date", "enter each action"),
    ],
)
def test_without_treatments_it_says_what_to_map_and_of_an_empty_table_what_to_enter(
    rows: Rows | None, mapped: bool, got: str, todo: str
) -> None:
    with pytest.raises(DataProblem, match="no treatments") as caught:
        read_actions(rows, 14, mapped)
    assert (caught.value.got, todo in caught.value.todo) == (got, True)
