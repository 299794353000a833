"""The columns of order lines as plain arrays, in the order of the lines: what `store.py` sorts.

Money is whole cents and quantity becomes whole thousandths; keys become codes from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.blocks import blocks
from features.engine.order_columns import order_columns
from features.engine.pieces import in_one_piece
from features.engine.tables import Floats, Ints, Longs

THOUSANDTHS = 1000
NAMED = {"product": "product_id", "category": "category"}
"""Columns of codes that may hold null, and the column of the history they stand for."""


def codes_of(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Codes (n,) from 0 and the texts they stand for, of a dictionary-encoded column."""
    whole = in_one_piece(column)
    codes = whole.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes, whole.dictionary


def days_of(lines: pa.Table, *names: str) -> Ints:
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
    return codes_of(column if column.null_count == 0 else column.cast(pa.string()).dictionary_encode("encode"))


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


def columns_of(lines: pa.Table, day: Ints, nameless: dict[str, int]) -> Iterator[tuple[str, npt.NDArray[Any] | None]]:
    """Every column of the store by name, in the order of the lines; quantities as they are, and returns as flagged.

    Codes that stand for null are noted down in `nameless`, by column.
    """
    yield "day", day
    known = np.maximum(day, days_of(lines, "known_on", "ordered_on")) if "known_on" in lines.column_names else None
    yield "known", None if known is None or np.array_equal(known, day) else known
    del known
    yield "order", codes_of(lines.column("order_id"))[0]
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


def in_thousandths(quantity: Floats | None) -> Longs | None:
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


def taken_back(
    flagged: npt.NDArray[np.bool_] | None, cents: Longs | None, thousandths: Longs | None, rows: int
) -> npt.NDArray[np.bool_]:
    """Lines (rows,) that take goods back: flagged so, or of negative amount or quantity."""
    back = np.zeros(rows, dtype=bool) if flagged is None else flagged
    for column in (cents, thousandths):
        if column is not None:
            back |= column < 0
    return back
