"""Events of the history tables beside the order lines, sorted like them: by customer, then by day.

Money is whole cents held as float64, which is exact up to 2^53. Rows that share customer, day and day of knowing are
put in the order of their values, so that nothing depends on the order they came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]

ENDED = "ended"
"""A day that becomes known only when it comes: a matter settled, a contract cancelled, a delivery made."""
MISSING = -1


@dataclass(frozen=True)
class TableEvents:
    """What one table says, one row per event.

    Shapes: `offsets` (C + 1,), the rows of customer c being `[offsets[c], offsets[c + 1])`; every other array (n,).
    `day` and `known` are days since 1970-01-01, with `known >= day`; `known` is None where the two never differ.
    `numbers` hold NaN for null; a column of days is a number of days since 1970-01-01. `codes` index the sorted
    `choices` of their column, -1 for null. A column the supplier lacks is in neither.
    """

    offsets: Longs
    day: Ints
    known: Ints | None
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    codes: Mapping[str, Ints] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def has(self, column: str) -> bool:
        """Whether the supplier knows this column."""
        return column in self.numbers or column in self.codes

    @property
    def known_on(self) -> Ints:
        """The day each row was known, (n,)."""
        return self.day if self.known is None else self.known

    def select(self, rows: Flags) -> TableEvents:
        """The events with only `rows` (n,); customers stay, with or without any."""
        kept = np.concatenate([[0], np.cumsum(rows)])
        return replace(
            self,
            offsets=kept[self.offsets],
            day=self.day[rows],
            known=None if self.known is None else self.known[rows],
            numbers={name: column[rows] for name, column in self.numbers.items()},
            codes={name: column[rows] for name, column in self.codes.items()},
        )

    def slice(self, first: int, last: int) -> TableEvents:
        """Customers `[first, last)` alone; arrays are views."""
        low, high = self.offsets[first], self.offsets[last]
        return replace(
            self,
            offsets=self.offsets[first : last + 1] - low,
            day=self.day[low:high],
            known=None if self.known is None else self.known[low:high],
            numbers={name: column[low:high] for name, column in self.numbers.items()},
            codes={name: column[low:high] for name, column in self.codes.items()},
        )

    def known_before(self, day: int) -> TableEvents:
        """What was known before `day`; what had not ended by then has not ended."""
        seen = self.select(self.known_on < day)
        if ENDED not in seen.numbers:
            return seen
        ended = seen.numbers[ENDED]
        return replace(seen, numbers={**seen.numbers, ENDED: np.where(ended < day, ended, np.nan)})

    def settled(self) -> TableEvents:
        """The same rows as if each had been known on the day it happened: the view of hindsight, for labels."""
        return replace(self, known=None)


@dataclass(frozen=True)
class Facts:
    """Unsorted events: `customer` (n,) an index, -1 for nobody known; `day`, `known` (n,) with NaN for null."""

    customer: Ints
    day: Floats
    known: Floats
    numbers: Mapping[str, Floats | None] = field(default_factory=dict)
    texts: Mapping[str, Texts | None] = field(default_factory=dict)


Texts = tuple[Ints, tuple[str, ...]]
"""Codes (n,) and the sorted texts they stand for; -1 for null."""


def arranged(facts: Facts, customers: int) -> TableEvents:
    """The facts as sorted events; rows of nobody known and rows without a day are left out, columns of None too."""
    there = (facts.customer >= 0) & ~np.isnan(facts.day)
    owner, day = facts.customer[there], facts.day[there].astype(np.int32)
    known = np.fmax(facts.day, facts.known)[there].astype(np.int32)
    numbers = {name: column[there] for name, column in facts.numbers.items() if column is not None}
    codes = {name: text[0][there] for name, text in facts.texts.items() if text is not None}
    order = np.lexsort((*numbers.values(), *codes.values(), known, day, owner))
    counts = np.bincount(owner, minlength=customers)
    return TableEvents(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        day=day[order],
        known=None if np.array_equal(known, day) else known[order],
        numbers={"rows": np.ones(owner.size), **{name: column[order] for name, column in numbers.items()}},
        codes={name: column[order] for name, column in codes.items()},
        choices={name: text[1] for name, text in facts.texts.items() if text is not None},
    )


@dataclass(frozen=True)
class Rows:
    """The rows of a history table as plain columns; None for a column that the supplier lacks."""

    table: pa.Table
    customer: Ints

    def number(self, name: str) -> Floats | None:
        """Numbers, amounts, flags (1 or 0) or days since 1970-01-01, (n,), NaN for null."""
        if name not in self.table.column_names:
            return None
        column = self.table.column(name)
        column = column.cast(pa.int32()) if pa.types.is_date(column.type) else column
        column = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)

    def day(self, name: str) -> Floats:
        """A column of days as `number`; all NaN where the supplier lacks it."""
        found = self.number(name)
        return np.full(self.table.num_rows, np.nan) if found is None else found

    def text(self, name: str) -> Texts | None:
        """Codes (n,) and the sorted texts they stand for; -1 for null."""
        return None if name not in self.table.column_names else texts(self.table.column(name))


def texts(column: pa.ChunkedArray) -> Texts:
    """Codes (n,) and the sorted texts they stand for, of a dictionary-encoded column; -1 for null."""
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    found = [str(value) for value in whole.dictionary.to_pylist()]
    rank = {text: place for place, text in enumerate(sorted(set(found)))}
    places = np.array([*(rank[text] for text in found), MISSING], dtype=np.int32)
    codes = whole.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    return places[codes], tuple(rank)
