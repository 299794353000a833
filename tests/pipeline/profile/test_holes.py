"""Weeks without any order are told where neither a sparse trade nor a season explains them."""

import pytest
from suppliers import as_order_days

from pipeline.profile.holes import Hole, holes

Rows = list[tuple[str, int]]
WEEKLY = [(f"C{number}", day) for number in range(20) for day in range(number % 7, 1200, 7)]
SPARSE = [("C1", day) for day in (0, 40, 70, 95, 112, 130, 170, 200, 228, 240, 300, 330, 345, 380)]
SPRING = [row for row in WEEKLY if row[1] % 365 < 200]


def without(rows: Rows, *stretches: tuple[int, int]) -> Rows:
    """The rows but for those of the days [from, before)."""
    return [row for row in rows if not any(start <= row[1] < end for start, end in stretches)]


HOLES = [
    (WEEKLY, []),
    (without(WEEKLY, (500, 594)), [(500, 94)]),
    (without(WEEKLY, (500, 528)), [(500, 28)]),
    (without(WEEKLY, (500, 527)), []),
    (without(WEEKLY, (500, 531), (700, 731)), [(500, 31), (700, 31)]),
    (without(WEEKLY, (500, 531), (865, 896)), []),
    (SPARSE, []),
    (SPRING, []),
    (without(SPRING, (400, 440)), [(400, 40)]),
    (WEEKLY[:1], []),
    ([], []),
]


@pytest.mark.parametrize(("rows", "found"), HOLES)
def test_weeks_without_any_order_are_holes(rows: Rows, found: list[tuple[int, int]]) -> None:
    assert [*holes(as_order_days(rows))] == [Hole(start, days) for start, days in found]


@pytest.mark.parametrize(
    ("horizon", "words"), [(94, "everybody counts as gone"), (95, "everybody looks long silent, the faithful too")]
)
def test_what_a_hole_does_depends_on_the_horizon(horizon: int, words: str) -> None:
    assert words in Hole(0, 94).text(horizon)
