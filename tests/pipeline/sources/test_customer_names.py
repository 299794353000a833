"""What customers are called: as the row that became valid last says, whatever the order of rows."""

from datetime import date

import pyarrow as pa
import pytest

from features.history import History
from pipeline.sources.customer_names import customer_names

ROWS = [
    {"customer_id": "1", "valid_from": date(2020, 1, 1), "name": "Old Mill"},
    {"customer_id": "1", "valid_from": date(2023, 1, 1), "name": "New Mill"},
    {"customer_id": "1", "valid_from": date(2024, 1, 1), "name": None},
    {"customer_id": "2", "valid_from": date(2023, 1, 1), "name": "Zebra"},
    {"customer_id": "2", "valid_from": date(2023, 1, 1), "name": "Aardvark"},
]


def history(rows: list[dict[str, object]]) -> History:
    return History(pa.table({}), "EUR", {"customers": pa.Table.from_pylist(rows)})


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]])
def test_the_latest_name_counts_and_no_name_takes_none_away(rows: list[dict[str, object]]) -> None:
    assert customer_names(history(rows), ["1", "2", "3"]) == ["New Mill", "Aardvark", None]


def test_without_dates_or_without_names() -> None:
    undated = [{"customer_id": "1", "name": "Mill"}]
    assert customer_names(history(undated), ["1"]) == ["Mill"]
    assert customer_names(history([{"customer_id": "1", "region": "north"}]), ["1"]) == [None]
    assert customer_names(History(pa.table({}), "EUR"), ["1"]) == [None]
