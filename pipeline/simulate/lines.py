"""What is on the orders: articles of the repertoire, quantities, prices, and what is sent back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.catalogue import ARTICLES, SLOTS, Catalogue, Repertoire
from pipeline.simulate.course import Lives
from pipeline.simulate.drivers import misfit
from pipeline.simulate.orders import Orders
from pipeline.simulate.parameters_tables import Goods
from pipeline.simulate.population import Hidden

DAYS_A_YEAR = 365
STAPLES = 2
"""Articles, the dearest of a repertoire, that a production uses up where they are critical. Ours, untested."""
APPETITE = 0.75
"""How much more is on an order of a customer that buys all it needs from us than on one of a customer that buys none,
beside the 0.4 that is always there: usual customers then order the usual amount. Ours, untested."""


@dataclass(frozen=True)
class Lines:
    """Lines (lines,), sorted by order: row of the order, article and whether it is made for the customer, pieces.

    `listed` and `net` are amounts of the line in cents, `cost` is of a piece.
    """

    order: Ints
    article: Ints
    special: Flags
    pieces: Ints
    listed: Ints
    net: Ints
    cost: Ints

    def take(self, rows: Ints | Flags) -> Self:
        """The lines in `rows`."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))


def draw_lines(
    random: np.random.Generator,
    hidden: Hidden,
    lives: Lives,
    orders: Orders,
    repertoire: Repertoire,
    catalogue: Catalogue,
    goods: Goods,
) -> Lines:
    """The lines of the orders; an article occurs once an order. Who buys less of its need orders less at a time."""
    appetite = appetite_of(lives.share[orders.week, orders.customer].astype(np.float64))
    known = known_of(lives.told["breadth"][orders.week, orders.customer].astype(np.float64))
    number = 1 + random.poisson(hidden.basket[orders.customer] * appetite)
    order = np.repeat(np.arange(orders.count), number)
    slot = (known[order] * random.random(order.size)).astype(np.int64)
    used, staple = _used_up(random, hidden, orders, goods)
    order, slot = np.concatenate([order, used]), np.concatenate([slot, staple])
    own, taken = repertoire.special[orders.customer[order], slot], repertoire.article[orders.customer[order], slot]
    code = np.unique((order * len(ARTICLES) + taken) * 2 + own)
    order, article, own = code // 2 // len(ARTICLES), code // 2 % len(ARTICLES), code % 2 == 1
    customer = orders.customer[order]
    packs = 1 + random.poisson(goods.packs * hidden.size[customer] * appetite[order])
    pieces = packs * catalogue.pack[article]
    piece = np.rint(catalogue.price[article] * risen_at(orders.day[order], goods)).astype(np.int64)
    over = lives.told["price"][orders.week, orders.customer].astype(np.float64)
    paid = paid_of(hidden.discount[orders.customer], over)
    return Lines(
        order=order,
        article=article,
        special=own,
        pieces=pieces,
        listed=piece * pieces,
        net=np.maximum(np.rint(piece * pieces * paid[order]).astype(np.int64), 1),
        cost=np.rint(piece * catalogue.cost_share[article]).astype(np.int64),
    )


def appetite_of(share: Floats) -> Floats:
    """How much is on an order (n,), against the usual one, where this share (n,) of the need is bought from us."""
    return 0.4 + APPETITE * share


def known_of(breadth: Floats) -> Floats:
    """Places of its repertoire (n,) that a customer orders from, by the articles it has come to know (n,)."""
    return np.clip(breadth, 1, SLOTS - 1)


def risen_at(day: npt.ArrayLike, goods: Goods) -> Floats:
    """List prices of a day, or of days (n,), against those when the warm-up begins."""
    return np.asarray((1 + goods.yearly_rise) ** (np.asarray(day) // DAYS_A_YEAR))


def paid_of(discount: Floats, price: Floats) -> Floats:
    """What is paid of the list price (n,), at most all of it: less the discount, more by the own price over the peers'.

    Args:
        discount: of the list price, 0 to 1, (n,).
        price: own price over the peers', log, (n,).
    """
    return np.minimum((1 - discount) * np.exp(price), 1.0)


def _used_up(random: np.random.Generator, hidden: Hidden, orders: Orders, goods: Goods) -> tuple[Ints, Ints]:
    """Orders and slots (lines,) of what a production uses up: the dearest articles of those to whom it is critical."""
    chance = goods.used_up * hidden.criticality[orders.customer]
    order, slot = np.nonzero(random.random((orders.count, STAPLES)) < chance[:, None])
    return order, slot


def draw_returns(
    random: np.random.Generator, lines: Lines, orders: Orders, lives: Lives, goods: Goods, end: int
) -> tuple[Lines, Ints]:
    """Lines sent back 5 to 30 days later, with negative pieces and amounts, and their days; before day `end` only."""
    failed = orders.fates.failed[lines.order]
    suits = misfit(lives.told["satisfaction"][orders.week, orders.customer][lines.order])
    chance = np.where(failed, goods.returned_failed, goods.returned * suits)
    back = lines.take(random.random(lines.order.size) < chance)
    day = orders.day[back.order] + random.integers(5, 31, back.order.size)
    back, day = back.take(day < end), day[day < end]
    return Lines(back.order, back.article, back.special, -back.pieces, -back.listed, -back.net, back.cost), day
