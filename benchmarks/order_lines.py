"""Order lines of an invented wholesaler, as large as wanted: one zstd Parquet file a month, sorted by time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

FIRST_MONTH = np.datetime64("2023-01", "M")
MONTHS = 36
PRODUCTS, CATEGORIES, ASSORTMENT = 20_000, 40, 12
LINES_A_CUSTOMER, LINES_AN_ORDER = 60, 3.0
AT_MIDNIGHT = 0.01

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Customers:
    """Who may order: `weight` (C,) is how often, `[first, last)` (C,) the months between arrival and departure."""

    weight: Floats
    first: Floats
    last: Floats


def write(folder: Path, lines: int, seed: int = 7) -> None:
    """Write about `lines` order lines to `folder`/YYYY-MM.parquet; the same seed writes the same lines."""
    chance = np.random.default_rng(seed)
    count = max(10, lines // LINES_A_CUSTOMER)
    arrival = chance.uniform(-24, MONTHS, count)
    customers = Customers(chance.gamma(0.7, size=count), arrival, arrival + chance.exponential(24, count))
    prices = np.round(np.exp(chance.normal(2.5, 0.8, PRODUCTS)), 2)
    orders = int(lines / LINES_AN_ORDER / MONTHS)
    folder.mkdir(parents=True, exist_ok=True)
    for month in range(MONTHS):
        table = _month(chance, customers, prices, month, orders)
        pq.write_table(table, folder / f"{FIRST_MONTH + month}.parquet", compression="zstd")


def cutoffs(number: int) -> list[date]:
    """The last `number` first days of a month, the latest being the day after the history ends."""
    end = FIRST_MONTH + MONTHS + 1
    return [day.item() for day in np.arange(end - number, end).astype("datetime64[D]")]


def _month(chance: np.random.Generator, customers: Customers, prices: Floats, month: int, orders: int) -> pa.Table:
    present = np.cumsum(customers.weight * (customers.first < month + 1) * (customers.last > month))
    who = np.searchsorted(present, chance.uniform(0, present[-1], orders), side="right")
    when = _moments(chance, month, orders)
    size = 1 + chance.poisson(LINES_AN_ORDER - 1, orders)
    order = np.repeat(np.arange(orders), size)
    product = _products(chance, who[order])
    pieces = 1 + chance.poisson(3, order.size)
    back = chance.random(order.size) < 0.01
    return pa.table(
        {
            "customer": _labels("C", len(customers.weight), who[order]),
            "order": pa.array(month * 10_000_000 + order),
            "line": pa.array(np.arange(order.size) - np.repeat(np.cumsum(size) - size, size) + 1),
            "ordered_at": pa.array(when[order]),
            "article": _labels("A", PRODUCTS, product),
            "group": _labels("group ", CATEGORIES, product % CATEGORIES),
            "pieces": pa.array(np.where(back, -pieces, pieces)),
            "net": pa.array(np.round(np.where(back, -pieces, pieces) * prices[product], 2)),
        }
    )


def _moments(chance: np.random.Generator, month: int, orders: int) -> npt.NDArray[np.datetime64]:
    """When the orders of a month come in, ascending, seconds; some at midnight exactly."""
    start, stop = ((FIRST_MONTH + month + later).astype("datetime64[s]").astype(np.int64) for later in (0, 1))
    seconds = chance.integers(start, stop, orders)
    seconds -= np.where(chance.random(orders) < AT_MIDNIGHT, seconds % 86_400, 0)
    return np.sort(seconds).astype("datetime64[s]")


def _products(chance: np.random.Generator, customer: Ints) -> Ints:
    """What is bought: seven times in ten something of the customer's own assortment, else what everybody buys."""
    slot = chance.integers(0, ASSORTMENT, customer.size)
    own = (customer * 7919 + slot * 104_729) % PRODUCTS
    popular = (PRODUCTS * chance.random(customer.size) ** 3).astype(np.int64)
    return np.where(chance.random(customer.size) < 0.7, own, popular)


def _labels(prefix: str, number: int, codes: Ints) -> pa.DictionaryArray:
    names = pa.array([f"{prefix}{index:07d}" for index in range(number)])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), names)
