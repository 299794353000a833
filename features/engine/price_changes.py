"""What a customer did where a price had changed since it last bought a product: all of it in one pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_prices
from features.engine.kernels_of_prices import CHANGES
from features.engine.market import Purchased
from features.engine.runs import runs
from features.engine.tables import Ints

Array = npt.NDArray[np.float64]


def price_changes(lines: Purchased, option: str, cutoffs: Ints, span: tuple[int, int]) -> Array:
    """How often a price had changed, (customers, K); `option` says by what share at least, and which of `CHANGES`.

    Both days of a change lie in the window `[T - start, T - stop)`, `span`.
    """
    by, which = option.split()
    asked = by, span, cutoffs.tobytes()
    if asked not in lines.changes:
        events, (own, keys) = lines.events, lines.numbered("product")
        out = np.empty((len(CHANGES), events.offsets.size - 1, cutoffs.size))
        rows = (events.offsets, events.day, events.known_on, cutoffs, *runs(cutoffs, span, events.day))
        most, steps = int(np.diff(events.offsets).max(initial=1)), np.zeros((len(CHANGES), cutoffs.size + 1), np.int64)
        scratch = np.empty((2, keys), np.int32), np.empty(most, np.int32), np.empty((2, most), np.int64), steps
        kernels_of_prices.price_changes(*rows, own, lines.cents, lines.pieces, float(by), *scratch, out)
        lines.changes[asked] = out
    return lines.changes[asked][CHANGES[which]]
