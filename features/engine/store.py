"""Order lines as sorted columns: by customer, then by day. The row store every primitive reads.

Money is whole cents and quantity whole thousandths, so that every sum is exact and does not depend on the
order of rows or the number of threads. Rows that share customer and day keep the order they came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.arrangement import Arrangement
from features.engine.blocks import blocks, counts
from features.engine.facts import events_of
from features.engine.order_columns import order_columns
from features.engine.pieces import in_one_piece
from features.engine.tables import TableEvents
from features.errors import DataProblem
from features.history import History

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
EPOCH = date(1970, 1, 1)
THOUSANDTHS = 1000


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
        codes, names = _codes(lines.column("customer_id"))
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


NAMED = {"product": "product_id", "category": "category"}
"""Columns of codes that may hold null, and the column of the history they stand for."""
OPTIONAL_COLUMNS = ("list_cents", "unit_cost", "integrated")
ROW_COLUMNS = ("day", "known", "order", "product", "category", "cents", "thousandths", "taken_back", *OPTIONAL_COLUMNS)


def _pick(column: npt.NDArray[np.generic] | None, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.generic] | None:
    return None if column is None else column[rows]


def _codes(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Codes (n,) from 0 and the texts they stand for, of a dictionary-encoded column."""
    whole = in_one_piece(column)
    codes = whole.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes, whole.dictionary


def _days(lines: pa.Table, *names: str) -> Ints:
    """The first of these columns that is not null, as days since 1970-01-01."""
    days = [lines.column(name).cast(pa.int32()) for name in names]
    found = pc.coalesce(*days) if days[0].null_count else days[0]
    return np.asarray(in_one_piece(found).to_numpy()).astype(np.int32, copy=False)


def coded(lines: pa.Table, name: str) -> tuple[Ints, npt.NDArray[np.object_]] | None:
    """Codes (n,) of an optional column and the texts they stand for; None without the column.

    A null becomes a value of its own, None, unlike any text.
    """
    found = _optional(lines, name)
    return None if found is None else (found[0], found[1].to_numpy(zero_copy_only=False))


def _optional(lines: pa.Table, name: str) -> tuple[Ints, pa.Array] | None:
    if name not in lines.column_names:
        return None
    column = lines.column(name)
    return _codes(column if column.null_count == 0 else column.cast(pa.string()).dictionary_encode("encode"))


def _named_codes(lines: pa.Table, key: str, nameless: dict[str, int]) -> Ints | None:
    """The codes (n,) of a column of `NAMED`; the one that stands for null is noted down in `nameless`."""
    found = _optional(lines, NAMED[key])
    if found is None:
        return None
    nameless.update(nameless_codes({key: found[1]}))
    return found[0]


def nameless_codes(texts: Mapping[str, pa.Array]) -> dict[str, int]:
    """The code that stands for null, by column of codes, `texts` being what the codes of each stand for."""
    places = {name: pc.index(texts[name].is_null(), True).as_py() for name in NAMED if name in texts}
    return {name: place for name, place in places.items() if place >= 0}


def _sorted(lines: pa.Table, customer: Ints, names: npt.NDArray[np.object_]) -> LineStore:
    """The store; columns are put in order one at a time, and what is made of them is made in their place."""
    day = _days(lines, "ordered_on")
    place = Arrangement(customer, day, len(names))
    offsets = np.concatenate([[0], np.cumsum(counts(customer, len(names)))])
    nameless: dict[str, int] = {}
    columns: dict[str, Any] = {
        name: None if column is None else place.arranged(column) for name, column in _prepared(lines, day, nameless)
    }
    columns["thousandths"] = _in_thousandths(columns["thousandths"])
    columns["taken_back"] = _taken_back(columns["taken_back"], columns["cents"], columns["thousandths"], day.size)
    return LineStore(customer_ids=names, offsets=offsets, end=int(day.max()) + 1, nameless=nameless, **columns)


def _prepared(lines: pa.Table, day: Ints, nameless: dict[str, int]) -> Iterator[tuple[str, npt.NDArray[Any] | None]]:
    """Every column of the store by name, in the order of the lines; quantities as they are, and returns as flagged."""
    yield "day", day
    known = np.maximum(day, _days(lines, "known_on", "ordered_on")) if "known_on" in lines.column_names else None
    yield "known", None if known is None or np.array_equal(known, day) else known
    del known
    yield "order", _codes(lines.column("order_id"))[0]
    for key in NAMED:
        yield key, _named_codes(lines, key, nameless)
    cents = _numbers(lines, "net_amount")
    yield "cents", None if cents is None else cents.astype(np.int64, copy=False)
    del cents
    yield "thousandths", _numbers(lines, "quantity")
    yield "taken_back", _flagged(lines)
    yield from order_columns(lines).items()


def _numbers(lines: pa.Table, name: str) -> npt.NDArray[Any] | None:
    """A column of numbers (n,), in the memory it has; a missing one counts as 0."""
    if name not in lines.column_names:
        return None
    given = lines.column(name)
    return np.asarray((pc.fill_null(given, 0) if given.null_count else in_one_piece(given)).to_numpy())


def _in_thousandths(quantity: Floats | None) -> Longs | None:
    """Quantities (n,) in whole thousandths, in the memory of the quantities, which are gone."""
    if quantity is None:
        return None
    whole = quantity.view(np.int64)
    for rows in blocks(quantity.size):
        whole[rows] = np.rint(quantity[rows] * THOUSANDTHS).astype(np.int64)
    return whole


def _flagged(lines: pa.Table) -> npt.NDArray[np.bool_] | None:
    """The lines (n,) that are marked as returns; None where no column says."""
    if "is_return" not in lines.column_names:
        return None
    return np.asarray(pc.fill_null(lines.column("is_return"), False).to_numpy(zero_copy_only=False))


def _taken_back(
    flagged: npt.NDArray[np.bool_] | None, cents: Longs | None, thousandths: Longs | None, rows: int
) -> npt.NDArray[np.bool_]:
    """Lines (rows,) that take goods back: flagged so, or of negative amount or quantity."""
    back = np.zeros(rows, dtype=bool) if flagged is None else flagged
    for column in (cents, thousandths):
        if column is not None:
            back |= column < 0
    return back
