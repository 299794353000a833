"""One column of the export, as it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

TEXTS = pa.list_(pa.string())
"""The type of a list of texts."""
Look = Literal["text", "share", "money", "count", "size", "day"]


@dataclass(frozen=True)
class Field:
    """One exported column; `look` is how people see it, `width` in characters of a sheet, `above` its heading where the
    name does not say enough. Of the looks a count is whole, and a size has two decimals.

    `least` and `most` bound its numbers, shares lie from 0 to 1 without them, `words` are all the texts it may hold,
    and `given` says that it is never null. They are part of the contract.
    """

    name: str
    type: pa.DataType
    look: Look
    width: int
    meaning: str
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()
    given: bool = False
    above: str = ""
