"""Keys are text that cannot be confused."""

from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
from suppliers import COLUMNS, column, configured, lines, read_column

from pipeline.sources.history import read_history
from pipeline.sources.keys import cleaned, encoded

HEADER = "Customer,Order,Date,Item,Pieces,Net\n"

KEYS = [
    (pa.array(["00012"]), "00012"),
    (pa.array([" C 1 "]), "C 1"),
    (pa.array([13085]), "13085"),
    (pa.array([13085.0]), "13085"),
    (pa.array([1e15]), "1000000000000000"),
    (pa.array(["Österreich|Süd"]), "Österreich|Süd"),
    (pa.array(["=1+1"]), "=1+1"),
    (pa.array([b"C1"]), "C1"),
    (pa.array(["x'; DROP TABLE lines; --"]), "x'; DROP TABLE lines; --"),
    (pa.array(["C1"]).dictionary_encode(), "C1"),
    (pa.array([None, "C1"])[1:], "C1"),
]


@pytest.mark.parametrize(("values", "expected"), KEYS)
def test_keys_are_text_without_spaces_at_the_ends(tmp_path: Path, values: pa.Array, expected: str) -> None:
    assert read_column(tmp_path, values, "customer_id", "Customer") == [expected]


def test_text_files_keep_leading_zeros(tmp_path: Path) -> None:
    reading = read_history(configured(tmp_path, HEADER + "00012,007,2023-01-01,0,1,1.00\n"))
    assert [column(reading, name) for name in ("customer_id", "order_id", "product_id")] == [["00012"], ["007"], ["0"]]


def test_several_columns_make_one_key_that_cannot_be_confused(tmp_path: Path) -> None:
    table = lines(1, 3, Customer=["a|b", "a", "a"], Item=["c", "b|c", None])
    columns = COLUMNS.replace('customer_id = "Customer"', 'customer_id = ["Customer", "Item"]')
    reading = read_history(configured(tmp_path, table, columns=columns, head="[history]\nmax_quarantined_share = 1.0"))
    assert column(reading, "customer_id") == ["a||b|c", "a|b||c"]
    assert reading.account.quarantined == {"customer_id is missing": 1}


PARTS = ("a", "b", "|", "a|", "|b", "||", "a||b", " |b", "a|b")


def test_no_two_tuples_of_parts_make_one_key() -> None:
    """Every pair and triple of parts with the sign that joins them at either end, in the midst, or alone."""
    texts = [part.strip() for part in PARTS]
    for number in (2, 3):
        rows = sorted({*product(texts, repeat=number)})
        columns = (pa.array(part).dictionary_encode() for part in zip(*rows, strict=True))
        key = cleaned([encoded(pa.chunked_array([part])) for part in columns])
        assert len(set(key.values.to_pylist())) == len(rows)


def test_without_an_order_column_an_order_is_a_customers_day(tmp_path: Path) -> None:
    table = lines(1, 3, Date=["2023-01-02 08:00", "2023-01-02 17:00", "2023-01-03"])
    reading = read_history(configured(tmp_path, table, columns=COLUMNS.replace('order_id = "Order"\n', "")))
    assert column(reading, "order_id") == ["C0|2023-01-02", "C0|2023-01-02", "C0|2023-01-03"]
