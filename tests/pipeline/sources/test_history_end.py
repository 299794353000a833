"""Which dates a history can speak of, and from when on it is told that lines may be missing."""

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "features"))  # the histories of the feature tests

from customers import Line
from histories import to_store

from features.engine.store import LineStore
from features.errors import DataProblem
from pipeline.sources.history_end import check_date, last_day, lateness, longest_silence


def ordered(*days: date) -> LineStore:
    return to_store([Line("ann", str(day), day) for day in days])


WEEK = ordered(date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 5))
SEASONAL = ordered(date(2024, 1, 1), date(2024, 3, 1))


def test_the_last_day_and_the_longest_silence_between_lines() -> None:
    assert (last_day(WEEK), longest_silence(WEEK), longest_silence(ordered(date(2024, 1, 1)))) == (
        date(2024, 1, 5),
        2,
        0,
    )


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2024, 1, 8), ""),
        (date(2024, 1, 9), "of 2024-01-05: 3 days without any before 2024-01-09, never more than 2 before"),
    ],
)
def test_lines_are_late_after_more_days_than_were_ever_without(as_of: date, said: str) -> None:
    assert said in lateness(WEEK, as_of) and bool(said) == bool(lateness(WEEK, as_of))


DAILY = ordered(date(2024, 1, 1), date(2024, 1, 2))


@pytest.mark.parametrize(
    ("store", "as_of", "said"),
    [
        (DAILY, date(2024, 1, 5), ""),  # a weekend is no news, though there was none before
        (DAILY, date(2024, 1, 6), "3 days without any before 2024-01-06, and never was a day without before"),
        (SEASONAL, date(2024, 4, 30), ""),  # 59 days, as between January and March
        (SEASONAL, date(2024, 5, 1), "60 days without any before 2024-05-01, never more than 59 before"),
    ],
)
def test_neither_a_weekend_nor_a_pause_as_ever_is_late(store: LineStore, as_of: date, said: str) -> None:
    assert said in lateness(store, as_of) and bool(said) == bool(lateness(store, as_of))


@pytest.mark.parametrize(
    ("store", "first", "last"),
    [(WEEK, date(2024, 1, 2), date(2024, 2, 5)), (SEASONAL, date(2024, 1, 2), date(2024, 4, 30))],
    ids=["31 days", "as long as everybody was ever silent"],
)
def test_a_date_is_refused_before_there_are_lines_and_too_long_after(store: LineStore, first: date, last: date) -> None:
    check_date(store, first)
    check_date(store, last)
    for beyond in (date.fromordinal(first.toordinal() - 1), date.fromordinal(last.toordinal() + 1)):
        with pytest.raises(DataProblem, match=f"a date from {first} to {last}"):
            check_date(store, beyond)
