"""Why a score moved since the export before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.explanation.movement import Seen, movement, movers

CHANCES = arrays.arrays(np.float64, (3, 4), elements=st.floats(0, 1))


@dataclass(frozen=True)
class Phrase:
    """A feature as far as sentences need it."""

    high: str
    low: str
    about: str
    unit: str = "days"
    days: int | None = None


DECLARED = {
    "orders": Phrase("{value:.0f} orders in 90 days", "only {value:.0f} orders in 90 days", "activity", "orders"),
    "silence": Phrase("last order {value:.0f} days ago", "last order only {value:.0f} days ago", "silence"),
    "alive": Phrase("alive (index {value:.1f})", "hardly alive (index {value:.1f})", "alive", "index"),
}


@given(CHANCES)
def test_the_parts_add_up_to_the_change(chances: np.ndarray) -> None:
    found = movement(*chances)
    assert np.allclose(found.of_data + found.of_model, found.change, atol=1e-15)


def test_nothing_new_but_the_model_is_a_change_of_the_model() -> None:
    found = movement(np.array([0.2]), np.array([0.2]), np.array([0.5]))
    assert (found.of_data[0], found.of_model[0]) == (0.0, pytest.approx(0.3))


def test_the_same_model_is_a_change_of_data() -> None:
    found = movement(np.array([0.2]), np.array([0.5]), np.array([0.5]))
    assert (found.of_data[0], found.of_model[0]) == (pytest.approx(0.3), 0.0)


def told(then: list[float], now: list[float], shift: list[float], groups: list[int], count: int = 3) -> tuple[str, ...]:
    """What moved one customer, whose contributions were 0 before."""
    parts = np.array([[*shift, -1.0]])
    sides = Seen(np.zeros_like(parts), np.float32([then])), Seen(parts, np.float32([now]))
    return movers(*sides, ["orders", "silence", "alive"], DECLARED, groups, count)[0]


CASES = {
    "the largest move first": ([9, 10, 1], [1, 90, 1], [0.3, 0.9, 0], [0, 1, 2],
        ("Last order 90 days ago; before: 10.", "Only 1 order in 90 days; before: 9.")),
    "what pulled the other way explains nothing": ([9, 10, 1], [12, 90, 1], [-0.3, 0.9, 0], [0, 1, 2],
        ("Last order 90 days ago; before: 10.",)),
    "a fall of the risk": ([1, 90, 1], [9, 3, 1], [-0.4, -0.9, 0], [0, 1, 2],
        ("Last order only 3 days ago; before: 90.", "9 orders in 90 days; before: 1.")),
    "like features give one sentence, by the number one can look up": ([9, 10, 0.9], [1, 90, 0.1], [0.3, 0, 0.6],
        [0, 1, 0], ("Only 1 order in 90 days; before: 9.",)),
    "too small to tell": ([9, 10, 1], [8, 12, 1], [0.02, 0.05, 0], [0, 1, 2], ()),
    "a number that reads the same says nothing": ([9, 10, 1], [9, 10, 1], [0.5, 0, 0], [0, 1, 2], ()),
    "an unknown number says nothing": ([np.nan, 10, 1], [9, 10, 1], [0.5, 0, 0], [0, 1, 2], ()),
}  # fmt: skip


@pytest.mark.parametrize(("then", "now", "shift", "groups", "expected"), CASES.values(), ids=CASES.keys())
def test_what_moved_a_score(
    then: list[float], now: list[float], shift: list[float], groups: list[int], expected: tuple[str, ...]
) -> None:
    assert told(then, now, shift, groups) == expected


def test_no_more_sentences_than_asked_for() -> None:
    assert len(told([9, 10, 1], [1, 90, 1], [0.3, 0.9, 0], [0, 1, 2], count=1)) == 1


def test_what_is_about_the_same_is_told_once() -> None:
    declared = DECLARED | {"alive": Phrase("{value:.0f} alike", "only {value:.0f} alike", "silence")}
    then, now = Seen(np.zeros((1, 4)), np.ones((1, 3), np.float32)), np.array([[0.2, 0.9, 0.5, 0.0]])
    seen = Seen(now, np.array([[9, 40, 7]], np.float32))
    assert movers(then, seen, tuple(declared), declared, (1, 2, 3), 3) == [
        ("Last order 40 days ago; before: 1.", "9 orders in 90 days; before: 1.")
    ]


@pytest.mark.parametrize(
    ("name", "phrase", "then", "now", "expected"),
    [
        ("rank", ("more likely to stay silent than {value:.0%}", "odds of silence"), 0.36, 0.69, True),
        ("rank", ("more likely to stay silent than {value:.0%}", "odds of silence"), 0.69, 0.36, False),
        ("expected_order_days", ("{value:.1f} order days expected ahead", "expected"), 1.9, 0.1, True),
    ],
    ids=["odds of silence grew", "odds of silence fell though it is silent", "less is expected"],
)
def test_silence_is_told_in_days_where_a_model_makes_more_of_it(
    name: str, phrase: tuple[str, str], then: float, now: float, expected: bool
) -> None:
    declared = {name: Phrase(phrase[0], f"only {phrase[0]}", phrase[1]), "days_since_last_order": DECLARED["silence"]}
    parts = np.array([[0.9, 0.0, 0.0]])
    sides = Seen(np.zeros_like(parts), np.float32([[then, 39]])), Seen(parts, np.float32([[now, 69]]))
    told = movers(*sides, tuple(declared), declared, (1, 2), 1)[0]
    assert (told == ("Last order 69 days ago; before: 39.",)) is expected and len(told) == 1
