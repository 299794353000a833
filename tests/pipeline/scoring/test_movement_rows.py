"""Which customer of the export before is which of today's."""

from collections.abc import Mapping

import pyarrow as pa
import pytest

from pipeline.scoring.movement_rows import by_customer


@pytest.mark.parametrize(
    ("renamed", "expected"),
    [
        ({}, {"a": 0.1, "b": 0.2, "c": 0.3}),
        ({"a": "x", "z": "y"}, {"x": 0.1, "b": 0.2, "c": 0.3}),
        ({"a": "b"}, {"c": 0.3}),
        ({"a": "x", "c": "x"}, {"b": 0.2}),
    ],
    ids=["nobody", "another id", "one took the other's", "both a new one"],
)
def test_a_probability_goes_with_the_customer_to_its_new_id(
    renamed: Mapping[str, str], expected: Mapping[str, float]
) -> None:
    """Of accounts that became one nobody has said what the whole would do."""
    rows = pa.table({"customer_id": ["a", "b", "c"], "churn_probability": [0.1, 0.2, 0.3]})
    assert by_customer(rows, renamed) == expected
