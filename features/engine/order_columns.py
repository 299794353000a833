"""The columns of order lines that few suppliers have: list price, cost, and whether a line came in by machine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.engine.tables import Floats, Rows

INTEGRATED = ("edi", "api", "punchout", "erp", "vmi", "integration", "interface")
"""A channel whose name is or holds one of these words joins the customer's system to ours."""


def in_one(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array: the one it has, if it has one, where Arrow would copy it."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def order_columns(lines: pa.Table) -> dict[str, Floats | None]:
    """`list_cents`, `unit_cost` (cents a piece) and `integrated` (1 or 0), (n,) each, NaN for null.

    None for a column that the supplier lacks.
    """
    rows = Rows(lines, np.zeros(0, dtype=np.int32))
    channel = rows.text("channel")
    integrated = None
    if channel is not None:
        joined = [float(any(word in INTEGRATED for word in _words(text))) for text in channel[1]]
        integrated = np.array([*joined, np.nan])[channel[0]]
    return {"list_cents": rows.number("list_amount"), "unit_cost": rows.number("unit_cost"), "integrated": integrated}


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
