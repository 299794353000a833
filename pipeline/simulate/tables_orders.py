"""The tables of the running business: order lines and deliveries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline.simulate.block import Block, money
from pipeline.simulate.calendar import WEEK, WORKING_DAYS, Ints
from pipeline.simulate.catalogue import ARTICLES_A_CATEGORY, CATEGORIES, article_codes
from pipeline.simulate.lines import Lines, draw_returns
from pipeline.simulate.names import labels, numbered

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
    service, orders, count = block.tells.service, block.orders, block.orders.count
    failed = block.lives.told["failed"][orders.week, orders.customer]
    promised = orders.day + 1 + random.poisson(service.lead, count)
    promised += (WEEK - promised % WEEK) * (promised % WEEK >= WORKING_DAYS)
    usual = service.late + service.late_neglected * (1 - block.hidden.care[orders.customer])
    late = random.random(count) < np.where(failed, service.late_failed, usual)
    behind = np.where(late, 1 + random.geometric(1 / service.late_days, count), -random.integers(0, 2, count))
    delivered = np.maximum(promised + behind, orders.day)
    ordered = np.bincount(block.lines.order, weights=block.lines.pieces, minlength=count).astype(np.int64)
    short = random.random(count) < service.short * np.where(failed, 10, 1)
    came = np.where(short, np.rint(ordered * random.uniform(0.5, 0.98, count)).astype(np.int64), ordered)
    faulty = random.binomial(came, np.where(failed, service.defective_failed, service.defective))
    known = np.minimum(promised, delivered)
    seen = np.flatnonzero(known < block.calendar.end)
    return pa.table(
        {
            "customer_id": block.whose(orders.customer),
            "order_id": numbered("A" + block.series, np.arange(count)),
            "promised_on": pa.array(block.calendar.dates(promised), type=pa.date32()),
            "delivered_on": block.dates(delivered),
            "quantity_ordered": pa.array(ordered),
            "quantity_delivered": pa.array(came),
            "quantity_defective": pa.array(faulty),
            "known_on": block.dates(known),
        }
    ).take(pa.array(seen))
