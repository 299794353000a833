"""The tables of who the customers are and what was tried on them: customers and treatments."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.simulate.block import CENTS, Block, money
from pipeline.simulate.calendar import REGIONS, WEEK, Floats, Ints
from pipeline.simulate.names import MANAGERS, TRADES, labels, trade

DAYS_A_YEAR = 365
EMPLOYEES = 35
"""People at the usual customer: a workshop. Ours, untested."""
REVENUE = 150_000
"""Yearly revenue a person, in euros: usual in manufacturing trades."""
TERMS = np.array([14, 30, 30, 45, 60])
"""Days to pay: the strong ask for more."""
COST = {"call": 60, "discount": 15, "repair": 120}
"""Euros a treated customer: half an hour of a sales representative; the handling of a voucher; a technician's hour."""


def customers(random: np.random.Generator, block: Block) -> pa.Table:
    """One customer over one validity period: strength is looked up anew after each year."""
    hidden, calendar = block.hidden, block.calendar
    periods = np.maximum(-(-(calendar.end - block.first) // DAYS_A_YEAR), 0)
    row = np.repeat(np.arange(hidden.count), periods)
    year = np.arange(row.size) - np.repeat(np.cumsum(periods) - periods, periods)
    begins = block.first[row] + year * DAYS_A_YEAR
    strength = hidden.strength[row] + 0.1 * random.standard_normal(row.size)
    people = np.maximum(np.rint(EMPLOYEES * np.exp(1.0 * strength)), 1)
    names = block.whose(row)
    return pa.table(
        {
            "customer_id": names,
            "valid_from": block.dates(begins),
            "valid_to": block.dates(begins + DAYS_A_YEAR),
            "name": pc.replace_substring_regex(names, " [0-9]+$", ""),
            "account_manager": labels(MANAGERS, _manager(hidden.number[row], hidden.region[row])),
            "industry": labels(TRADES, trade(hidden.number[row])),
            "region": labels(REGIONS, hidden.region[row]),
            "employees": pa.array(people),
            "annual_revenue": money(people * REVENUE * np.exp(0.3 * random.standard_normal(row.size)) * CENTS),
            "credit_score": pa.array(_credit(random, strength)),
            "payment_terms_days": pa.array(TERMS[np.clip(np.rint(2 + strength), 0, 4).astype(np.int64)]),
        }
    )


def _manager(number: Ints, region: Ints) -> Ints:
    """The place in `MANAGERS` of who looks after each customer, (n,): one of those of its region."""
    each = len(MANAGERS) // len(REGIONS)
    return np.asarray(region * each + number % each)


def _credit(random: np.random.Generator, strength: Floats) -> Floats:
    """Points from 100 to 600, 350 for the usual firm."""
    return np.clip(np.rint(350 + 60 * strength + 40 * random.standard_normal(strength.size)), 100, 600)


def treatments(random: np.random.Generator, block: Block) -> pa.Table:
    """One retention action of a past campaign, or its withholding at random."""
    parts = [_campaign(random, block, number) for number in range(len(block.calendar.campaigns))]
    return pa.concat_tables(parts)


def _campaign(random: np.random.Generator, block: Block, number: int) -> pa.Table:
    play, week = block.calendar.campaigns[number]
    day = week * WEEK
    row = np.flatnonzero(block.hidden.campaign[:, number] & (block.first < day))
    held = block.hidden.holdout[row, number]
    return pa.table(
        {
            "customer_id": block.whose(row),
            "treated_on": block.dates(np.full(row.size, day)),
            "play": pa.array([play]).take(pa.array(np.zeros(row.size, dtype=np.int64))),
            "holdout": pa.array(held),
            "cost": money(np.where(held, 0, COST[play] * CENTS)),
            "known_on": block.dates(np.full(row.size, day)),
        }
    )
