"""Prediction rows as the columns of a spreadsheet: lists apart, and texts that stay texts."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.contract.field import TEXTS

LEAST_COLUMNS = 4
"""Columns of a list, for example of reasons, where nobody needs more; 4 reasons are what is given by default."""
UNPRINTABLE = r"[\x00-\x1f\x7f\x{fffe}\x{ffff}]"
LIVE = "^(\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""Text that a spreadsheet takes for a formula, in the letters of any keyboard."""


def widened(table: pa.Table) -> pa.Table:
    """Lists of reasons as one column a reason (`reason_1`, `reason_2`, ...), lists of codes as one text.

    There are `LEAST_COLUMNS` a list even where nobody needs them, so that whoever reads them nightly finds the same.
    """
    columns: dict[str, pa.ChunkedArray] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.type != TEXTS:
            columns[name] = column
        elif name.endswith("codes"):
            columns[name] = pc.binary_join(column, "; ")
        else:
            columns |= _one_each(name.removesuffix("s"), column)
    return pa.table(columns)


def _one_each(name: str, column: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    most = max(LEAST_COLUMNS, pc.max(pc.list_value_length(column)).as_py() or 0)
    lists = column.combine_chunks()
    lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
    padded = pc.list_slice(lists, 0, most, return_fixed_size_list=True)
    return {
        f"{name}_{place + 1}": pa.chunked_array([pc.list_element(padded, place)], pa.string()) for place in range(most)
    }


def printable(table: pa.Table) -> pa.Table:
    """Control characters in texts replaced by spaces."""
    return _texts(table, lambda column: pc.replace_substring_regex(column, UNPRINTABLE, " "))


def inert(table: pa.Table) -> pa.Table:
    """Texts made safe for spreadsheets: printable, and with an apostrophe before what would become a formula."""
    return _texts(printable(table), lambda column: pc.replace_substring_regex(column, LIVE, r"'\1"))


def _texts(table: pa.Table, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.Table:
    columns = [change(column) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)
