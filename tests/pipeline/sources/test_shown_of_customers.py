"""What is only shown of customers: as the row that became valid last says, whatever the order of rows."""

from datetime import date

import pyarrow as pa
import pytest

from features.history import History
from pipeline.sources.shown_of_customers import latest_of

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
    assert latest_of(history(rows), "name", ["1", "2", "3"]) == ["New Mill", "Aardvark", None]


def test_without_dates_or_without_names() -> None:
    undated = [{"customer_id": "1", "name": "Mill"}]
    assert latest_of(history(undated), "name", ["1"]) == ["Mill"]
    assert latest_of(history([{"customer_id": "1", "region": "north"}]), "name", ["1"]) == [None]
    assert latest_of(History(pa.table({}), "EUR"), "name", ["1"]) == [None]


def test_who_looks_after_a_customer_now() -> None:
    moved = [
        {"customer_id": "1", "valid_from": date(2020, 1, 1), "account_manager": "Ann"},
        {"customer_id": "1", "valid_from": date(2023, 1, 1), "account_manager": "Bob"},
    ]
    assert latest_of(history(moved), "account_manager", ["1", "2"]) == ["Bob", None]
