"""Purchased lines one by one, beside what everybody bought and beside each other: prices, rare and steady spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_keys, kernels_of_market, kernels_of_staples, kernels_of_steadiness
from features.engine.events import is_purchase
from features.engine.everybody import ALONE, RARE, Market, share_of
from features.engine.line_columns import NAMED
from features.engine.market_sums import Span
from features.engine.runs import runs
from features.engine.store import LineStore
from features.engine.table_leaf import TableLeaf
from features.engine.tables import Flags, Floats, Ints, Longs, TableEvents

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Purchased:
    """The purchased lines as events, with codes of products and categories, and pieces in thousandths.

    `keys` are the codes of the store, from 0, also of lines that name none; in `events` these have the code -1.

    `changes` of prices are kept once they are counted, see `price_changes.py`.
    """

    events: TableEvents
    keys: dict[str, Ints]
    cents: Longs
    pieces: Longs
    changes: dict[tuple[object, ...], Array] = field(default_factory=dict)
    _numbered: dict[str, tuple[Ints, int]] = field(default_factory=dict)

    def numbered(self, column: str) -> tuple[Ints, int]:
        """The codes of a column numbered for each customer from 0, (n,), and how many numbers there are; found once.

        -1 on lines that name none.
        """
        if column not in self._numbered:
            code = self.events.codes[column]
            own, places = np.empty_like(code), np.zeros((2, int(code.max(initial=0)) + 1), dtype=np.int32)
            kernels_of_keys.number_each(self.events.offsets, code, places, own)
            self._numbered[column] = own, int(own.max(initial=0)) + 1
        return self._numbered[column]


def purchased(store: LineStore, since: int | None = None) -> Purchased:
    """The purchased lines of a store, those before the day `since` (days since 1970-01-01) left out if it is given.

    `listed` is the amount of lines with a list price above 0, `list_amount` that price, `discount` 1 less the one over
    the other; `costed` the amount of lines
    with a known cost, `cost` what all their pieces cost; `integrated` is 1 on lines that came in by machine.
    """
    rows = is_purchase(store) if since is None else is_purchase(store) & (store.day >= since)
    nothing = np.broadcast_to(np.int64(0), store.day.size)
    cents, pieces = (nothing if column is None else column for column in (store.cents, store.thousandths))
    numbers: dict[str, Floats] = {"rows": np.ones(store.day.size)}
    if store.cents is not None:
        numbers["amount"] = cents.astype(np.float64)
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
    keys = {name: codes[rows] for name in NAMED if (codes := getattr(store, name)) is not None}
    chosen = {name: column[rows] for name, column in numbers.items()}
    named = {name: store.named(name, codes) for name, codes in keys.items()}
    events = TableEvents(kept[store.offsets], store.day[rows], known, chosen, named)
    return Purchased(events, keys, cents[rows], pieces[rows])


def of_market(market: Market, leaf: TableLeaf, lines: Purchased, span: Span) -> Array:
    """A leaf that compares the customer's lines of the window `span` to everybody's."""
    events, product, cutoffs = lines.events, lines.keys["product"], market.cutoffs
    out = np.empty((events.offsets.size - 1, cutoffs.size))
    rows = (events.offsets, events.day, events.known_on)
    when = runs(cutoffs, span, events.day)
    if leaf.primitive == "adopted":
        launched, seen = market.launched, np.zeros(len(market.launched), dtype=np.int64)
        early = np.empty(int(np.diff(events.offsets).max(initial=1)), dtype=np.int64)
        bounds = (cutoffs, span[0], product, launched, market.latest, int(leaf.option))
        kernels_of_market.adopted(*rows, *bounds, *when, early, seen, out)
    elif leaf.primitive == "rare_spend":
        share = share_of(leaf)
        marked = market.windows[span].marks(share), ALONE if share is None else RARE
        kernels_of_market.spend_where(*rows, product, lines.cents, *when, *marked, out)
    else:
        given = (product, lines.cents, lines.pieces)
        prices = market.windows[span].prices
        kernels_of_market.price_index(*rows, *given, *when, prices, np.empty((3, cutoffs.size)), out)
    return out


def steady_spend(lines: Purchased, columns: Sequence[str], cutoffs: Ints, span: Span, length: int) -> Array:
    """Spend of the window on codes bought in each of its periods of `length` days that holds a purchase.

    (columns, customers, K).
    """
    events, numbered = lines.events, [lines.numbered(column) for column in columns]
    key, size = np.stack([own for own, _ in numbered]), max(number for _, number in numbered)
    out = np.empty((len(columns), events.offsets.size - 1, cutoffs.size))
    for begin in range(0, cutoffs.size, kernels_of_steadiness.MOST_CUTOFFS):
        part = slice(begin, begin + kernels_of_steadiness.MOST_CUTOFFS)
        first, held, knows = kernels_of_steadiness.periods_of(tuple(cutoffs[part].tolist()), span, length)
        given = (events.offsets, events.day, events.known_on, first, held, knows, key, lines.cents)
        scratch = *kernels_of_steadiness.no_sets(len(columns), size, held), np.zeros(cutoffs[part].size, dtype=np.int64)
        kernels_of_steadiness.steady_spend(*given, *scratch, out[:, :, part])
    return out


def staple_spend(
    lines: Purchased, column: str, rows: tuple[Longs, Longs], cutoffs: Ints, rule: tuple[int, int, int]
) -> Array:
    """Spend of the window on codes bought on most of its days with a purchase.

    `rule`: on how many of how many days at least, and the fewest days of which anything is said.
    """
    events, (own, size) = lines.events, lines.numbered(column)
    out = np.empty(rows[0].shape)
    times = (events.offsets, *rows, events.day, events.known_on, cutoffs, rule)
    scratch = (*np.zeros((3, size), dtype=np.int64), np.empty(own.size, dtype=np.int8))
    kernels_of_staples.staple_spend(*times, own, lines.cents, *scratch, out)
    return out


def after_shocks(
    shocks: TableEvents, chosen: Flags, lines: Purchased, rows: tuple[Longs, Longs], cutoffs: Ints, span: int
) -> Array:
    """Spend of the `span` days after over that of the `span` days before each chosen shock."""
    out, events = np.empty(rows[0].shape), lines.events
    of_lines = (events.offsets, events.day, events.known_on, lines.cents)
    kernels_of_market.around(*rows, shocks.day, shocks.known_on, cutoffs, chosen, *of_lines, span, out)
    return out
