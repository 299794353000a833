"""The cutoffs that states are followed along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.decision.course import apart
from pipeline.config import load_config
from pipeline.scoring.relationships import course_dates

CONFIG = load_config("demo")
COURSES = {
    "2024-03-15": "2023-11-01 2023-12-01 2024-01-01 2024-02-01 2024-03-01 2024-03-14 2024-03-15",
    "2024-03-02": "2023-11-01 2023-12-01 2024-01-01 2024-02-01 2024-03-01 2024-03-02",
    "2024-03-01": "2023-10-01 2023-11-01 2023-12-01 2024-01-01 2024-02-01 2024-02-29 2024-03-01",
}


@pytest.mark.parametrize(("as_of", "expected"), COURSES.items(), ids=COURSES.keys())
def test_a_course_is_the_first_of_each_month_the_day_before_and_the_day(as_of: str, expected: str) -> None:
    assert [str(each) for each in course_dates(date.fromisoformat(as_of), CONFIG)] == expected.split()


def test_from_night_to_night_a_course_stays_where_it_is() -> None:
    for number in range(1, 31):
        tonight = date(2024, 3, 1) + timedelta(days=number)
        before = set(course_dates(tonight - timedelta(days=1), CONFIG))
        assert len(set(course_dates(tonight, CONFIG)) - before) <= 2, f"{tonight}: only the night and one first are new"


def test_a_course_of_one_is_the_date_itself() -> None:
    states = CONFIG.states.model_copy(update={"course_cutoffs": 1})
    assert course_dates(date(2024, 3, 15), CONFIG.model_copy(update={"states": states})) == [date(2024, 3, 15)]


@pytest.mark.parametrize("months", [1, 3, 12])
def test_the_state_before_is_of_four_to_nine_weeks_ago_however_far_apart_cutoffs_learned_from_are(months: int) -> None:
    time = CONFIG.time.model_copy(update={"cutoff_months": months})
    config = CONFIG.model_copy(update={"time": time})
    for number in range(2 * 366):
        tonight = date(2023, 1, 1) + timedelta(days=number)
        ages = [(tonight - each).days for each in course_dates(tonight, config)]
        before = apart(ages, len(ages) - 1)[-2]
        assert 28 <= ages[before] <= 9 * 7 and (tonight - timedelta(days=ages[before])).day == 1, str(tonight)
