"""Columns that come batch by batch are the column they would be at once, however many rows were expected."""

from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from pipeline.sources.collect import Flat, Listed, Texts, collector
from pipeline.sources.keys import encoded

COLUMNS = {
    "money": pa.array([3, None, -7, 2**60, 5, None], pa.int64()),
    "number": pa.array([0.5, 1.0, None, -0.0, 2.0, 3.0], pa.float64()),
    "date": pa.array([date(2024, 1, 1), None, date(1969, 12, 31), None, None, date(2024, 2, 29)], pa.date32()),
    "flag": pa.array([True, None, False, True, True, None], pa.bool_()),
    "none missing": pa.array([1, 2, 3, 4, 5, 6], pa.int32()),
}
CUTS = ([], [3], [1, 2, 5], [0, 6])
"""Where the six rows are cut into batches."""


def batches(column: pa.Array, cuts: list[int]) -> list[pa.Array]:
    edges = [0, *cuts, len(column)]
    return [column.slice(start, stop - start) for start, stop in pairwise(edges)]


@pytest.mark.parametrize("expected", [0, 4, 6, 9])
@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("name", COLUMNS)
def test_batches_make_the_column(name, cuts, expected):
    column = COLUMNS[name]
    made = collector(name, column.type, expected)
    for batch in batches(column, cuts):
        made.add(batch)
    assert not isinstance(made, Texts) and made.to_arrow().combine_chunks().equals(column)


@pytest.mark.parametrize("expected", [0, 4, 6, 9])
@pytest.mark.parametrize("cuts", CUTS)
def test_texts_make_the_key_that_they_make_at_once(cuts, expected):
    column = pa.array(["b", None, "a", "b", "c", "a"])
    made = collector("customer_id.0", column.type, expected)
    for batch in batches(column, cuts):
        made.add(batch)
    key = made.key()
    assert key.codes.tolist() == [0, -1, 1, 0, 2, 1] and key.values.to_pylist() == ["b", "a", "c"]


def test_without_rows_there_are_no_texts():
    key = Texts(pa.string(), 5).key()
    assert key.codes.size == 0 and len(key.values) == 0


def test_what_stands_for_missing_values_needs_no_note_of_them():
    made = Flat(pa.int8(), 3, -1)
    made.add(pa.array([4, None, 5], pa.int8()))
    assert made.values.tolist() == [4, -1, 5] and made.to_arrow().null_count == 0


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [("a.0", pa.string(), Texts), ("a.0", pa.float64(), Texts), ("a.0", pa.int64(), Flat), ("a", pa.bool_(), Listed)],
)
def test_only_whole_numbers_among_raw_keys_stay_as_they_are(name, kind, found):
    assert isinstance(collector(name, kind, 1), found)


def test_whole_numbers_are_coded_as_if_they_had_come_at_once():
    column = pa.array([7, 7, -3, 900], pa.int64())
    made = collector("order_id.0", column.type, 4)
    for batch in batches(column, [1]):
        made.add(batch)
    once, later = encoded(pa.chunked_array([column])), encoded(made.to_arrow())
    np.testing.assert_array_equal(once.codes, later.codes)
    assert once.values.equals(later.values)
