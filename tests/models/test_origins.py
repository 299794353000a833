"""Rolling origins: what is learned from has closed before it is judged, no outcome twice, however dates lie."""

from functools import partial
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.origins import rolling_origins

DAYS = 104


def cutoffs(*days: int) -> np.ndarray:
    return np.datetime64("2024-01-01") + np.array(days, dtype=np.int64)


def asked(days: np.ndarray, number: int) -> list[tuple[list[int], list[int]]]:
    """The days learned from and judged, counted from the first."""
    start = cutoffs(0)[0]
    return [
        (sorted({int((day - start).astype(int)) for day in days[learn]}), [int((days[judged][0] - start).astype(int))])
        for learn, judged in rolling_origins(days, DAYS, number=number)
    ]


def test_each_origin_learns_from_what_has_closed_by_then():
    days = cutoffs(0, 30, 60, 90, 120, 150, 180, 210, 240)
    assert asked(days, 3) == [([0, 30, 60, 90, 120], [240]), ([0], [120])]


def test_a_window_that_closes_on_the_day_of_the_origin_has_closed_by_then():
    assert asked(cutoffs(0, DAYS, 2 * DAYS), 3) == [([0, DAYS], [2 * DAYS]), ([0], [DAYS])]
    assert asked(cutoffs(0, DAYS - 1, 2 * DAYS - 1), 3) == [([0, DAYS - 1], [2 * DAYS - 1])]


def test_no_more_origins_than_asked_for():
    assert len(asked(cutoffs(*range(0, 1000, 30)), 2)) == 2


def test_without_anything_to_learn_from_there_is_no_origin():
    assert asked(cutoffs(0, 30, 60), 5) == []
    assert list(rolling_origins(cutoffs(), DAYS, number=3)) == []


def honest(days: list[int], number: int, length: int) -> bool:
    """Whether everything learned from has closed by the origin, and origins are a window apart."""
    rows, window = cutoffs(*days), np.timedelta64(length, "D")
    folds = [(rows[learn], rows[judged][0]) for learn, judged in rolling_origins(rows, length, number=number)]
    closed = all((learned + window <= origin).all() for learned, origin in folds)
    apart = all(later - earlier >= window for (_, later), (_, earlier) in pairwise(folds))
    return closed and apart and len(folds) <= number


@given(days=st.lists(st.integers(0, 2000), max_size=40), number=st.integers(1, 6), length=st.integers(1, 400))
def test_nothing_is_learned_that_was_not_known_at_the_origin(days, number, length):
    assert honest(days, number, length)


def test_origins_that_knew_a_month_ahead_would_be_caught(monkeypatch):
    monkeypatch.setitem(honest.__globals__, "rolling_origins", partial(_with, rolling_origins))
    assert not honest(list(range(0, 1000, 30)), 3, DAYS)


def _with(right, rows, length, number):
    """The window a month shorter than asked for."""
    return right(rows, length - 30, number=number)


def test_rows_judged_are_never_learned_from():
    for learned, judged in rolling_origins(cutoffs(*range(0, 700, 30)), DAYS, number=4):
        assert not (learned & judged).any()
