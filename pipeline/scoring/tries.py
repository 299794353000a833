"""How often something was done for a customer since its last order, and it did not order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import LineStore, day_number
from pipeline.standing.standing_rows import column

TABLE = "treatments"
SILENCE = "days_since_last_order"


def tries_since_order(store: LineStore, matrix: Matrix) -> npt.NDArray[np.int64]:
    """Days on which something was done for each eligible customer since its last order, (n,); 0 where none is known.

    Two actions on one day are one try. What was done on the day of that order may have led to it, and does not count;
    nor does what was withheld.

    Args:
        store: with the table of treatments, where there is one.
        matrix: features at one cutoff, n eligible rows.
    """
    customers = matrix.customer
    events = store.tables.get(TABLE)
    if events is None:
        return np.zeros(customers.size, dtype=np.int64)
    cutoff = day_number(matrix.cutoffs[0])
    done = events.known_before(cutoff)
    done = done.select(done.numbers["holdout"] == 0)
    last_order = cutoff - column(matrix, SILENCE)
    owner = np.repeat(np.arange(done.offsets.size - 1), np.diff(done.offsets))
    ordered = np.full(done.offsets.size - 1, np.inf)
    ordered[customers] = last_order
    later = done.day > ordered[owner]
    days = np.unique(np.column_stack([owner[later], done.day[later]]), axis=0)
    return np.bincount(days[:, 0], minlength=ordered.size)[customers]
