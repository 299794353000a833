"""Parts of expressions kept until everybody's are there: those that count days take half the memory.

What is kept is touched for the first time while a matrix is filled, and such memory costs more than computing what goes
into it. A number of days is whole and small, which 32 bits hold to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.engine.expression import Expression, Leaf
from features.engine.room import Room

COUNTED = {"age", "periods", "empty_run"}
"""Primitives over order days and returns that count days, or stretches of them."""


def counts_days(part: Expression) -> bool:
    """Whether the values of a part are whole numbers no larger than the days of a history, or NaN."""
    if type(part) is not Leaf:  # another table may hold ages of anything
        return False
    return part.primitive in COUNTED or (part.primitive, part.column) == ("total", "days")


@dataclass(frozen=True)
class PartValues:
    """The values of parts, a row each: those that count days in `days` (parts, rows), the others in `others`."""

    days: npt.NDArray[np.float32]
    others: npt.NDArray[np.float64]

    @classmethod
    def empty(cls, parts: Sequence[Expression], rows: int, room: Room) -> PartValues:
        """Room for the values of `parts`; untouched until it is written."""
        short = sum(map(counts_days, parts))
        return cls(room.empty((short, rows), np.float32), room.empty((len(parts) - short, rows), np.float64))

    def by_part(self, parts: Sequence[Expression]) -> dict[Expression, npt.NDArray[np.floating]]:
        """The values (rows,) of each part."""
        rows = {True: iter(self.days), False: iter(self.others)}
        return {part: next(rows[counts_days(part)]) for part in parts}
