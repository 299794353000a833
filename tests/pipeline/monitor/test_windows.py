"""Windows of a table: half-open, back from the day of the check, and only whole ones."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from pipeline.config import load_config
from pipeline.monitor.windows import Windows

ASKED = load_config("demo").monitor.model_copy(update={"window_days": 28, "windows": 4})
AS_OF = date(2024, 6, 30)
END = (AS_OF - date(1970, 1, 1)).days


def windows(*ago: int) -> Windows:
    """Of rows so many days before the check."""
    return Windows.of(pa.table({}), END - np.array(ago, dtype=np.int64), AS_OF, ASKED)


def test_a_window_ends_with_the_day_before_the_check_and_holds_twenty_eight_days() -> None:
    assert windows(1, 28, 29, 56, 57).number.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("oldest", "count"), [(55, 1), (56, 2), (83, 2), (84, 3), (140, 5), (168, 5)])
def test_only_whole_windows_count_and_as_many_as_are_asked_for_beside_the_newest(oldest: int, count: int) -> None:
    assert windows(1, oldest).count == count


def test_rows_that_are_older_than_all_windows_are_in_none() -> None:
    """Of three windows the middle one is empty; the row 84 days back opens the third, that of 90 belongs to none."""
    found = windows(1, 2, 3, 84, 90)
    assert (found.count, found.rows().tolist()) == (3, [3, 0, 1])
    marked = np.array([True, False, False, True, True])
    np.testing.assert_array_equal(found.shares(marked), [1 / 3, np.nan, 1])
    np.testing.assert_array_equal(found.medians(np.array([5, np.nan, 9, 4, 0])), [7, np.nan, 4])
    words = pa.array(["b", "a", None, "b", "a"]).dictionary_encode()
    assert dict(zip(words.dictionary.to_pylist(), found.counts(words).tolist(), strict=True)) == {
        "b": [1, 0, 1],
        "a": [1, 0, 0],
    }


@pytest.mark.parametrize(("first", "count"), [(date(2024, 3, 31), 3), (date(2023, 1, 1), 5)])
def test_a_monthly_table_is_counted_by_the_months_of_its_rows_back_from_its_newest(first: date, count: int) -> None:
    months = [date(2024, 5, 1), date(2024, 5, 31), date(2024, 3, 1) + timedelta(days=30), first]
    found = Windows.of_months(pa.table({"month": pa.array(months, pa.date32())}), "month", ASKED)
    assert found.number.tolist()[:3] == [0, 0, 2]
    assert found.count == count
