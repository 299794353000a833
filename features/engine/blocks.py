"""Long columns in blocks: what is worked out on the way is as long as a block, and not as the column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 20
"""Rows: few enough for what is worked out of them to take a few MB, many enough for a step to cost nothing."""


def blocks(rows: int) -> Iterator[slice]:
    """The rows in stretches of at most `BLOCK`, in order."""
    for start in range(0, rows, BLOCK):
        yield slice(start, min(start + BLOCK, rows))


def counts(codes: npt.NDArray[np.integer], number: int) -> npt.NDArray[np.int64]:
    """How many of the codes (n,) there are of each, (number,), `number` being more than any of them.

    NumPy's `bincount` alone would take 8 bytes a row for codes of its own type.
    """
    found = np.zeros(number, dtype=np.int64)
    for rows in blocks(codes.size):
        found += np.bincount(codes[rows], minlength=number)
    return found
