"""Rows put in the order of customers and days, column by column, through one stretch of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_columns
from features.engine.blocks import counts

Ints = npt.NDArray[np.int32]
PARTS_BITS = 8
"""Rows are dealt into two to this power parts: as many as can be written to at once without missing the cache."""
WIDEST = 8
"""Bytes of a value."""


class Arrangement:
    """The order by customer, then day, of rows in any order; rows that share both keep the order they came in.

    Rows are first dealt into parts of neighbouring customers, in one sweep, and then sorted part by part, each of which
    fits into the cache: reading a column in the order of customers straight away would miss it with every row. All
    columns are dealt through the same memory, for what is touched for the first time is dear.
    """

    def __init__(self, customer: Ints, day: Ints, customers: int) -> None:
        bits = max(0, (customers - 1).bit_length() - PARTS_BITS)
        self._part = (customer >> bits).astype(np.uint8)
        self._starts = np.concatenate([[0], np.cumsum(counts(self._part, 1 << PARTS_BITS))])
        self._dealt = np.empty(customer.size * WIDEST, dtype=np.uint8)
        self._order = np.empty(customer.size, dtype=np.int32 if customer.size < 2**31 else np.int64)
        whose, when = (self._deal(column, place) for place, column in enumerate((customer, day)))
        kernels_of_columns.order_within(self._starts, whose, when, self._order)

    def _deal(self, column: npt.NDArray[Any], place: int = 0) -> npt.NDArray[Any]:
        """A column by parts, in the stretch of the common memory that is `place` columns like it from its beginning."""
        out = self._dealt.view(column.dtype)[place * column.size : (place + 1) * column.size]
        kernels_of_columns.cut(column, self._part, self._starts.copy(), out)
        return out

    def arranged(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A column (n,) in order; its values are of at most `WIDEST` bytes."""
        out = np.empty_like(column)
        kernels_of_columns.pick(self._deal(column), self._order, out)
        return out
