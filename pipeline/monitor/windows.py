"""A table counted in windows of equal length that end with the day of a check; one of months by its months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.history import TABLES
from pipeline.settings.monitor import Monitor

Days = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Windows:
    """A table in windows of equal length that end with the day of the check, half-open, or in months; 0 is the newest.

    `number` (rows,) is each row's window, beyond `count` where it is older than all.
    """

    table: pa.Table
    number: Days
    count: int

    @classmethod
    def of(cls, table: pa.Table, days: Days, as_of: date, asked: Monitor) -> Windows:
        """Windows back to the first day, as many as configured beside the newest."""
        end = int(np.datetime64(as_of, "D").astype(np.int64))
        number = (end - 1 - days) // asked.window_days
        whole = (end - int(days.min())) // asked.window_days
        return cls(table, number, min(whole, asked.windows + 1))

    @classmethod
    def of_months(cls, table: pa.Table, column: str, asked: Monitor) -> Windows:
        """A monthly table by the months its rows are of, back from its newest: of 28 days, some hold no month's rows.

        How late the newest month is shows by the day of its rows, and not here.
        """
        months = _months(_days(table.column(column))).astype(np.int64)
        number = months.max() - months
        return cls(table, number, min(int(number.max()) + 1, asked.windows + 1))

    def rows(self) -> Array:
        """Rows per window, (count,), the newest first."""
        return np.bincount(self.number[self.number < self.count], minlength=self.count).astype(np.float64)

    def shares(self, marked: npt.NDArray[np.bool_]) -> Array:
        """Share of the rows that are marked, per window, (count,); NaN in one without rows."""
        marks = np.bincount(self.number[marked & (self.number < self.count)], minlength=self.count)
        with np.errstate(invalid="ignore"):
            return np.asarray(marks / self.rows())

    def counts(self, words: pa.DictionaryArray) -> Array:
        """Rows of each word per window, (words, count)."""
        known = words.is_valid().to_numpy(zero_copy_only=False) & (self.number < self.count)
        code = words.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)[known]
        cells = np.bincount(code * self.count + self.number[known], minlength=len(words.dictionary) * self.count)
        return cells.reshape(-1, self.count).astype(np.float64)

    def medians(self, values: Array) -> Array:
        """Median per window of values (rows,), NaN where null, (count,); NaN in a window without any."""
        parts = (values[(self.number == window) & ~np.isnan(values)] for window in range(self.count))
        return np.array([np.median(part) if part.size else np.nan for part in parts])


def arrivals(name: str, table: pa.Table) -> Days:
    """The first day each row could be known, (rows,) days since 1970; none where the table has no dates.

    As the sources tell what was known: the earliest of its own days or the day it is said to be known from, whichever
    is later; a row of a monthly table from the first of the next month on.
    """
    declared = TABLES[name]
    own = [table.column(each) for each in declared.seen or (declared.happened,) if each in table.column_names]
    if not own:
        return np.empty(0, dtype=np.int64)
    first = _days(pc.min_element_wise(*own))
    if declared.monthly:
        first = (_months(first) + 1).astype("datetime64[D]").astype(np.int64)
    return np.maximum(first, _days(table.column(declared.known))) if declared.known in table.column_names else first


def _days(column: pa.ChunkedArray) -> Days:
    return np.asarray(column.cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64))


def _months(days: Days) -> npt.NDArray[np.datetime64]:
    return days.astype("datetime64[D]").astype("datetime64[M]")
