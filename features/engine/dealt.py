"""Rows dealt out by cutoff, which come by customer: where each of them lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_columns

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dealt:
    """Rows by customer, then by cutoff, dealt out by cutoff, then by customer.

    `place` (rows,): where each row lies; `starts` (K + 1,): where those of each cutoff begin, and the last end.
    """

    place: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, there: Flags) -> Dealt:
        """The rows that are `there` (customers, K)."""
        starts = np.concatenate([[0], np.cumsum(np.count_nonzero(there, axis=0))])
        place = np.empty(starts[-1], dtype=np.uint32)
        kernels_of_columns.deal_by_cutoff(there, starts[:-1].copy(), place)
        return cls(place, starts)

    def cutoff(self, number: int) -> slice:
        """The rows of a cutoff, from 0."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    @property
    def cutoffs(self) -> int:
        """How many cutoffs there are."""
        return self.starts.size - 1
