"""What everybody bought: which products are rare, usual prices, new products. A small table per product and cutoff.

Computed once over all customers before they are taken in chunks, and carried by the store. Lines are dealt out by
product first, a part of the products at a time, and read a part of the customers at a time, so that the memory this
takes is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_everybody
from features.engine.events import is_purchase
from features.engine.expression import Leaf
from features.engine.market_sums import MarketAt, MarketSums, Span
from features.engine.merging import Lines, MergedStore
from features.engine.runs import runs
from features.engine.store import LineStore, day_number
from features.engine.table_leaf import UNSHARED, TableLeaf
from features.engine.tables import Floats, Ints, Longs

RARE, ALONE = 1, 2
READERS = {"rare_spend", "price_index", "adopted"}
"""Primitives that read what everybody bought."""
LINES_A_PART = 3_000_000
"""Lines that are dealt out by product at once: 96 MB. A product that has more of them is a part of its own."""
CUSTOMERS_A_PART = 6_000
"""Customers whose lines are looked at together: what is worked out of each line stays in memory used before."""


@dataclass(frozen=True)
class Everybody:
    """What all customers bought in one window `span`, (products, K) each.

    `prices` are unit prices, in cents per thousandth of a piece, of the products that two or more customers bought, and
    0 of the others. `few` holds marks for each threshold, a share of the window's other customers: `RARE` where no
    larger share of them bought the product, `ALONE` where none of them did, else 0.
    """

    span: Span
    prices: Floats
    few: dict[float, npt.NDArray[np.uint8]]

    def marks(self, share: float | None) -> npt.NDArray[np.uint8]:
        """`few` for a share; for none, where all of them say the same, any."""
        return self.few[share] if share is not None else next(iter(self.few.values()))


@dataclass(frozen=True)
class Market:
    """What all customers bought at `cutoffs` (K,), by window; `launched` (products, K), the first day of each product.

    Every product a customer of the store may have bought has a row. `latest` (products,) is the largest of its
    days in `launched`; -1 where no day is known. What lines that name no product stand for
    has no price, is not rare and was never launched.
    """

    cutoffs: Ints
    windows: dict[Span, Everybody]
    launched: Longs
    latest: Longs

    @classmethod
    def of(cls, cutoffs: Ints, windows: dict[Span, Everybody], launched: Longs, nameless: int | None) -> Market:
        """The market of these windows and first days; `nameless` is the code of lines that name no product.

        A store without its later rows has no row for a product that only these have, nor for what they do not name.
        """
        if nameless is not None and nameless < len(launched):
            launched[nameless] = kernels_of_everybody.NEVER
            for table in (each for there in windows.values() for each in (there.prices, *there.few.values())):
                table[nameless] = 0
        latest = np.where(launched < kernels_of_everybody.NEVER, launched, -1).max(axis=1)
        return cls(cutoffs, windows, launched, latest)


def with_market(store: Lines, cutoffs: Ints, wanted: Iterable[Leaf], horizon_days: int) -> Lines:
    """The store, carrying the market that these leaves read; the store itself where none of them reads one.

    Where the store has sums of all its rows that answer, nothing is counted.
    """
    leaves = _readers(wanted)
    if not leaves:
        return store
    sums, spans = store.sums if isinstance(store, MergedStore) else None, _shares(leaves, horizon_days)
    if isinstance(sums, MarketSums) and sums.are_of(cutoffs, spans):
        return replace(store, market=_told(sums, spans, store.nameless.get("product")))
    return store if store.products is None else replace(store, market=market_of(store, cutoffs, leaves, horizon_days))


def market_at(cutoff: date, wanted: Iterable[Leaf], horizon_days: int) -> MarketAt:
    """What these leaves ask of the market by a cutoff."""
    return MarketAt(day_number(cutoff), frozenset(_shares(_readers(wanted), horizon_days)))


def _readers(wanted: Iterable[Leaf]) -> list[TableLeaf]:
    return [leaf for leaf in wanted if isinstance(leaf, TableLeaf) and leaf.primitive in READERS]


def _told(sums: MarketSums, spans: Mapping[Span, list[float]], nameless: int | None) -> Market:
    """The market that sums make, as `market_of` tells it."""
    shape, windows = (sums.launched.size, 1), {}
    for span, shares in spans.items():
        counts, active = sums.of(span)
        there = Everybody(span, np.empty(shape), {share: np.empty(shape, dtype=np.uint8) for share in shares})
        for share, few in there.few.items():
            kernels_of_everybody.tell_of_sums(counts, active, share, there.prices, few)
        windows[span] = there
    return Market.of(np.array([sums.cutoff], dtype=np.int32), windows, sums.launched[:, np.newaxis].copy(), nameless)


def market_of(store: LineStore | MergedStore, cutoffs: Ints, leaves: Iterable[TableLeaf], horizon_days: int) -> Market:
    """What all customers of a store bought, in the windows of these leaves; the store has products."""
    spans, shape = _shares(leaves, horizon_days), (store.products or 0, cutoffs.size)
    windows = {
        span: Everybody(span, np.empty(shape), {share: np.empty(shape, dtype=np.uint8) for share in shares})
        for span, shares in spans.items()
    }
    counts = _counted(store, cutoffs, spans, shape)
    when = {span: runs(cutoffs, span, np.array([counts.first_day])) for span in spans}
    for first, starts, *dealt in _by_product(store, counts) if spans else ():
        own = slice(first, first + starts.size - 1)
        for span, there in windows.items():
            active = counts.active[span]
            for share, few in there.few.items():
                kernels_of_everybody.tell(starts, *dealt, *when[span], active, share, there.prices[own], few[own])
    return Market.of(cutoffs, windows, counts.launched, store.nameless.get("product"))


@dataclass
class Counts:
    """What one sweep over everybody's lines counts.

    `lines` (products,) are the purchased ones on `since` or later, which some window reaches; `active` (K,) the
    customers who bought anything in each window; `launched`: see `Market`. All lines are of `first_day` or later.
    """

    since: int
    first_day: int
    lines: Longs
    active: dict[Span, Longs]
    launched: Longs


def _counted(store: LineStore | MergedStore, cutoffs: Ints, spans: Iterable[Span], shape: tuple[int, int]) -> Counts:
    """What there is to count at these cutoffs, `shape` being how many products and cutoffs there are."""
    active = {span: np.zeros(cutoffs.size, dtype=np.int64) for span in spans}
    earliest, launched = (np.full(size, kernels_of_everybody.NEVER) for size in (shape[0], shape))
    since = int(cutoffs[0]) - max((start for start, _ in spans), default=0)
    found = Counts(since, int(cutoffs[-1]), np.zeros(shape[0], dtype=np.int64), active, launched)
    for _, part in _customers(store):
        chosen, known = is_purchase(part), part.day if part.known is None else part.known
        found.first_day = int(part.day.min(initial=found.first_day))
        kernels_of_everybody.counts_by_product(part.product, chosen & (part.day >= found.since), found.lines)
        for span, out in active.items():
            when = runs(cutoffs, span, part.day)
            kernels_of_everybody.active(part.offsets, part.day, known, chosen, *when, out)
        when = runs(cutoffs, (0, 0), part.day)
        kernels_of_everybody.launches(part.day, known, chosen, part.product, *when, earliest, launched)
    kernels_of_everybody.launched(cutoffs, earliest, launched)
    return found


def _customers(store: LineStore | MergedStore) -> Iterator[tuple[int, LineStore]]:
    """The store in parts of few customers, each with the number of those before."""
    for first in range(0, store.customers, CUSTOMERS_A_PART):
        yield first, store.slice(first, min(first + CUSTOMERS_A_PART, store.customers))


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


def _by_product(store: LineStore | MergedStore, counts: Counts) -> Iterator[tuple[int, Longs, Ints, Longs]]:
    """The counted lines by product, then customer and day, part by part, as `kernels_of_everybody.deal` writes them.

    Of each part its first product, where the lines of each of its products begin, and the last end, and its lines in
    numbers of 32 and of 64 bits; all parts use the same memory.
    """
    parts = [np.concatenate([[0], np.cumsum(counts.lines[first:last])]) for first, last in _parts(counts.lines)]
    large = np.empty((max(int(starts[-1]) for starts in parts), 4), dtype=np.int64)
    small = large.view(np.int32)
    for first, starts in zip(np.cumsum([0, *(part.size - 1 for part in parts)]), parts, strict=False):
        places = starts[:-1].copy()
        for before, part in _customers(store):
            chosen = is_purchase(part) & (part.day >= counts.since)
            nothing = np.broadcast_to(np.int64(0), part.day.size)
            cents, pieces = (nothing if column is None else column for column in (part.cents, part.thousandths))
            columns = part.day, part.day if part.known is None else part.known, cents, pieces
            rows = part.offsets, part.product, chosen, before
            kernels_of_everybody.deal(*rows, first, places, columns, small, large)
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
