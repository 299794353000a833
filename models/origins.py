"""Rolling origins: the rows of earlier dates, each judged by what had been seen by then."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


def rolling_origins(cutoff: npt.NDArray[np.datetime64], days: int, *, number: int) -> Iterator[tuple[Flags, Flags]]:
    """Pairs of rows to learn from and rows to judge, each (n,): the same question asked at earlier and earlier dates.

    The rows judged are those of one cutoff, the origin. The first origin is the latest cutoff, the next the latest
    whose outcome window closes by then, and so on, so that no outcome is judged twice. What is learned from are the
    rows whose outcome windows close by the origin.

    Args:
        cutoff: (n,) days.
        days: from a cutoff to the end of its outcome window: gap and horizon.
        number: how many origins at most; those without a row to learn from are left out.
    """
    closes = cutoff + np.timedelta64(days, "D")
    origins = np.unique(cutoff)
    for _ in range(number):
        if not origins.size:
            return
        learn = closes <= origins[-1]
        if learn.any():
            yield learn, cutoff == origins[-1]
        origins = origins[origins + np.timedelta64(days, "D") <= origins[-1]]
