"""Purchased lines one by one, and what everybody bought: which products are rare, usual prices, new products.

What everybody bought is a small table per product and cutoff, computed once over all customers before they are taken
in chunks, and carried by the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine import kernels, kernels_of_market, kernels_of_tables
from features.engine.events import is_purchase
from features.engine.expression import Leaf
from features.engine.store import LineStore
from features.engine.table_leaf import TableLeaf
from features.engine.tables import Flags, Floats, Ints, Longs, TableEvents

Array = npt.NDArray[np.float64]
RARE_SHARE = 0.05
"""Of the window's other customers: a product that no larger share of them buys is bought by few."""
ADOPTION_DAYS = 90
STAPLE_PART, STAPLE_WHOLE, STAPLE_DAYS = 2, 3, 4
"""What is on two of three days with an order is a staple; of fewer than four such days nothing is said."""
QUARTER_DAYS = 91
SHOCK_DAYS = 90


@dataclass(frozen=True)
class Purchased:
    """The purchased lines as events, with codes of products and categories from 0, and pieces in thousandths."""

    events: TableEvents
    keys: dict[str, Ints]
    cents: Floats
    pieces: Longs


def purchased(store: LineStore) -> Purchased:
    """The purchased lines of a store.

    `listed` is the amount of lines with a list price above 0, `list_amount` that price, `discount` 1 less the one over
    the other; `costed` the amount of lines
    with a known cost, `cost` what all their pieces cost; `integrated` is 1 on lines that came in by machine.
    """
    rows = is_purchase(store)
    cents = np.zeros(store.day.size) if store.cents is None else store.cents.astype(np.float64)
    pieces = np.zeros(store.day.size, dtype=np.int64) if store.thousandths is None else store.thousandths
    numbers: dict[str, Floats] = {"rows": np.ones(store.day.size)}
    if store.cents is not None:
        numbers["amount"] = cents
        if store.list_cents is not None:
            listed = np.where(store.list_cents > 0, store.list_cents, np.nan)
            paid = np.where(np.isnan(listed), np.nan, cents)
            numbers |= {"list_amount": listed, "listed": paid, "discount": 1 - paid / listed}
        if store.unit_cost is not None and store.thousandths is not None:
            cost = store.unit_cost * pieces / 1000
            numbers |= {"cost": cost, "costed": np.where(np.isnan(cost), np.nan, cents)}
    if store.integrated is not None:
        numbers |= {"integrated": store.integrated, "channelled": 1.0 * ~np.isnan(store.integrated)}
    known = None if store.known is None else store.known[rows]
    kept = np.concatenate([[0], np.cumsum(rows)])
    keys = {name: codes[rows] for name in ("product", "category") if (codes := getattr(store, name)) is not None}
    chosen = {name: column[rows] for name, column in numbers.items()}
    events = TableEvents(kept[store.offsets], store.day[rows], known, chosen, keys)
    return Purchased(events, keys, cents[rows], pieces[rows])


@dataclass(frozen=True)
class Everybody:
    """What all customers bought in one window: (products, K) each, and how many bought anything, (K,)."""

    buyers: Longs
    amount: Floats
    quantity: Longs
    active: Longs


Span = tuple[int, int]
"""A window `[T - start, T - stop)` in days."""


@dataclass(frozen=True)
class Market:
    """What all customers bought at `cutoffs` (K,), by window; `launched` (products, K), the first day of each product.

    Every product a customer of the store may have bought has a row.
    """

    cutoffs: Ints
    windows: dict[Span, Everybody]
    launched: Longs


def with_market(store: LineStore, cutoffs: Ints, wanted: Iterable[Leaf], horizon_days: int) -> LineStore:
    """The store, carrying the market that these leaves read; the store itself where none of them reads one."""
    leaves = [leaf for leaf in wanted if isinstance(leaf, TableLeaf) and leaf.primitive in READERS]
    if not leaves or store.product is None:
        return store
    return replace(store, market=market_of(store, cutoffs, leaves, horizon_days))


def market_of(store: LineStore, cutoffs: Ints, leaves: Iterable[TableLeaf], horizon_days: int) -> Market:
    """What all customers of a store bought, in the windows of these leaves."""
    lines = purchased(store)
    events, size = lines.events, int(store.product.max()) + 1 if store.product is not None and store.day.size else 1
    product = lines.keys["product"]
    spans = {
        (leaf.window.start.resolve(horizon_days), leaf.window.stop.resolve(horizon_days))
        for leaf in leaves
        if leaf.primitive != "adopted"
    }
    windows = {}
    for span in spans:
        low, high = (_boundary(events, cutoffs, ago) for ago in span)
        buyers, quantity = np.zeros((2, size, cutoffs.size), dtype=np.int64)
        amount = np.zeros((size, cutoffs.size))
        given = (events.known_on, cutoffs, product, lines.cents, lines.pieces)
        kernels_of_market.market(low, high, *given, np.zeros(size, dtype=np.int64), buyers, amount, quantity)
        windows[span] = Everybody(buyers, amount, quantity, _active(low, high, events.known_on, cutoffs))
    launched = np.empty((size, cutoffs.size), dtype=np.int64)
    kernels_of_market.launches(events.day, events.known_on, cutoffs, product, launched)
    return Market(cutoffs, windows, launched)


def _boundary(events: TableEvents, cutoffs: Ints, ago: int) -> Longs:
    out = np.empty((events.offsets.size - 1, cutoffs.size), dtype=np.int64)
    kernels.boundaries(events.offsets, events.day, cutoffs, ago, out)
    return out


def _active(low: Longs, high: Longs, known: Ints, cutoffs: Ints) -> Longs:
    """How many customers have a row of the window that was known, (K,)."""
    out = np.empty(low.shape)
    every = np.ones(known.size, dtype=bool)
    kernels_of_tables.totals(low, high, known, cutoffs, every, np.ones(known.size), out)
    return np.count_nonzero(out, axis=0)


def of_market(market: Market, leaf: TableLeaf, lines: Purchased, rows: tuple[Longs, Longs], span: Span) -> Array:
    """A leaf that compares the customer's lines of a window, `rows`, to everybody's."""
    out, product = np.empty(rows[0].shape), lines.keys["product"]
    known, cutoffs = lines.events.known_on, market.cutoffs
    if leaf.primitive == "adopted":
        seen = np.zeros(len(market.launched), dtype=np.int64)
        bounds = (span[0], product, market.launched, ADOPTION_DAYS)
        kernels_of_market.adopted(*rows, lines.events.day, known, cutoffs, *bounds, seen, out)
        return out
    them = market.windows[span]
    if leaf.primitive == "rare_spend":
        others = (them.buyers, them.active, 0.0 if leaf.option == "unshared" else RARE_SHARE)
        kernels_of_market.rare_spend(*rows, known, cutoffs, product, lines.cents, *others, out)
    else:
        prices = (them.buyers, them.amount, them.quantity)
        kernels_of_market.price_index(*rows, known, cutoffs, product, lines.cents, lines.pieces, *prices, out)
    return out


def steady_spend(lines: Purchased, code: Ints, rows: tuple[Longs, Longs], cutoffs: Ints) -> Array:
    """Spend of the window on codes bought in each of its quarters that holds a purchase."""
    out, size = np.empty(rows[0].shape), int(code.max()) + 1 if code.size else 1
    masks, touched = np.zeros((2, size), dtype=np.int64)
    given = (lines.events.day, lines.events.known_on, cutoffs, QUARTER_DAYS, code, lines.cents)
    kernels_of_market.steady_spend(*rows, *given, masks, np.zeros(size), touched, out)
    return out


def staple_spend(lines: Purchased, code: Ints, rows: tuple[Longs, Longs], cutoffs: Ints) -> Array:
    """Spend of the window on codes bought on at least two thirds of its days with a purchase."""
    out, size = np.empty(rows[0].shape), int(code.max()) + 1 if code.size else 1
    days, touched = np.zeros((2, size), dtype=np.int64)
    given = (
        lines.events.day,
        lines.events.known_on,
        cutoffs,
        STAPLE_PART,
        STAPLE_WHOLE,
        STAPLE_DAYS,
        code,
        lines.cents,
    )
    kernels_of_market.staple_spend(*rows, *given, np.full(size, -1), days, np.zeros(size), touched, out)
    return out


def after_shocks(
    shocks: TableEvents, chosen: Flags, lines: Purchased, rows: tuple[Longs, Longs], cutoffs: Ints
) -> Array:
    """Spend of the 90 days after over that of the 90 days before each chosen shock."""
    out, events = np.empty(rows[0].shape), lines.events
    of_lines = (events.offsets, events.day, events.known_on, lines.cents)
    kernels_of_market.around(*rows, shocks.day, shocks.known_on, cutoffs, chosen, *of_lines, SHOCK_DAYS, out)
    return out


READERS = {"rare_spend", "price_index", "adopted"}
"""Primitives that read what everybody bought."""
