"""Order lines of some customers as plain columns, and which products each of them bought, as a sparse matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from features.engine.store import LineStore

Longs = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Bought: TypeAlias = sparse.csr_matrix
"""(customers, products): 1 where a customer bought a product, else nothing."""
TOGETHER = 500
"""Customers looked at in one go: what they bought fits into the cache, and memory does not grow with the history."""


@dataclass(frozen=True)
class Purchases:
    """Order lines that are no returns and name a product, by customer and, within each, by day.

    Shapes: `customer` (n,) places among `customers` of them, ascending; `day` (n,) days since 1970-01-01, `product`
    (n,) codes below `products`, `spend` (n,) in cents, 1 for each line where amounts are unknown.
    """

    customers: int
    products: int
    customer: Longs
    day: Longs
    product: Longs
    spend: Array

    @classmethod
    def of(cls, store: LineStore, customer: Longs, nameless: Longs, products: int) -> Purchases:
        """What customers (c,), codes in ascending order, bought; products `nameless` do not count.

        Args:
            store: what was known before the date that is asked about; has products.
            customer: codes of the store, ascending, each once.
            nameless: codes that stand for no product.
            products: how many codes there are.
        """
        starts, counts = store.offsets[customer], np.diff(store.offsets)[customer]
        places = np.repeat(np.arange(customer.size), counts)
        rows = np.arange(places.size) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
        product = np.asarray(store.product)[rows].astype(np.int64)
        kept = ~store.taken_back[rows] & ~np.isin(product, nameless)
        rows = rows[kept]
        spend = np.ones(rows.size) if store.cents is None else store.cents[rows].astype(np.float64)
        day = store.day[rows].astype(np.int64)
        return cls(customer.size, products, places[kept], day, product[kept], spend)

    def since(self, day: int) -> Purchases:
        """Those of `day` and after it."""
        kept = self.day >= day
        return Purchases(
            self.customers, self.products, self.customer[kept], self.day[kept], self.product[kept], self.spend[kept]
        )

    def bought(self) -> Bought:
        """Who bought what, (customers, products)."""
        key = np.unique(self.customer * self.products + self.product)
        places = (key // self.products, key % self.products)
        return sparse.csr_matrix((np.ones(key.size), places), (self.customers, self.products))


def in_parts(count: int) -> Iterator[slice]:
    """The places of `count` customers, [0, count), at most `TOGETHER` at once."""
    for first in range(0, count, TOGETHER):
        yield slice(first, min(first + TOGETHER, count))
