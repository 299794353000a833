"""Row numbers without a sign: an index that may be negative costs a compiled loop up to half its speed."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, inline="always")
def unsigned(begin, end):
    """The two ends of a range of rows, for `range`; neither is negative."""
    return np.uint64(begin), np.uint64(end)
