"""An export of a day that has not come is told of whenever another date is scored; a past date never is."""

from datetime import date

import pytest

from pipeline.scoring.ahead import ahead

TODAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("exported", "as_of", "told"),
    [
        (TODAY, TODAY, False),
        (TODAY, date(2023, 2, 28), False),  # a past date, and the export is today's
        (date(2024, 3, 1), TODAY, False),  # tomorrow's, made in the evening
        (date(2024, 3, 20), TODAY, True),
        (date(2024, 3, 20), date(2024, 3, 20), False),  # as it was asked for: it is the export
    ],
)
def test_who_is_told(exported: date, as_of: date, told: bool) -> None:
    said = ahead(exported, as_of, "Europe/Berlin", TODAY)
    assert bool(said) is told
    if told:
        assert "stays that of 2024-03-20, a day that has not come" in said
        assert "moorings export --cutoff 2024-02-29" in said


def test_without_a_day_the_clock_is_asked() -> None:
    assert ahead(date.max, TODAY, "UTC") and not ahead(TODAY, TODAY, "UTC")
