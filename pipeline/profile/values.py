"""What a column of a table holds, in a few words: the least that shows whether it was read as it is meant.

Only words of ours, numbers and days: what the supplier calls things may name customers, and is counted.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.table_declaration import Column

TENTHS, THREE_DIGITS = (0.1, 0.5, 0.9), 100


def said(values: pa.ChunkedArray, column: Column) -> str:
    """The values (n,) of a column: shares of words, range of days, tenths of numbers, how many different texts."""
    there = values.drop_null()
    if not len(there):
        return "nothing"
    if column.choices or column.kind == "flag":
        return _shares(there)
    if column.kind == "date":
        span = pc.min_max(there).as_py()
        return f"{span['min']} to {span['max']}"
    if column.kind in ("key", "text"):
        return f"{pc.count_distinct(there.cast(pa.string())).as_py():,} different"
    numbers = np.asarray(there.to_numpy(), dtype=np.float64) / (100 if column.kind == "money" else 1)
    low, middle, high = (_figure(value) for value in np.quantile(numbers, TENTHS))
    unit = "" if column.kind == "money" or not column.unit else f" {column.unit}"
    return f"p10 {low}, median {middle}, p90 {high}{unit}"


def _figure(value: float) -> str:
    """With three digits at least, and none behind the sign where there are three before it."""
    return f"{value:,.0f}" if abs(value) >= THREE_DIGITS else f"{value:.3g}"


def _shares(there: pa.ChunkedArray) -> str:
    """The words by how common they are, each with its share."""
    counted = [(each["values"], each["counts"]) for each in there.value_counts().to_pylist()]
    words = {True: "yes", False: "no"}
    ordered = sorted(((words.get(word, word), rows) for word, rows in counted), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{word} {rows / len(there):.1%}" for word, rows in ordered)
