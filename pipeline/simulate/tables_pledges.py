"""The tables of what binds: contracts and investments."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.history import INVESTMENT_KINDS
from pipeline.simulate.block import Block, money
from pipeline.simulate.calendar import WEEK, Floats, Ints
from pipeline.simulate.choice import COOLING, GONE
from pipeline.simulate.names import labels, numbered
from pipeline.simulate.population import WEEKS_A_YEAR

MONTH = 30.4
WEEKS_AHEAD = 1_000
"""Later than any contract ends."""
KINDS = np.array([0.25, 0.3, 0.15, 0.15, 0.15])
"""Share of each kind of `INVESTMENT_KINDS` among investments. Ours, untested."""
PAID_BY = ("customer", "supplier", "joint")
TRAINED = 4.0
"""People trained or assigned at once, on average. Ours, untested."""


def yearly_spend(block: Block) -> Floats:
    """What each customer (n,) usually buys in a year, in cents: the mean over the weeks in which it was ours."""
    spend = np.bincount(block.orders.customer[block.lines.order], weights=block.lines.net, minlength=block.hidden.count)
    weeks = np.arange(block.calendar.weeks)[:, None] >= block.first[None, :] // WEEK
    ours = (weeks & (block.lives.mode != GONE)).sum(axis=0)
    return spend / np.maximum(ours / WEEKS_A_YEAR, 0.25)


def investments(random: np.random.Generator, block: Block) -> pa.Table:
    """One relationship-specific investment. Those from before the history are known too: they still serve."""
    told = block.lives.told
    parts = [_paid(random, block, told[name], who) for who, name in enumerate(("invests", "pledges"))]
    return pa.concat_tables(parts)


def _paid(random: np.random.Generator, block: Block, years: Floats, who: int) -> pa.Table:
    week, customer = np.nonzero((years > 0) & block.present & block.lives.there)
    day = block.working_day(random, week)
    kind = random.choice(len(KINDS), week.size, p=KINDS)
    elsewhere = random.beta(1.2, 4.0, week.size)
    joint = block.lives.told["joint"][week, customer] & (PAID_BY[who] == "customer")
    cents = years[week, customer] * yearly_spend(block)[customer] / (1 - elsewhere) * np.where(joint, 2, 1)
    by = np.where(joint, PAID_BY.index("joint"), who)
    trains = np.isin(kind, [INVESTMENT_KINDS.index("training"), INVESTMENT_KINDS.index("people")])
    life = np.rint(block.of.pledges.life * WEEK / MONTH * random.uniform(0.6, 1.4, week.size))
    return pa.table(
        {
            "customer_id": block.whose(customer),
            "invested_on": block.dates(day),
            "kind": labels(INVESTMENT_KINDS, kind),
            "amount": money(np.maximum(cents, 1)),
            "paid_by": labels(PAID_BY, by),
            "life_months": pa.array(life),
            "redeployable_share": pa.array(elsewhere.round(2)),
            "people": pa.array(1.0 + random.poisson(TRAINED - 1, week.size), mask=~trains),
            "known_on": block.dates(day),
        }
    )


def contracts(random: np.random.Generator, block: Block) -> pa.Table:
    """One agreement. A renewal begins where the one it renews ends; who decides to leave cancels what still runs."""
    told, hidden = block.lives.told, block.hidden
    week, customer = np.nonzero((told["signs"] > 0) & block.present & block.lives.there)
    order = np.lexsort((week, customer))
    week, customer = week[order], customer[order]
    term = told["signs"][week, customer].astype(np.int64)
    ends = week + told["contract"][week, customer].astype(np.int64)
    number = np.arange(week.size)
    before = np.roll(ends, 1)
    follows = (np.diff(customer, prepend=-1) == 0) & (ends == before + term + 1)  # its week of signing does not count
    renews = told["renews"][week, customer] & follows
    begins = np.where(renews, before, ends - term)
    left = _next_leaving(block)[week, customer]
    signed = block.working_day(random, week)
    share = random.uniform(0.3, 0.8, week.size)
    code = numbered("C" + block.series, np.maximum(number - 1, 0))
    return pa.table(
        {
            "contract_id": numbered("C" + block.series, number),
            "customer_id": block.whose(customer),
            "signed_on": block.dates(signed),
            "starts_on": pa.array(block.calendar.dates((begins + 1) * WEEK), type=pa.date32()),
            "ends_on": pa.array(block.calendar.dates((ends + 1) * WEEK), type=pa.date32()),
            "cancelled_on": block.dates(block.working_day(random, left), left > ends),
            "kind": labels(("framework", "call-off"), (hidden.criticality[customer] > 0.5).astype(np.int64)),
            "committed_amount": money(share * yearly_spend(block)[customer] * term / WEEKS_A_YEAR),
            "exclusive": pa.array((hidden.single[customer] > 1.2) & (random.random(week.size) < 0.5)),
            "renewal_of": pc.if_else(pa.array(renews), code, pa.scalar(None, pa.string())),
            "known_on": block.dates(signed),
        }
    )


def _next_leaving(block: Block) -> Ints:
    """The week (weeks, n) of the next decision to leave after each week; a week past all where there is none."""
    mode = block.lives.mode
    leaving = np.isin(mode, [COOLING, GONE])
    week = np.where(leaving, np.arange(len(mode))[:, None], len(mode) + WEEKS_AHEAD)
    later = np.minimum.accumulate(week[::-1], axis=0)[::-1]
    return np.vstack([later[1:], np.full((1, mode.shape[1]), len(mode) + WEEKS_AHEAD)])
