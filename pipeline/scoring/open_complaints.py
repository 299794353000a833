"""Which customers wait for a severe complaint to be settled, and since when."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import LineStore, day_number
from features.engine.tables import ENDED, TableEvents
from features.pressure import SEVERE

TABLE, KIND, COMPLAINT, SEVERITY = "interactions", "kind", "complaint", "severity"
FORGOTTEN_DAYS = 730
"""Days after which a complaint that nobody closed is a gap in the records: as far back as evidence counts."""


def severe_complaints_since(store: LineStore, matrix: Matrix) -> npt.NDArray[np.float64]:
    """The day of the oldest severe complaint that each eligible customer waits with, (n,); NaN where there is none.

    Days are counted from 1970-01-01. What was known and not known as settled before the cutoff counts, of
    `[cutoff - 730, cutoff)`; nothing does where the supplier does not record severity, or when complaints are settled.

    Args:
        store: with the table of interactions, where there is one.
        matrix: features at one cutoff, n eligible rows.
    """
    customers = matrix.customer
    cutoff, events = day_number(matrix.cutoffs[0]), store.tables.get(TABLE)
    if events is None or not all(map(events.has, (KIND, SEVERITY, ENDED))) or COMPLAINT not in events.choices[KIND]:
        return np.full(customers.size, np.nan)
    waiting = _open(events.known_before(cutoff), cutoff)
    since = np.full(waiting.offsets.size - 1, np.inf)
    owner = np.repeat(np.arange(since.size), np.diff(waiting.offsets))
    np.minimum.at(since, owner, waiting.day)
    found = since[customers]
    return np.where(np.isinf(found), np.nan, found)


def _open(known: TableEvents, cutoff: int) -> TableEvents:
    complaint = known.codes[KIND] == known.choices[KIND].index(COMPLAINT)
    severe, settled = known.numbers[SEVERITY] >= SEVERE, ~np.isnan(known.numbers[ENDED])
    return known.select(complaint & severe & ~settled & (known.day >= cutoff - FORGOTTEN_DAYS))
