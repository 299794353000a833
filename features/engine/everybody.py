"""What everybody bought: which products are rare, usual prices, new products. A small table per product and cutoff.

Computed once over all customers before they are taken in chunks, and carried by the store. Lines are dealt out by
product first, a part of the products at a time, so that the memory this takes is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_everybody
from features.engine.events import is_purchase
from features.engine.expression import Leaf
from features.engine.runs import runs
from features.engine.store import LineStore
from features.engine.table_leaf import UNSHARED, TableLeaf
from features.engine.tables import Flags, Floats, Ints, Longs

RARE, ALONE = 1, 2
READERS = {"rare_spend", "price_index", "adopted"}
"""Primitives that read what everybody bought."""
LINES_A_PART = 3_000_000
"""Lines that are dealt out by product at once: 96 MB. A product that has more of them is a part of its own."""


@dataclass(frozen=True)
class Everybody:
    """What all customers bought in one window `span`, (products, K) each.

    `prices`: paid by piece, in cents a thousandth, of products that two customers or more bought; else 0. `few`, by the
    share of the window's other customers that is few: `RARE` where no larger share bought the product, `ALONE` where
    nobody else did, else 0.
    """

    span: Span
    prices: Floats
    few: dict[float, npt.NDArray[np.uint8]]

    def marks(self, share: float | None) -> npt.NDArray[np.uint8]:
        """`few` for a share; for none, where all of them say the same, any."""
        return self.few[share] if share is not None else next(iter(self.few.values()))


Span = tuple[int, int]
"""A window `[T - start, T - stop)` in days."""


@dataclass(frozen=True)
class Market:
    """What all customers bought at `cutoffs` (K,), by window; `launched` (products, K), the first day of each product.

    Every product a customer of the store may have bought has a row. `latest` (products,) is the largest of its
    days in `launched`; -1 where no day is known.
    """

    cutoffs: Ints
    windows: dict[Span, Everybody]
    launched: Longs
    latest: Longs


def with_market(store: LineStore, cutoffs: Ints, wanted: Iterable[Leaf], horizon_days: int) -> LineStore:
    """The store, carrying the market that these leaves read; the store itself where none of them reads one."""
    leaves = [leaf for leaf in wanted if isinstance(leaf, TableLeaf) and leaf.primitive in READERS]
    if not leaves or store.product is None:
        return store
    return replace(store, market=market_of(store, cutoffs, leaves, horizon_days))


def market_of(store: LineStore, cutoffs: Ints, leaves: Iterable[TableLeaf], horizon_days: int) -> Market:
    """What all customers of a store bought, in the windows of these leaves; the store has products."""
    assert store.product is not None
    spans = _shares(leaves, horizon_days)
    chosen, shape = is_purchase(store), (int(store.product.max(initial=0)) + 1, cutoffs.size)
    windows = {
        span: Everybody(span, np.empty(shape), {share: np.empty(shape, dtype=np.uint8) for share in shares})
        for span, shares in spans.items()
    }
    active = {span: _active(store, chosen, cutoffs, span) for span in spans}
    reached = chosen & (store.day >= cutoffs[0] - max((start for start, _ in spans), default=0))
    for first, starts, *dealt in _by_product(store, reached, shape[0]) if spans else ():
        own = slice(first, first + starts.size - 1)
        for span, there in windows.items():
            when = runs(cutoffs, span, store.day)
            for share, few in there.few.items():
                kernels_of_everybody.tell(starts, *dealt, *when, active[span], share, there.prices[own], few[own])
    launched = _launches(store, chosen, cutoffs, shape)
    latest = np.where(launched < kernels_of_everybody.NEVER, launched, -1).max(axis=1)
    return Market(cutoffs, windows, launched, latest)


def share_of(leaf: TableLeaf) -> float | None:
    """The share of other customers that is few to a leaf on rare products; None where it does not say."""
    return float(leaf.option) if leaf.primitive == "rare_spend" and leaf.option != UNSHARED else None


def _shares(leaves: Iterable[TableLeaf], horizon_days: int) -> dict[Span, list[float]]:
    """The windows of these leaves, and in each the shares that are few: 0 where nobody says which, at least one."""
    found: dict[Span, set[float]] = {}
    for leaf in leaves:
        if leaf.primitive != "adopted":
            span = leaf.window.start.resolve(horizon_days), leaf.window.stop.resolve(horizon_days)
            share = share_of(leaf)
            found.setdefault(span, set()).update(() if share is None else (share,))
    return {span: sorted(shares or {0.0}) for span, shares in found.items()}


def _launches(store: LineStore, chosen: Flags, cutoffs: Ints, shape: tuple[int, int]) -> Longs:
    """The first day any purchase of each product is known of, (products, K)."""
    known, launched = store.day if store.known is None else store.known, np.empty(shape, dtype=np.int64)
    rows, earliest = (store.day, known, chosen, store.product), np.empty(shape[0], dtype=np.int64)
    kernels_of_everybody.launches(*rows, cutoffs, *runs(cutoffs, (0, 0), store.day), earliest, launched)
    return launched


def _active(store: LineStore, chosen: Flags, cutoffs: Ints, span: Span) -> Longs:
    """How many customers bought anything in the window, (K,)."""
    out, known = np.empty(cutoffs.size, dtype=np.int64), store.day if store.known is None else store.known
    kernels_of_everybody.active(store.offsets, store.day, known, chosen, *runs(cutoffs, span, store.day), out)
    return out


def _by_product(store: LineStore, chosen: Flags, products: int) -> Iterator[tuple[int, Longs, Ints, Longs]]:
    """The chosen lines by product, then customer and day, part by part, as `kernels_of_everybody.deal` writes them.

    Of each part its first product, where the lines of each of its products begin, and the last end, and its lines in
    numbers of 32 and of 64 bits; all parts use the same memory.
    """
    nothing, counts = np.broadcast_to(np.int64(0), store.day.size), np.zeros(products, dtype=np.int64)
    kernels_of_everybody.counts_by_product(store.product, chosen, counts)
    cents, pieces = (nothing if column is None else column for column in (store.cents, store.thousandths))
    columns = store.day, store.day if store.known is None else store.known, cents, pieces
    parts = [np.concatenate([[0], np.cumsum(counts[first:last])]) for first, last in _parts(counts)]
    large = np.empty((max(int(starts[-1]) for starts in parts), 4), dtype=np.int64)
    small = large.view(np.int32)
    for first, starts in zip(np.cumsum([0, *(part.size - 1 for part in parts)]), parts, strict=False):
        places = starts[:-1].copy()
        kernels_of_everybody.deal(store.offsets, store.product, chosen, first, places, columns, small, large)
        yield int(first), starts, small, large


def _parts(counts: Longs) -> Iterator[tuple[int, int]]:
    """Runs of products `[first, last)` with at most `LINES_A_PART` lines each, or of one product."""
    ends = np.cumsum(counts)
    first = 0
    while first < counts.size:
        before = ends[first] - counts[first]
        last = max(first + 1, int(np.searchsorted(ends, before + LINES_A_PART, side="right")))
        yield first, last
        first = last
