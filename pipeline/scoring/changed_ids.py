"""Whether the ids of the customers have changed their form since the last delivery: then everybody is taken for new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.store import LineStore
from pipeline.export.store import PredictionStore
from pipeline.sources.id_forms import HARDLY, MOSTLY, advice, form_of, meeting

RECENT_DAYS = 31
"""A delivery comes once a month or more often."""
LONG_HISTORY_DAYS = 365
FEWEST = 20
"""Customers. Among fewer, all of them being new is chance."""
NEARLY_ALL = 0.9
Flags = npt.NDArray[np.bool_]


def changed_ids(
    store: LineStore, as_of: date, predictions: PredictionStore, renamed: Mapping[str, str]
) -> tuple[str, ...]:
    """What to say where the ids seem to have changed.

    Args:
        store: the order lines known before `as_of`.
        as_of: the cutoff.
        predictions: the exports so far.
        renamed: the id by now for each older one that is listed: such customers are not gone.
    """
    return (*newcomers(store), *_gone(store, as_of, predictions, renamed))


def newcomers(store: LineStore) -> Iterator[str]:
    """Whether nearly all who ordered of late never did before, in a history in which most used to come back.

    Where most ids of the newcomers are older ones in another form, half of the recent customers are enough.
    """
    first, last = _first_and_last(store)
    recent = store.end - RECENT_DAYS
    if recent - first.min(initial=store.end) < LONG_HISTORY_DAYS:
        return
    ordered = last >= recent
    new, share = ordered & (first >= recent), _share_of_new(first, ordered, recent)
    if new.sum() < FEWEST or share < MOSTLY:
        return
    found = meeting(_texts(store, ~new), _texts(store, new))
    if found.cause or (share >= NEARLY_ALL and _share_before(store, recent) < MOSTLY):
        yield (
            f"{share:.0%} of the customers who ordered in the last {RECENT_DAYS} days never did before, though the "
            f"history is {store.end - int(first.min()):,} days long: one of old looks like {form_of(found.left)}, one "
            f"of them like {form_of(found.right)}. If the ids have changed their form, one customer counts as two: who "
            f"left, and who is new. {advice(found)}"
        )


def _gone(store: LineStore, as_of: date, predictions: PredictionStore, renamed: Mapping[str, str]) -> Iterator[str]:
    """Whether nearly all customers of the export before are in the history no more."""
    earlier = [cutoff for cutoff in predictions.cutoffs() if cutoff < as_of]
    if not earlier:
        return
    before = predictions.customers(earlier[-1])
    if renamed:
        before = pa.array([renamed.get(name, name) for name in before.to_pylist()], pa.string())
    here = _texts(store, np.ones(store.customers, dtype=bool))
    found = meeting(before, here)
    kept = found.met / max(len(before), 1)
    if len(before) >= FEWEST and kept < HARDLY:
        left, right = found.left or before[0].as_py(), found.right or here[0].as_py()
        yield (
            f"{kept:.0%} of the {len(before):,} customers of the export of {earlier[-1]} are in the history: one of "
            f"then looks like {form_of(left)}, one of now like {form_of(right)}. {advice(found)}"
        )


def _texts(store: LineStore, chosen: Flags) -> pa.Array:
    return pa.array(store.customer_ids[chosen], pa.string())


def _first_and_last(store: LineStore) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first and the last day (customers,) of each; customers without a row have none, and are never recent."""
    first = np.full(store.customers, store.end, dtype=np.int64)
    last = np.full(store.customers, -(10**6), dtype=np.int64)
    rows = np.diff(store.offsets) > 0
    starts = store.offsets[:-1][rows]
    if starts.size:
        first[rows], last[rows] = np.minimum.reduceat(store.day, starts), np.maximum.reduceat(store.day, starts)
    return first, last


def _share_of_new(first: npt.NDArray[np.int64], ordered: Flags, since: int) -> float:
    return float((first[ordered] >= since).mean()) if ordered.any() else 0.0


def _share_before(store: LineStore, until: int) -> float:
    """The share of newcomers among all who ordered in the `RECENT_DAYS` before a day; 1 where nobody did."""
    since = until - RECENT_DAYS
    inside = np.flatnonzero((store.day >= since) & (store.day < until))
    if not inside.size:
        return 1.0
    ordered = np.unique(np.searchsorted(store.offsets, inside, side="right") - 1)
    first, _ = _first_and_last(store)
    return float((first[ordered] >= since).mean())
