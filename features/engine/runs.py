"""The boundary map of one window: for which run of cutoffs a row counts, from its day and the day it was known.

Windows move on with the cutoffs, so a row counts from the first cutoff that sees and knows it until it leaves the
window. Kernels that add a row to its run look at it once, not once per cutoff.
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int32]


def runs(cutoffs: Ints, span: tuple[int, int], day: Ints) -> tuple[int, Ints]:
    """The first day of the map and the map (3, days) of the window `[T - start, T - stop)`, `span`, over rows on `day`.

    By day: the first cutoff whose window reaches it, the first whose window no longer does, and the first that knows
    what was known on it. The map ends on the latest cutoff, which sees nothing of that day or later.
    """
    first = min(int(day.min(initial=cutoffs[-1])), int(cutoffs[-1]))
    days = np.arange(first, int(cutoffs[-1]) + 1)
    start, stop = span
    found = [np.searchsorted(cutoffs - ago, days, side="right") for ago in (stop, start, 0)]
    return first, np.stack(found).astype(np.int32)


@njit(cache=True, nogil=True, inline="always")
def run_of(first, bounds, day, known):
    """The cutoffs `[begin, end)` for which a row of this day counts that was known on that one; `begin` may be beyond.

    `first`, `bounds`: see `runs`. Both are unsigned: an index that may be negative costs a loop its speed.
    """
    latest = bounds.shape[1] - 1
    place = np.uint64(min(day - first, latest))
    begin = max(bounds[0, place], bounds[2, np.uint64(min(known - first, latest))])
    return np.uint64(begin), np.uint64(bounds[1, place])
