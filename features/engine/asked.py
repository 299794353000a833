"""Which values are asked for: rows by customer, then by cutoff. What is not asked for is not computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.engine.store import Ints, Longs


@dataclass(frozen=True)
class Asked:
    """Rows (n,) of customers at cutoffs: those of customer c are `[starts[c], starts[c + 1])`.

    `number` (n,) is the place of each row's cutoff among all, `cutoff` (n,) its day since 1970-01-01, `cell` (n,) its
    place among all customers at all cutoffs; `cutoffs` is how many of these there are.
    """

    starts: Longs
    number: Ints
    cutoff: Ints
    cell: npt.NDArray[np.uint64]
    cutoffs: int

    @classmethod
    def of(cls, chosen: npt.NDArray[np.bool_], cutoffs: Ints) -> Asked:
        """The values that are `chosen` (customers, K) at `cutoffs` (K,)."""
        starts = np.concatenate([[0], np.cumsum(np.count_nonzero(chosen, axis=1))])
        cell = np.flatnonzero(chosen)
        number = cell % cutoffs.size
        return cls(starts, number.astype(np.int32), cutoffs[number], cell.view(np.uint64), cutoffs.size)

    @classmethod
    def everything(cls, customers: int, cutoffs: Ints) -> Asked:
        """Every customer at every cutoff."""
        return cls.of(np.ones((customers, cutoffs.size), dtype=bool), cutoffs)

    @property
    def rows(self) -> int:
        """How many values there are of each leaf."""
        return self.cell.size

    @property
    def owner(self) -> Longs:
        """Whose each row is, (n,)."""
        return np.repeat(np.arange(self.starts.size - 1), np.diff(self.starts))
