"""Where the large arrays of a build lie: in memory, or wherever somebody puts them who knows how much there is."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Order = Literal["C", "F"]


class Room(Protocol):
    """Gives room to arrays. Reads no files and knows no limits itself: those are the business of who implements it."""

    def empty(self, shape: tuple[int, ...], kind: npt.DTypeLike, order: Order = "C") -> npt.NDArray[Any]:
        """An array to be written, of anything; row-major or column-major."""

    def settle(self) -> None:
        """A moment to put away what was written so far; called by the thread that builds, while others may write."""


class InMemory:
    """All the room there is, in memory."""

    def empty(self, shape: tuple[int, ...], kind: npt.DTypeLike, order: Order = "C") -> npt.NDArray[Any]:
        """An array in memory, untouched until it is written."""
        return np.empty(shape, dtype=kind, order=order)

    def settle(self) -> None:
        """Nothing is put away."""


IN_MEMORY = InMemory()
