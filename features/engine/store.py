"""Order lines as sorted columns: by customer, then by day. The row store every primitive reads.

Money is whole cents and quantity whole thousandths, so that every sum is exact and does not depend on the
order of rows or the number of threads. Rows that share customer and day keep the order they came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.arrangement import Arrangement
from features.engine.blocks import counts
from features.engine.facts import events_of
from features.engine.line_columns import codes_of, columns_of, days_of, in_thousandths, taken_back
from features.engine.tables import TableEvents
from features.errors import DataProblem
from features.history import History

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class LineStore:
    """All order lines, sorted by customer and day.

    Shapes: `customer_ids` (C,), ascending; `offsets` (C + 1,), the rows of customer c being
    `[offsets[c], offsets[c + 1])`; every other array (n,). `day` and `known` are days since 1970-01-01, with
    `known >= day`; `known` is None where the two never differ. `order`, `product`, `category` are codes from 0.
    `cents` and `thousandths` are signed; `taken_back` marks returns. Columns the supplier lacks are None.
    `end` is the day after the last one the history covers.

    `nameless` is the code that stands for null, by column: lines with it name no product, or no category, and are left
    out wherever products or categories are told apart. Columns without null are not in it.

    `list_cents`, `unit_cost` (cents a piece) and `integrated` (1 on lines that came in by machine) hold NaN for null.
    `tables` are the events of the optional tables, of the same customers; `market` is what everybody bought, see
    `market.py`.
    """

    customer_ids: npt.NDArray[np.object_]
    offsets: Longs
    day: Ints
    known: Ints | None
    order: Ints
    product: Ints | None
    category: Ints | None
    cents: Longs | None
    thousandths: Longs | None
    taken_back: npt.NDArray[np.bool_]
    end: int
    list_cents: Floats | None = None
    unit_cost: Floats | None = None
    integrated: Floats | None = None
    nameless: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, TableEvents] = field(default_factory=dict)
    market: object = None

    @classmethod
    def from_history(cls, history: History) -> LineStore:
        """Sort the order lines of a history.

        Raises:
            DataProblem: there are no order lines.
        """
        lines = history.order_lines
        if lines.num_rows == 0:
            raise DataProblem(
                "There are no order lines.",
                where="table order_lines",
                got="0 rows",
                expected="at least one order line",
                todo="check the path and the row filters of [history.order_lines]",
            )
        codes, names = codes_of(lines.column("customer_id"))
        order = pc.sort_indices(names).to_numpy()
        ranks = np.empty(order.size, dtype=np.int32)
        ranks[order] = np.arange(order.size)
        store = _sorted(lines, ranks[codes], names.to_numpy(zero_copy_only=False)[order])
        return replace(store, tables=events_of(history, store.customer_ids))

    @property
    def customers(self) -> int:
        """How many customers have at least one line."""
        return len(self.customer_ids)

    @property
    def products(self) -> int | None:
        """How many products there may be: more than any code of one. None where lines name no product."""
        return None if self.product is None else int(self.product.max(initial=0)) + 1

    def naming(self, column: str, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Those of some `rows` (n,) that name a product, or a category, by the `column` of codes."""
        code = self.nameless.get(column)
        return rows if code is None else rows & (getattr(self, column) != code)

    def named(self, column: str, codes: Ints) -> Ints:
        """Codes (any,) of a column with -1 for the one that stands for null."""
        code = self.nameless.get(column)
        return codes if code is None else np.where(codes == code, np.int32(-1), codes)

    def select(self, rows: npt.NDArray[np.bool_], end: int | None = None) -> LineStore:
        """The store with only `rows` (n,); customers stay, with or without lines."""
        kept = np.concatenate([[0], np.cumsum(rows)])
        columns: dict[str, Any] = {name: _pick(getattr(self, name), rows) for name in ROW_COLUMNS}
        return replace(self, offsets=kept[self.offsets], end=self.end if end is None else end, **columns)

    def slice(self, first: int, last: int) -> LineStore:
        """Customers `[first, last)` alone; arrays are views, nothing is copied."""
        low, high = self.offsets[first], self.offsets[last]
        columns: dict[str, Any] = {
            name: None if (column := getattr(self, name)) is None else column[low:high] for name in ROW_COLUMNS
        }
        offsets = self.offsets[first : last + 1] - low
        tables = {name: events.slice(first, last) for name, events in self.tables.items()}
        return replace(self, customer_ids=self.customer_ids[first:last], offsets=offsets, tables=tables, **columns)

    def known_before(self, day: int) -> LineStore:
        """What was known before `day` (days since 1970-01-01): rows with `known < day`.

        Customers nobody knew of by then stay in `customer_ids`, with no rows.
        """
        known = self.day if self.known is None else self.known
        tables = {name: events.known_before(day) for name, events in self.tables.items()}
        return replace(self.select(known < day, end=min(self.end, day)), tables=tables, market=None)

    def settled(self) -> LineStore:
        """The same rows as if each had been known on the day it happened: the view of hindsight, for labels."""
        return replace(self, known=None, tables={name: events.settled() for name, events in self.tables.items()})


OPTIONAL_COLUMNS = ("list_cents", "unit_cost", "integrated")
ROW_COLUMNS = ("day", "known", "order", "product", "category", "cents", "thousandths", "taken_back", *OPTIONAL_COLUMNS)


def _pick(column: npt.NDArray[np.generic] | None, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.generic] | None:
    return None if column is None else column[rows]


def _sorted(lines: pa.Table, customer: Ints, names: npt.NDArray[np.object_]) -> LineStore:
    """The store; columns are put in order one at a time, and what is made of them is made in their place."""
    day = days_of(lines, "ordered_on")
    place = Arrangement(customer, day, len(names))
    offsets = np.concatenate([[0], np.cumsum(counts(customer, len(names)))])
    nameless: dict[str, int] = {}
    columns: dict[str, Any] = {
        name: None if column is None else place.arranged(column) for name, column in columns_of(lines, day, nameless)
    }
    columns["thousandths"] = in_thousandths(columns["thousandths"])
    columns["taken_back"] = taken_back(columns["taken_back"], columns["cents"], columns["thousandths"], day.size)
    return LineStore(customer_ids=names, offsets=offsets, end=int(day.max()) + 1, nameless=nameless, **columns)
