"""Products that a customer bought regularly and has left out of its latest orders, or bought until it fell silent."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from models.assortment.purchases import Array, Flags, Longs, Purchases

LOOK_BACK_DAYS = 730
"""Days before the cutoff in which a product may have been bought regularly: of what is longer ago nobody speaks."""
FEWEST = 3
"""Days on which a product was bought, at least: twice may be chance."""
UNLIKELY = 0.01
"""A product counts as left out where so long a run without it had this chance or less, had nothing changed."""
NONE = -1


@dataclass(frozen=True)
class Regulars:
    """Products that customers bought, one row per customer and product.

    Shapes, all (p,): `customer` places, `product` codes; of the customer's order days `bought` with the product,
    `orders` from the first to the last of these, `since` after the last; `last` the day of it; `spend` in cents.
    """

    customer: Longs
    product: Longs
    bought: Longs
    orders: Longs
    since: Longs
    last: Longs
    spend: Array

    def chance(self) -> Array:
        """How likely (p,) each run without the product was, had it been in every order as often as until its last.

        `(1 - bought / (orders + 1)) ** since`: one order more than there were, so that nobody buys anything for sure.
        Source: ours; what became of products so found is measured in benchmarks.
        """
        return np.asarray((1 - self.bought / (self.orders + 1)) ** self.since)

    def take(self, rows: Flags | Longs) -> Regulars:
        """Some of the rows."""
        return Regulars(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class LeftOut:
    """Products to ask customers (n,) about, the most spent on first: (n, count) each, `product` -1 where there is none.

    `bought`, `orders`, `since`, `last` as in `Regulars`.
    """

    product: Longs
    bought: Longs
    orders: Longs
    since: Longs
    last: Longs


def left_out(found: Regulars, sold: Flags, silent: Flags, count: int) -> LeftOut:
    """The products that customers left out of their latest orders; of who has fallen silent, those it used to buy.

    Args:
        found: what they bought.
        sold: products (products,) that are to be had: what is no longer sold is not left out.
        silent: customers (n,) who bought nothing lately.
        count: products for each; equals in spend by code.
    """
    gone = silent[found.customer] | (found.chance() <= UNLIKELY)
    rows = found.take((found.bought >= FEWEST) & gone & sold[found.product])
    rows = rows.take(np.lexsort((rows.product, -rows.spend, rows.customer)))
    place = np.arange(rows.customer.size) - np.searchsorted(rows.customer, rows.customer)
    rows, place = rows.take(place < count), place[place < count]
    columns = {field.name: np.full((silent.size, count), NONE, dtype=np.int64) for field in fields(LeftOut)}
    for name, column in columns.items():
        column[rows.customer, place] = getattr(rows, name)
    return LeftOut(**columns)


def regulars(purchases: Purchases) -> Regulars:
    """What each customer bought, and on how many of its order days."""
    fresh_days = _changes(purchases.customer) | _changes(purchases.day)
    ordinal = np.cumsum(fresh_days, dtype=np.int64)  # each order day its number, ascending
    latest = np.zeros(purchases.customers, dtype=np.int64)
    np.maximum.at(latest, purchases.customer, ordinal)
    key = purchases.customer * purchases.products + purchases.product
    order = np.argsort(key, kind="stable")  # lines are by day, so the days of each product stay ascending
    key, ordinal = key[order], ordinal[order]
    starts = np.flatnonzero(_changes(key))
    ends = np.append(starts[1:], key.size)[: starts.size] - 1
    fresh = (_changes(key) | _changes(ordinal)).astype(np.int64)
    customer = key[starts] // purchases.products
    return Regulars(
        customer=customer,
        product=key[starts] % purchases.products,
        bought=np.add.reduceat(fresh, starts) if starts.size else starts,
        orders=ordinal[ends] - ordinal[starts] + 1,
        since=latest[customer] - ordinal[ends],
        last=purchases.day[order][ends],
        spend=np.add.reduceat(purchases.spend[order], starts) if starts.size else starts.astype(np.float64),
    )


def _changes(values: Longs) -> Flags:
    """Where (n,) a value differs from the one before; true at the first."""
    return np.append(True, values[1:] != values[:-1])[: values.size]
