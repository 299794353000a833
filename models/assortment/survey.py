"""What there is to speak of with each of many customers: products it left out, and products it might try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from features.engine.store import LineStore
from models.assortment.alike import BASKET_DAYS, Crowd, Suggested, spread_out
from models.assortment.left_out import LOOK_BACK_DAYS, LeftOut, left_out, regulars
from models.assortment.purchases import Flags, Longs, Purchases, in_parts

Part = TypeVar("Part", LeftOut, Suggested, "Topics")


@dataclass(frozen=True)
class Topics:
    """What there is to speak of with customers (n,): of those `silent` (n,), `left_out` is what they used to buy."""

    silent: Flags
    left_out: LeftOut
    suggested: Suggested


@dataclass(frozen=True)
class Survey:
    """The question: what is known before `cutoff`, in days since 1970-01-01, all of `store` being so.

    `names` (products,) by code, None for what is no product; lately is `[cutoff - lately_days, cutoff)`; `count`
    products of each kind for each customer.
    """

    store: LineStore
    names: npt.NDArray[np.object_]
    cutoff: int
    lately_days: int
    count: int

    def topics(self, customer: Longs) -> Topics:
        """What there is to speak of with customers (n,), at least one, codes of the store in ascending order."""
        crowd, sold = self._crowd(spread_out(customer)), self.sold()
        return _together([self._part(customer[part], crowd, sold) for part in in_parts(customer.size)])

    def _part(self, customer: Longs, crowd: Crowd, sold: Flags) -> Topics:
        bought = self._purchases(customer)
        last = np.zeros(customer.size, dtype=np.int64)
        np.maximum.at(last, bought.customer, bought.day)
        silent = last < self.cutoff - self.lately_days
        found = regulars(bought.since(self.cutoff - LOOK_BACK_DAYS))
        basket = bought.since(self.cutoff - BASKET_DAYS).bought()
        tried = crowd.suggested(customer, basket, bought.bought(), self.count)
        return Topics(silent, left_out(found, sold, silent, self.count), tried)

    def _crowd(self, customer: Longs) -> Crowd:
        baskets, lately = [], []
        for part in in_parts(customer.size):
            bought = self._purchases(customer[part])
            baskets.append(bought.since(self.cutoff - BASKET_DAYS).bought())
            lately.append(bought.since(self.cutoff - self.lately_days).bought())
        return Crowd.of(customer, sparse.vstack(baskets), sparse.vstack(lately))

    def _purchases(self, customer: Longs) -> Purchases:
        return Purchases.of(self.store, customer, self.nameless, self.names.size)

    @cached_property
    def nameless(self) -> Longs:
        """Codes that stand for no product."""
        return np.flatnonzero([name is None or not str(name).strip() for name in self.names])

    def sold(self) -> Flags:
        """The products (products,) that are to be had: somebody bought them lately, or nobody but one customer does.

        What is made for one customer is not sold while it buys nothing, and still it is what to ask it about.
        """
        late = self.store.day >= self.cutoff - self.lately_days
        whose = np.repeat(np.arange(self.store.customers), np.diff(self.store.offsets))
        kept = (self.store.day >= self.cutoff - LOOK_BACK_DAYS) & ~self.store.taken_back
        product, customer = np.asarray(self.store.product)[kept], whose[kept]
        lowest, highest = np.full(self.names.size, self.store.customers), np.full(self.names.size, -1)
        np.minimum.at(lowest, product, customer)
        np.maximum.at(highest, product, customer)
        sold = lowest == highest
        sold[product[late[kept]]] = True
        return np.asarray(sold)


def _together(parts: list[Part]) -> Part:
    """Columns of parts, one below the other; what is made of columns the same way."""
    columns: Iterator[Any] = ([getattr(part, field.name) for part in parts] for field in fields(parts[0]))
    joined: list[Any] = [
        np.concatenate(column) if isinstance(column[0], np.ndarray) else _together(column) for column in columns
    ]
    return type(parts[0])(*joined)
