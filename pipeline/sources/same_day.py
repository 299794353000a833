"""Lines that are taken back whole on the day they were ordered: nothing was bought, if that is how it is to be read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.sources.keys import Mask
from pipeline.sources.read import Mapped

Longs = npt.NDArray[np.int64]


def cancelled(mapped: Mapped, good: Mask) -> Mask:
    """The lines (n,), among the `good` ones, that mirror each other: both the one bought and the one taken back.

    They agree in customer, product, day, the day they were known and, but for the sign, amount and quantity. Of several
    alike as many go as there are pairs, in the order of their order numbers, so that the order of rows does not matter.
    """
    found = np.zeros(mapped.rows, dtype=bool)
    if "net_amount" not in mapped.flat:
        return found
    cents = pc.fill_null(mapped.flat["net_amount"], 0).to_numpy()
    place = np.flatnonzero(good & (cents != 0))
    group = np.zeros(place.size, dtype=np.int64)
    for column in _same(mapped, cents):
        codes = np.unique(column[place], return_inverse=True)[1].ravel()
        group = np.unique(group * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1].ravel()
    back = cents[place] < 0
    pairs = np.minimum(*(np.bincount(group[side], minlength=group.size) for side in (back, ~back)))
    for side in (back, ~back):
        chosen = np.flatnonzero(side)
        order = chosen[np.lexsort((_rank(mapped)[place[chosen]], group[chosen]))]
        begins = np.searchsorted(group[order], group[order], side="left")
        found[place[order[np.arange(order.size) - begins < pairs[group[order]]]]] = True
    return found


def _same(mapped: Mapped, cents: Longs) -> Iterator[Longs]:
    """What two lines that mirror each other share, (n,) each."""
    for name in ("customer_id", "product_id"):
        if name in mapped.keys:
            yield mapped.keys[name].codes.astype(np.int64)
    for name in ("ordered_on", "known_on"):  # known on another day, it was an order until then
        if name in mapped.flat:
            yield pc.fill_null(mapped.flat[name].cast("int32"), -1).to_numpy().astype(np.int64)
    yield np.abs(cents)
    if "quantity" in mapped.flat:
        yield np.round(np.abs(pc.fill_null(mapped.flat["quantity"], 0).to_numpy()) * 1000).astype(np.int64)


def _rank(mapped: Mapped) -> Longs:
    """The place of each row's order number in the alphabet, (n,)."""
    orders = mapped.keys["order_id"]
    ranks = np.empty(len(orders.values) + 1, dtype=np.int64)
    ranks[pc.sort_indices(orders.values).to_numpy()] = np.arange(len(orders.values))
    ranks[-1] = -1
    return ranks[orders.codes]
