"""What everybody bought as whole numbers at one cutoff, which more rows and a later cutoff change by differences alone.

From one night to the next a few rows enter a window or leave it. What is counted of them is added and taken off, so
that the sums are those of counting everything again, to the last bit: nothing here is rounded. Who bought a product
is no sum of rows: customers are asked again, but only those with such a row, and only for its product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from features.engine import kernels_of_market_sums as kernels
from features.engine.kernels_of_everybody import NEVER
from features.engine.merging import NamedStore, joined_texts
from features.engine.store import Ints, LineStore, Longs

Span = tuple[int, int]
"""A window `[T - start, T - stop)` in days."""
NEVER_KNOWN = int(np.iinfo(np.int32).min)
"""By this cutoff no row was known: that of rows that were not there."""


@dataclass(frozen=True)
class MarketAt:
    """What is asked of the market: by which cutoff (days since 1970-01-01), and in which windows."""

    cutoff: int
    spans: frozenset[Span]


@dataclass(frozen=True)
class MarketSums:
    """What all customers bought by `cutoff` (days since 1970-01-01), in each of the windows `spans`.

    `counts` (spans, products, 3): how many customers bought a product, what they paid for it by piece, in cents, and
    how many thousandths of a piece they got for that. `active` (spans,): how many bought anything. `launched`
    (products,): the first day of any purchase of a product, `NEVER` where none is known. Products have the codes of the
    store of all rows counted.
    """

    cutoff: int
    spans: tuple[Span, ...]
    counts: Longs
    active: Longs
    launched: Longs

    @classmethod
    def nothing(cls, at: MarketAt) -> MarketSums:
        """The sums of no rows."""
        windows = tuple(sorted(at.spans))
        counts, active = np.zeros((len(windows), 0, 3), dtype=np.int64), np.zeros(len(windows), dtype=np.int64)
        return cls(at.cutoff, windows, counts, active, np.zeros(0, dtype=np.int64))

    def with_products(self, products: int) -> MarketSums:
        """A copy with room for so many products; nobody bought those that are new."""
        new = products - self.launched.size
        counts = np.pad(self.counts, ((0, 0), (0, new), (0, 0)))
        launched = np.pad(self.launched, (0, new), constant_values=NEVER)
        return replace(self, counts=counts, active=self.active.copy(), launched=launched)

    def leads_to(self, at: MarketAt) -> bool:
        """Whether these sums can be changed into those asked for: of the same windows, and of no earlier cutoff."""
        return self.cutoff <= at.cutoff and set(self.spans) == at.spans

    def are_of(self, cutoffs: Ints, spans: Iterable[Span]) -> bool:
        """Whether these sums are those of one cutoff, and of all these windows."""
        return cutoffs.size == 1 and int(cutoffs[0]) == self.cutoff and set(self.spans) >= {*spans}

    def of(self, span: Span) -> tuple[Longs, int]:
        """The counts (products, 3) of a window, and how many customers bought anything in it."""
        place = self.spans.index(span)
        return self.counts[place], int(self.active[place])


@dataclass(frozen=True)
class Part:
    """Some of all rows: a store with the codes of products of all of them, and the number of each of its customers.

    `counted`: whether the sums there are hold these rows.
    """

    store: LineStore
    numbers: Longs
    counted: bool

    @property
    def rows(self) -> tuple[Any, ...]:
        """Day, day of knowing and product of each row, and what tells whether it is a purchase, for the loops."""
        store = self.store
        known = store.day if store.known is None else store.known
        return store.day, known, store.product, (store.taken_back, self.column("cents"), store.cents is not None)

    def column(self, name: str) -> Longs:
        """A column of whole numbers; zeros where the supplier lacks it."""
        found: Longs | None = getattr(self.store, name)
        return np.broadcast_to(np.int64(0), self.store.day.size) if found is None else found

    def when(self, moves: Moves) -> tuple[int, Longs, Longs]:
        """First day, words by day and cutoffs, for the loops: what was not counted was not known before."""
        return moves.first, moves.words, np.array([moves.cutoffs[0] if self.counted else NEVER_KNOWN, moves.cutoffs[1]])


@dataclass(frozen=True)
class Moves:
    """The windows before and now: the word of a row by its day (2, days), from day `first` on; see the loops.

    A row before the first day is like one of it, one after the last like one of that.
    """

    cutoffs: tuple[int, int]
    first: int
    words: Longs

    @classmethod
    def of(cls, spans: Sequence[Span], cutoffs: tuple[int, int]) -> Moves:
        """The windows of two cutoffs, the second being no earlier."""
        first = cutoffs[0] - max((start for start, _ in spans), default=0) - 1
        days, words = np.arange(first, cutoffs[1] + 1), []
        for cutoff in cutoffs:
            inside = [days < cutoff, *((cutoff - start <= days) & (days < cutoff - stop) for start, stop in spans)]
            words.append(sum(there.astype(np.int64) << bit for bit, there in enumerate(inside)))
        return cls(cutoffs, first, np.stack(words))


def counted(
    sums: MarketSums | None, there: Sequence[NamedStore], later: Sequence[NamedStore], at: MarketAt
) -> MarketSums | None:
    """The sums of all these rows; None where rows name no product.

    Args:
        sums: those of the rows `there`, if any are known; where they do not lead to the cutoff and these windows, all
            rows are counted again.
        there: the rows of the sums.
        later: rows that came after them; they may be of any day.
        at: the cutoff and the windows.
    """
    if any(each.store.product is None for each in (*there, *later)):
        return None
    if sums is None or not sums.leads_to(at):
        sums, there, later = MarketSums.nothing(at), (), (*there, *later)
    parts, products, customers = _parts([*there, *later], len(there))
    found = sums.with_products(products)
    moves = Moves.of(sums.spans, (sums.cutoff, at.cutoff))
    pairs = np.unique(np.concatenate([_changed(part, moves, found) for part in parts]))
    _count_buyers(found, parts, moves, pairs, customers)
    return replace(found, cutoff=at.cutoff)


def _parts(stores: Sequence[NamedStore], counted: int) -> tuple[list[Part], int, int]:
    """The rows of stores, the first ones being counted, and how many products and customers they have together.

    Products have the codes that merging the stores in this order gives them.
    """
    many, *others = stores
    products, customers = many.names["product"], pa.array(many.store.customer_ids, pa.string())
    parts = [Part(many.store, np.arange(len(customers)), counted > 0)]  # the many rows keep their codes
    for each in others:
        products, codes = joined_texts(products, each.names["product"])
        customers, numbers = joined_texts(customers, pa.array(each.store.customer_ids, pa.string()))
        store = replace(each.store, product=codes[each.store.product])
        parts.append(Part(store, numbers.astype(np.int64), len(parts) < counted))
    return parts, len(products), len(customers)


def _changed(part: Part, moves: Moves, sums: MarketSums) -> Longs:
    """Whose and of which product the rows are that enter or leave a window: customer times products plus product.

    What they paid and what they got is counted in `sums`.
    """
    rows, money = np.empty(part.store.day.size, dtype=np.int64), (part.column("cents"), part.column("thousandths"))
    found = kernels.changed(*part.rows, money, part.when(moves), sums.counts, sums.launched, rows)
    whose = np.searchsorted(part.store.offsets, rows[:found], side="right") - 1
    products: Longs = np.asarray(part.store.product)[rows[:found]]
    return part.numbers[whose] * sums.launched.size + products


def _count_buyers(sums: MarketSums, parts: Sequence[Part], moves: Moves, pairs: Longs, customers: int) -> None:
    """Count again who bought what, and who bought anything, for these pairs of customer and product."""
    products = sums.launched.size
    whose, codes = np.divmod(pairs, products)
    asked, starts = np.unique(whose, return_index=True)
    bought, active = (np.zeros((many, 2), dtype=np.int64) for many in (codes.size, asked.size))
    question, slots = (np.append(starts, codes.size), codes), np.zeros(products, dtype=np.int64)
    for part in parts:
        places = np.full(customers, -1, dtype=np.int64)
        places[part.numbers] = np.arange(part.numbers.size)
        given = part.store.offsets, *part.rows, part.when(moves)
        kernels.present(*given, places[asked], question, slots, bought, active)
    for window in range(len(sums.spans)):
        np.add.at(sums.counts[window, :, kernels.BUYERS], codes, _steps(bought, window))
        sums.active[window] += _steps(active, window).sum()


def _steps(words: Longs, window: int) -> Longs:
    """1 where a window holds something now and did not before, -1 where it did and does not, else 0; (rows,)."""
    before, now = ((words >> (window + 1)) & 1).T
    steps: Longs = now - before
    return steps
