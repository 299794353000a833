"""Whether the past is still what it was: what the exports of before say of their customers beside what is known now.

A delivery that was cut, replaced by an older one, sent twice or written in another unit gives a history that is whole
by itself. Only what was known of it before shows that it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.store import LineStore, day_number
from features.run_rate import YEAR
from pipeline.export.store import PredictionStore
from pipeline.sources.history_end import first_day
from pipeline.standing.ordering import ordering_at

FEWEST = 20
"""Customers of an export. Of fewer, a share says nothing."""
LEAST = 3
"""Customers that are otherwise. One or two are corrected by hand."""
MOST_GONE = 0.01
"""Share of the customers of an export that may have no order any more: nobody who has bought has not."""
FAR = 0.1
"""Share of the larger by which order days or spend of a customer's year have to differ to count."""
MOST_OTHERWISE = 0.05
"""Share of the customers who may: a late file of one day is an order day more for few."""
MONTH = 31
"""Days by which the beginning of a history may move at once, beside those that have passed."""
COLUMNS = ("customer_id", "order_days_of_year", "spend_of_year", "last_order_on")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """What became of the customers of an export who had ordered in the year before it.

    How many there were, how many of them are gone, and of how many more the year is another.
    """

    cutoff: date
    customers: int
    gone: int
    otherwise: int

    @property
    def share_gone(self) -> float:
        """Customers without an order before the cutoff by now, of all of the export."""
        return self.gone / max(self.customers, 1)

    @property
    def share_otherwise(self) -> float:
        """Customers whose order days or spend of the year before the cutoff are others, of those still there."""
        return self.otherwise / max(self.customers - self.gone, 1)

    @property
    def lost(self) -> bool:
        """Whether more are gone than may be."""
        return self.customers >= FEWEST and self.gone >= LEAST and self.share_gone > MOST_GONE

    @property
    def rewritten(self) -> bool:
        """Whether more years are others than may be."""
        return self.customers >= FEWEST and self.otherwise >= LEAST and self.share_otherwise > MOST_OTHERWISE


def changed_past(
    store: LineStore, as_of: date, predictions: PredictionStore, renamed: Mapping[str, str]
) -> tuple[str, ...]:
    """What to say where the export before a cutoff tells another past; arguments as of `past_of`."""
    found = past_of(store, as_of, predictions, renamed)
    return () if found is None else tuple(_said(found))


def past_of(
    store: LineStore, as_of: date, predictions: PredictionStore, renamed: Mapping[str, str], days: int = 1
) -> Past | None:
    """The newest export of `days` or more before a cutoff beside what is known of its own past by now.

    Args:
        store: the order lines known before `as_of`.
        as_of: the cutoff.
        predictions: the exports so far.
        renamed: the id by now for each older one that is listed.
        days: how old the export is at least.

    Returns:
        None where there is no such export, or an older version wrote it, without what is compared.
    """
    earlier = [cutoff for cutoff in predictions.cutoffs() if (as_of - cutoff).days >= days]
    if not earlier:
        return None
    then = predictions.columns(earlier[-1], COLUMNS)
    if then is None:
        return None
    then = then.filter(pc.greater(then.column("order_days_of_year"), 0))  # the long silent may be erased by rule
    since = _let_go(store, as_of, predictions, earlier[-1])
    if since is not None:
        then = then.filter(pc.greater_equal(then.column("last_order_on"), pa.scalar(since)))
    known = store.known_before(_until(then, earlier[-1], store))
    now = ordering_at(known, earlier[-1])
    place = _places(then.column("customer_id"), known, renamed)
    gone = (place < 0) | (now.last[place] < 0)
    single = _alone(place) & ~gone  # what several older ids were is the sum of them, and is not compared
    if since is None:
        otherwise = _far(_numbers(then, "order_days_of_year"), now.days[place].astype(np.float64))
        otherwise |= _far(_numbers(then, "spend_of_year"), now.spend[place])
    else:
        otherwise = now.last[place] != then.column("last_order_on").cast(pa.int32()).to_numpy()
    return Past(earlier[-1], then.num_rows, int(gone.sum()), int((otherwise & single).sum()))


def _let_go(store: LineStore, as_of: date, predictions: PredictionStore, cutoff: date) -> date | None:
    """The first day of a history that lets go of its oldest days, where the year before a cutoff reaches back beyond.

    Some deliveries always hold the last twelve months. What the export counted is there in part then, and what can be
    compared are the last orders. A history that lost more of its beginning than the days that have passed, and a month
    for those that let go by months, is not whole; nor does anybody know where an export does not tell its beginning.
    """
    origin, first = predictions.origin(cutoff), first_day(store)
    if origin is None or not origin.begins:
        return None
    lost, beyond = (first - date.fromisoformat(origin.begins)).days, (cutoff - first).days < YEAR
    return first if beyond and 0 < lost <= (as_of - cutoff).days + MONTH else None


def _until(then: pa.Table, cutoff: date, store: LineStore) -> int:
    """The day before which lines are compared: where none says when it came, that after the last the export knew of.

    Of lines that are delivered once a week, the last days came after the export; they are late, and no other past.
    """
    day, last = day_number(cutoff), pc.max(then.column("last_order_on")).as_py()
    return day if last is None or store.known is not None else min(day, day_number(last) + 1)


def _said(past: Past) -> Iterator[str]:
    check = "Check that the delivery is whole, and not an older one; then score again."
    ordered = f"who had ordered in the year before {past.cutoff}"
    if past.lost:
        yield (
            f"{past.gone:,} of the {past.customers:,} customers ({past.share_gone:.0%}) {ordered}, as its export says, "
            f"have no order before that day any more. {check} Where accounts were merged, or have other ids by now: "
            "list the older ones in [history.customer_ids]."
        )
    if past.rewritten:
        left = past.customers - past.gone
        yield (
            f"of {past.otherwise:,} of the {left:,} customers ({past.share_otherwise:.0%}) {ordered} order days or "
            f"spend of that year are others now than its export says, by more than {FAR:.0%}. {check} Where they were "
            "corrected on purpose: moorings train --promote."
        )


def _places(customers: pa.ChunkedArray, store: LineStore, renamed: Mapping[str, str]) -> npt.NDArray[np.int64]:
    """Where each customer of an export is in a store, -1 where it is not, (n,)."""
    at = {name: place for place, name in enumerate(store.customer_ids.tolist())}
    return np.array([at.get(renamed.get(name, name), -1) for name in customers.to_pylist()], dtype=np.int64)


def _alone(place: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether nobody else of the export is in the same place, (n,)."""
    _, which, count = np.unique(place, return_inverse=True, return_counts=True)
    return np.asarray(count[which] == 1)


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)


def _far(then: Floats, now: Floats) -> npt.NDArray[np.bool_]:
    """Whether two numbers are far apart, (n,); not where either is unknown."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(then - now) > FAR * np.maximum(np.abs(then), np.abs(now)))
