"""What came of customers after the first day of a campaign, seen with hindsight: orders, spend and margin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine.store import LineStore
from models.event_rows import Rows, Window, rows_of_lines, sums
from models.target import OutcomeWindow
from pipeline.matrices.dataset import Dataset
from pipeline.outcomes.actions import CENTS

Array = npt.NDArray[np.float64]


def orders_after(store: LineStore, data: Dataset, window: OutcomeWindow) -> Array:
    """Days with an order (rows,) over `[cutoff, cutoff + gap + horizon)`: all that came while the outcome was open."""
    lines = rows_of_lines(store)
    another = np.diff(lines.customer, prepend=-1) != 0
    another |= np.diff(lines.happened, prepend=-1) != 0
    return sums(lines, another, _days(data, 0, window.gap_days + window.horizon_days))


def money_after(store: LineStore, data: Dataset, window: OutcomeWindow, share: Array) -> tuple[Array, Array]:
    """Net spend and margin (rows,) over the outcome window, in the currency, returns taken off; NaN without amounts.

    The margin is the amount less what the pieces cost the supplier, or the `share` (rows,) of the amount of lines that
    have no cost.
    """
    if store.cents is None:
        return np.full(len(data), np.nan), np.full(len(data), np.nan)
    owner = np.repeat(np.arange(store.customers, dtype=np.int64), np.diff(store.offsets))
    rows = Rows(owner, store.day.astype(np.int64), store.day.astype(np.int64), {})
    days = _days(data, window.gap_days, window.gap_days + window.horizon_days)
    cents = store.cents.astype(np.float64)
    own = np.full(cents.size, np.nan)
    if store.unit_cost is not None and store.thousandths is not None:
        own = cents - store.unit_cost * store.thousandths / 1000
    without = np.where(np.isnan(own), cents, 0.0)
    gained = sums(rows, np.nan_to_num(own), days) + share * sums(rows, without, days)
    return sums(rows, cents, days) / CENTS, gained / CENTS


def _days(data: Dataset, start: int, stop: int) -> Window:
    """The days `[cutoff + start, cutoff + stop)` of each row."""
    cutoff = data.cutoff.astype("datetime64[D]").astype(np.int64)
    return Window(data.customer.astype(np.int64), cutoff + start, cutoff + stop)
