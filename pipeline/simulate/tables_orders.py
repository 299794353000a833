"""The tables of the running business: order lines and deliveries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline.simulate.block import Block, money
from pipeline.simulate.calendar import Ints
from pipeline.simulate.catalogue import ARTICLES_A_CATEGORY, CATEGORIES, article_codes, article_names
from pipeline.simulate.lines import Lines, draw_returns
from pipeline.simulate.names import labels, numbered
from pipeline.simulate.service import FAULTY, LATE, SHORT

CHANNELS = ("edi", "portal", "phone", "field")
INTEGRATED = 0.4
"""Years of spend invested at which half of the online orders come by EDI. Ours, untested."""


def order_lines(random: np.random.Generator, block: Block) -> pa.Table:
    """One product on one order, and what was sent back, each in an order of its own."""
    goods, orders, end = block.tells.goods, block.orders, block.calendar.end
    channel = _channels(random, block)
    late = np.where(
        random.random(orders.count) < goods.late_share, random.integers(1, goods.late_days + 1, orders.count), 0
    )
    known = np.minimum(orders.day + late, end - 1)
    sold = _lines(block, block.lines, orders.day[block.lines.order], known[block.lines.order], channel, "A", back=False)
    back, day = draw_returns(random, block.lines, orders, block.lives, goods, end)
    return pa.concat_tables([sold, _lines(block, back, day, day, channel, "R", back=True)])


def _lines(block: Block, lines: Lines, day: Ints, known: Ints, channel: Ints, kind: str, *, back: bool) -> pa.Table:
    customer = block.orders.customer[lines.order]
    return pa.table(
        {
            "customer_id": block.whose(customer),
            "order_id": numbered(kind + block.series, lines.order),
            "ordered_on": block.dates(day),
            "product_id": article_codes(lines.article, lines.special, block.hidden.number[customer]),
            "product_name": article_names(lines.article, lines.special),
            "quantity": pa.array(lines.pieces),
            "net_amount": money(lines.net),
            "category": labels(CATEGORIES, lines.article // ARTICLES_A_CATEGORY),
            "list_amount": money(lines.listed),
            "unit_cost": money(lines.cost),
            "channel": labels(CHANNELS, channel[lines.order]),
            "is_return": pa.array(np.full(lines.order.size, back)),
            "known_on": block.dates(known),
        }
    )


def _channels(random: np.random.Generator, block: Block) -> Ints:
    """How each order came in: online as the customer likes it, integrated where it has invested."""
    orders = block.orders
    invested = block.lives.told["invested"][orders.week, orders.customer]
    online = random.random(orders.count) < block.hidden.portal[orders.customer]
    edi = random.random(orders.count) < invested / (invested + INTEGRATED)
    return np.where(online, np.where(edi, 0, 1), random.integers(2, 4, orders.count))


def deliveries(random: np.random.Generator, block: Block) -> pa.Table:
    """One delivered order; known when it has come, or when its promise has passed."""
    orders, promised, end = block.orders, block.promised, block.calendar.end
    delivered = np.maximum(promised + _behind(random, block), orders.day)
    ordered = np.bincount(block.lines.order, weights=block.lines.pieces, minlength=orders.count).astype(np.int64)
    came, faulty = _came(random, block, ordered)
    known = np.minimum(promised, delivered)
    return pa.table(
        {
            "customer_id": block.whose(orders.customer),
            "order_id": numbered("A" + block.series, np.arange(orders.count)),
            "promised_on": pa.array(block.calendar.dates(promised), type=pa.date32()),
            "delivered_on": block.dates(delivered),
            "quantity_ordered": pa.array(ordered),
            "quantity_delivered": pa.array(came),
            "quantity_defective": pa.array(faulty),
            "known_on": block.dates(known),
        }
    ).take(pa.array(np.flatnonzero(known < end)))


def _behind(random: np.random.Generator, block: Block) -> Ints:
    """Days (orders,) behind the promise: more than is tolerated where the order failed by being late."""
    service, orders = block.tells.service, block.orders
    usual = service.late + service.late_neglected * (1 - block.hidden.care[orders.customer])
    soon = random.integers(1, service.tolerated + 1, orders.count)
    late = service.tolerated + random.geometric(1 / service.late_days, orders.count)
    early = -random.integers(0, 2, orders.count)
    minded = np.where(random.random(orders.count) < usual, soon, early)
    return np.where(orders.fates.kind == LATE, late, minded)


def _came(random: np.random.Generator, block: Block, ordered: Ints) -> tuple[Ints, Ints]:
    """Pieces (orders,) that came of those ordered, and how many of them were faulty."""
    service, kind, count = block.tells.service, block.orders.fates.kind, ordered.size
    lacks = random.random(count) < service.short
    share = np.where(
        kind == SHORT, random.uniform(0.5, 0.98, count), np.where(lacks, random.uniform(0.98, 1, count), 1)
    )
    came = np.rint(ordered * share).astype(np.int64)
    came = np.where(kind == SHORT, np.minimum(came, ordered - 1), came)
    usual = random.binomial(came, service.defective)
    failed = np.maximum(random.binomial(came, service.defective_failed), np.minimum(came, 1))
    return came, np.where(kind == FAULTY, failed, usual)
