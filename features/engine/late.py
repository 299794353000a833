"""Whether anything became known later than it happened: only then is the past another one at each cutoff."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def any_late(day, known):
    """Whether a row (n,) was known later than on its day."""
    late = False
    for row in range(day.size):
        late = late or known[row] != day[row]
    return late
