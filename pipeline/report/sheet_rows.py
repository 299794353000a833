"""The rows of a sheet as the XML they become, column by column: a workbook of many customers is mostly this.

xlsxwriter takes cell by cell, which costs six times as much. What is written here is what it would have written, byte
by byte; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

LONGEST = 32_767
"""Characters that one cell can hold."""
AT_ONCE = 5_000
"""Rows whose cells are in memory together."""
FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a sheet, for all days since March 1900."""
ESCAPE_OF_A_SHEET = r"(_x[0-9a-fA-F]{4}_)"
"""What a sheet would read as one letter; the first sign is written as such a one itself, and so the text stays."""

Write = Callable[[str], object]


def write_rows(write: Write, rows: pa.Table, styles: Sequence[int]) -> None:
    """Write the rows of a table below the header of a sheet; nulls are no cells.

    Args:
        write: takes the XML.
        rows: numbers, truth values, days and texts, without control characters.
        styles: by column, the number of its format in the workbook.

    Raises:
        ValueError: a number is not finite.
    """
    names = [xl_col_to_name(place) for place in range(rows.num_columns)]
    for first in range(0, rows.num_rows, AT_ONCE):
        part = rows.slice(first, AT_ONCE)
        numbers = [str(first + row + 2) for row in range(part.num_rows)]
        columns = [
            _cells(column, f'<c r="{name}', f'" s="{style}"' if style else '"', numbers)
            for column, name, style in zip(part.columns, names, styles, strict=True)
        ]
        for number, cells in zip(numbers, zip(*columns, strict=True), strict=True):
            filled = "".join(cells)
            if filled:
                write(f'<row r="{number}">{filled}</row>')


def _cells(column: pa.ChunkedArray, opening: str, style: str, numbers: Sequence[str]) -> list[str]:
    """A cell a row, "" for null."""
    values = column.to_pylist()
    if pa.types.is_floating(column.type) and pc.any(pc.invert(pc.is_finite(column))).as_py():
        raise ValueError("a number of the sheet is not finite")
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        begin, end = f"{style}><v>", "</v></c>"
        return [
            "" if value is None else f"{opening}{number}{begin}{value:.16G}{end}"
            for value, number in zip(values, numbers, strict=True)
        ]
    known = {value: f"{style}{_rest(value)}" for value in set(values) if value is not None}
    return [
        "" if value is None else f"{opening}{number}{known[value]}"
        for value, number in zip(values, numbers, strict=True)
    ]


def _rest(value: Any) -> str:
    """What of a cell does not depend on where it stands."""
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        return f"><v>{(value - FIRST_DAY).days}</v></c>"
    return _text(value)


def _text(value: str) -> str:
    text = re.sub(ESCAPE_OF_A_SHEET, r"_x005F\1", escape(_cut(value), quote=False))
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f' t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _cut(text: str) -> str:
    """As much of a text as a cell can hold: a sheet counts in units of UTF-16, of which some letters take two."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 1]}…"
    if len(text) <= LONGEST // 2:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")
