"""The tables of what the customers buy and ask elsewhere: quotes and the wallet."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline.simulate.block import Block, money
from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.catalogue import ARTICLES_A_CATEGORY, CATEGORIES, CRITICAL
from pipeline.simulate.choice import GONE, PAUSED, orders_of_mode
from pipeline.simulate.drivers import sigmoid
from pipeline.simulate.names import labels
from pipeline.simulate.tables_pledges import yearly_spend

RIVALS = ("price", "Northgate Supply", "Harbour Trading", "Millrace Tools")
AWAY = 26
"""Weeks after the last order within which a customer still asks us for an offer. Ours, untested."""
WALLET_CATEGORIES = 3
"""The customer's biggest categories, of which the wallet is known."""
MONTHS_A_YEAR = 12


def quotes(random: np.random.Generator, block: Block) -> pa.Table:
    """One offer: won where we are worth more than the alternative, by more than chance."""
    market, hidden, lives = block.tells.market, block.hidden, block.lives
    asks = market.quotes * (0.5 + hidden.sensitivity / 2)[None, :] * (0.5 + sigmoid(lives.ahead / 1.0))
    week, customer = block.happenings(random, asks, block.lives.there & block.ordered_within(AWAY))
    day = block.working_day(random, week)
    ahead = lives.ahead[week, customer].astype(np.float64)
    won = random.random(week.size) < sigmoid((0.2 - ahead) / market.quote_scale)
    decided = day + 1 + random.geometric(1 / market.quote_open_days, week.size)
    opened = decided >= block.calendar.end
    price = random.random(week.size) < np.minimum(market.price_lost * hidden.sensitivity[customer], 1)
    name = np.where(price, 0, 1 + hidden.region[customer] % (len(RIVALS) - 1))
    gap = lives.told["price"][week, customer] + 0.04 * ahead + 0.04 * random.standard_normal(week.size)
    gap = np.where(price, np.abs(gap) + 0.01, gap)
    amount = yearly_spend(block)[customer] * 0.15 * np.exp(0.7 * random.standard_normal(week.size))
    outcome = np.where(opened, 2, np.where(won, 0, 1))
    return pa.table(
        {
            "customer_id": block.whose(customer),
            "quoted_on": block.dates(day),
            "amount": money(np.maximum(amount, 1)),
            "outcome": labels(("won", "lost", "open"), outcome),
            "category": labels(CATEGORIES, random.integers(0, len(CATEGORIES), week.size)),
            "decided_on": block.dates(decided, opened),
            "lost_to": pa.array(np.array(RIVALS, dtype=object)[name], mask=outcome != 1, type=pa.string()),
            "price_gap": pa.array(gap.round(3), mask=(outcome != 1) | (random.random(week.size) < 0.3)),
            "known_on": block.dates(day),
        }
    ).filter(pa.array(day < block.calendar.end))


def wallet(random: np.random.Generator, block: Block) -> pa.Table:
    """One customer's purchases in a category over a month, from everybody: a panel of the customers, whole months."""
    ours, months, first_month = _ours(block)
    panel = np.flatnonzero(block.hidden.panel & (block.first < block.calendar.end))
    dearest = np.argsort(-ours[panel].sum(axis=2), axis=1, kind="stable")[:, :WALLET_CATEGORIES]
    customer, place, month = (part.ravel() for part in np.indices((panel.size, WALLET_CATEGORIES, months)))
    category = dearest[customer, place]
    bought = ours[panel[customer], category, month]
    need = _need(block, ours)[panel[customer], category]
    week = np.minimum(_week_of(block, first_month, month), block.calendar.weeks - 1)
    spread = np.exp(block.tells.market.need_spread * random.standard_normal(customer.size))
    elsewhere = need * spread * _bought_elsewhere(block)[week, panel[customer]]
    approved = _approved(random, block)[panel[customer], category] & (block.lives.mode[week, panel[customer]] != GONE)
    elsewhere *= 1 - block.tells.market.qualified * approved
    dates = (first_month + month).astype("datetime64[D]")
    known = (first_month + month + 1).astype("datetime64[D]")
    told = (
        (need > 0)
        & (known < block.calendar.dates(np.array([block.calendar.end]))[0])
        & (dates >= block.calendar.dates(block.first[panel[customer]]).astype("datetime64[M]"))
    )
    return pa.table(
        {
            "customer_id": block.whose(panel[customer]),
            "month": pa.array(dates, type=pa.date32()),
            "category": labels(CATEGORIES, category),
            "our_amount": money(bought),
            "total_amount": money(bought + np.rint(elsewhere)),
            "source": pa.array(["panel"]).take(pa.array(np.zeros(customer.size, dtype=np.int64))),
            "known_on": pa.array(known, type=pa.date32()),
        }
    ).filter(pa.array(told))


def _ours(block: Block) -> tuple[Floats, int, np.datetime64]:
    """What was bought from us (n, categories, months), in cents; how many months, and the first."""
    lines, orders = block.lines, block.orders
    of_day = block.calendar.dates(np.arange(block.calendar.end)).astype("datetime64[M]")
    first = of_day[block.calendar.history]
    months = int((of_day[-1] - first).astype(int)) + 1
    month = (of_day[orders.day[lines.order]] - first).astype(np.int64)
    category = lines.article // ARTICLES_A_CATEGORY
    place = (orders.customer[lines.order] * len(CATEGORIES) + category) * months + month
    size = block.hidden.count * len(CATEGORIES) * months
    spend = np.bincount(place, weights=lines.net, minlength=size).astype(np.float64)
    return spend.reshape(-1, len(CATEGORIES), months), months, first


def _bought_elsewhere(block: Block) -> Floats:
    """The share of its need (weeks, n) that a customer buys elsewhere: all of it when gone, little in a pause."""
    mode, idle = block.lives.mode, block.tells.market.idle
    ours = block.lives.share * orders_of_mode(block.of)[mode]
    return np.where(mode == PAUSED, idle, np.maximum(1 - ours, block.tells.market.second_source))


def _approved(random: np.random.Generator, block: Block) -> Flags:
    """Critical categories (n, categories) for which only we are approved, as long as a customer has not gone."""
    chosen: Flags = random.random((block.hidden.count, len(CATEGORIES))) < block.hidden.criticality[:, None]
    return chosen & (np.arange(len(CATEGORIES)) < CRITICAL)


def _need(block: Block, ours: Floats) -> Floats:
    """What each customer needs of a category in a month (n, categories), in cents, from whomever it buys."""
    there = block.lives.there
    share = np.where(there, block.lives.share, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    mix = ours.sum(axis=2) / np.maximum(ours.sum(axis=(1, 2)), 1)[:, None]
    return mix * (yearly_spend(block) / MONTHS_A_YEAR / np.maximum(share, 0.05))[:, None]


def _week_of(block: Block, first_month: np.datetime64, month: Ints) -> Ints:
    """The week of the middle of each month."""
    middle = (first_month + month).astype("datetime64[D]") + 14
    found: Ints = (middle - block.calendar.first).astype(np.int64) // 7
    return found
