"""Cutoffs, worked through with the dated example of models/split.py: gap 14 days, horizon 90, history to 2024."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.split import Split, mature_cutoffs, months_before, split
from models.target import OutcomeWindow, mature_before

WINDOW = OutcomeWindow(gap_days=14, horizon_days=90)
END = date(2025, 1, 1)


def monthly(first=date(2024, 1, 1), end=END, window=WINDOW, step=1, most=100) -> tuple[date, ...]:
    return mature_cutoffs(first, end, window, step_months=step, most=most)


def test_a_label_is_mature_after_gap_and_horizon():
    assert WINDOW.days_to_maturity == 104


def test_the_latest_mature_cutoff_of_the_example():
    assert monthly()[-1] == date(2024, 9, 19)


def test_the_other_cutoffs_of_the_example_are_a_month_apart():
    assert monthly() == tuple(date(2024, month, 19) for month in range(1, 10))


def test_with_three_test_cutoffs_training_stops_in_march():
    found = split(monthly(), WINDOW, test=3)
    assert found.test == (date(2024, 7, 19), date(2024, 8, 19), date(2024, 9, 19))
    assert found.train == (date(2024, 1, 19), date(2024, 2, 19), date(2024, 3, 19))


@pytest.mark.parametrize(
    ("opens", "trained"), [(date(2024, 7, 1), True), (date(2024, 6, 30), False)], ids=["closes then", "a day too late"]
)
def test_a_label_window_may_close_on_the_day_the_test_opens(opens, trained):
    """2024-03-19 and 104 days is 2024-07-01."""
    assert split((date(2024, 3, 19), opens), WINDOW, test=1).train == ((date(2024, 3, 19),) if trained else ())


def test_without_test_cutoffs_everything_is_learned_from():
    assert split(monthly(), WINDOW, test=0) == Split(monthly(), ())


def test_more_test_cutoffs_than_there_are_leaves_none_to_learn_from():
    assert split(monthly(), WINDOW, test=99) == Split((), monthly())


def test_no_cutoffs_give_an_empty_split():
    assert split((), WINDOW, test=3) == Split((), ())


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2023, 3, 31), 1, date(2023, 2, 28)),
        (date(2024, 5, 31), 1, date(2024, 4, 30)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 2, 29), 48, date(2020, 2, 29)),
        (date(2024, 1, 31), 2, date(2023, 11, 30)),
        (date(2024, 7, 19), 0, date(2024, 7, 19)),
    ],
)
def test_months_before(day, months, earlier):
    assert months_before(day, months) == earlier


def test_a_short_month_does_not_shorten_the_months_before_it():
    found = mature_cutoffs(date(2024, 1, 1), date(2024, 5, 31), OutcomeWindow(0, 0), step_months=1, most=5)
    assert found == (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31))


@pytest.mark.parametrize(("first", "number"), [(date(2024, 9, 19), 0), (date(2024, 9, 18), 1), (date(2024, 8, 19), 1)])
def test_cutoffs_are_after_the_first_day(first, number):
    assert len(monthly(first=first)) == number


def test_a_horizon_longer_than_the_history_leaves_no_cutoff():
    assert monthly(window=OutcomeWindow(0, 1000)) == ()


@pytest.mark.parametrize(("most", "first"), [(0, None), (1, date(2024, 9, 19)), (2, date(2024, 8, 19))])
def test_at_most_so_many_are_kept_the_latest(most, first):
    found = monthly(most=most)
    assert len(found) == most and (not found or found[0] == first)


def test_steps_of_a_quarter():
    assert monthly(step=3) == (date(2024, 3, 19), date(2024, 6, 19), date(2024, 9, 19))


windows = st.builds(OutcomeWindow, st.integers(0, 60), st.integers(1, 400))
days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(days, st.integers(0, 2000), windows, st.integers(1, 6), st.integers(0, 40), st.integers(0, 6))
def test_cutoffs_are_mature_ascending_and_no_training_label_reaches_into_a_test(end, length, window, step, most, test):
    first = end - timedelta(days=length)
    cutoffs = mature_cutoffs(first, end, window, step_months=step, most=most)
    assert list(cutoffs) == sorted(set(cutoffs)) and all(first < cutoff for cutoff in cutoffs)
    assert all(mature_before(end, cutoff, window) for cutoff in cutoffs)
    found = split(cutoffs, window, test=test)
    closes = timedelta(days=window.days_to_maturity)
    assert all(cutoff + closes <= found.test[0] for cutoff in found.train if found.test)
    assert set(found.train).isdisjoint(found.test)


def overlaps(window: OutcomeWindow) -> bool:
    """Whether a training label, watched over WINDOW, is still open when the first test cutoff opens."""
    found = split(monthly(), window, test=3)
    return any(not mature_before(found.test[0], cutoff, WINDOW) for cutoff in found.train)


def test_a_split_that_forgot_the_gap_or_the_horizon_would_be_caught():
    assert not overlaps(WINDOW)
    assert overlaps(OutcomeWindow(14, 0)) and overlaps(OutcomeWindow(0, 50))
