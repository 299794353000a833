"""What came of the products to speak of: were those suggested bought, and were those left out bought again?

    python -m benchmarks.talk --config online_retail --cutoffs 2011-06-09 [--days 180]

At each cutoff, from what was known before it: up to three products for every customer of the configured population.
Suggestions beside as many bestsellers of the last horizon that the same customer never bought, and as many at random of
what is sold; products left out, and those of customers fallen silent, beside the regular ones that were not. Printed
is the share bought within the days after the cutoff. Nobody was told of any: it is what happens anyway.
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
import numpy.typing as npt

from features.engine.store import LineStore, day_number
from models.assortment.left_out import LOOK_BACK_DAYS, LeftOut, left_out, regulars
from models.assortment.purchases import Purchases
from models.assortment.survey import Survey
from pipeline.config import Config, load_config
from pipeline.sources.store import StoreReading, read_store

Codes = npt.NDArray[np.int64]
COUNT = 3


def eligible(store: LineStore, cutoff: int, config: Config) -> Codes:
    """The customers that have bought on enough days, and lately enough, by the configured population."""
    whose = np.repeat(np.arange(store.customers), np.diff(store.offsets))
    fresh = np.append(True, (whose[1:] != whose[:-1]) | (store.day[1:] != store.day[:-1]))
    days = np.bincount(whose[fresh], minlength=store.customers)
    last = np.zeros(store.customers, dtype=np.int64)
    np.maximum.at(last, whose, store.day)
    chosen = (days >= config.population.min_order_days) & (last >= cutoff - config.population.activity_days)
    return np.flatnonzero(chosen).astype(np.int64)


def bought_of(product: Codes, after: npt.NDArray[np.bool_]) -> tuple[int, float]:
    """How many products (n, count) there are, -1 being none, and the share of them bought, `after` (n, products)."""
    row, place = np.nonzero(product >= 0)
    return row.size, float(after[row, product[row, place]].mean()) if row.size else float("nan")


def bestsellers(store: LineStore, ever: npt.NDArray[np.bool_], since: int) -> Codes:
    """The products (n, count) that most customers bought since a day, of those each never bought."""
    late = (store.day >= since) & ~store.taken_back
    whose = np.repeat(np.arange(store.customers), np.diff(store.offsets))[late]
    pairs = np.unique(whose.astype(np.int64) * ever.shape[1] + np.asarray(store.product)[late])
    buyers = np.bincount(pairs % ever.shape[1], minlength=ever.shape[1])
    return np.argsort(np.where(ever, 0, -buyers), axis=1, kind="stable")[:, :COUNT]


def at_cutoff(found: StoreReading, config: Config, cutoff: date, days: int) -> None:
    """Print the shares at one cutoff."""
    products, day = found.products(), day_number(cutoff)
    assert products is not None, "the order lines name no products"
    known, horizon = found.store.known_before(day), config.time.horizon_days
    survey = Survey(known, products.codes, day, horizon, COUNT)
    customer = eligible(known, day, config)
    topics = survey.topics(customer)
    every = [Purchases.of(store, customer, survey.nameless, products.codes.size) for store in (known, found.store)]
    ever = every[0].bought().toarray() > 0
    later = every[1].since(day)
    coming = later.day < day + days
    after = np.zeros(ever.shape, dtype=bool)
    after[later.customer[coming], later.product[coming]] = True
    random = np.random.default_rng(0).random(ever.shape)
    random[ever | ~survey.sold()] = -1.0
    some = topics.suggested.product >= 0
    rows = {
        "suggested": topics.suggested.product,
        "bestsellers": np.where(some, bestsellers(known, ever, day - horizon), -1),
        "at random": np.where(some, np.argsort(-random, axis=1)[:, :COUNT], -1),
        "left out": silent_or_not(topics.left_out, topics.silent, silent=False),
        "used to buy, now silent": silent_or_not(topics.left_out, topics.silent, silent=True),
        "regular, not left out": kept(every[0].since(day - LOOK_BACK_DAYS), topics.left_out, topics.silent),
    }
    print(f"{cutoff}, {customer.size:,} customers, bought within {days} days")
    for name, product in rows.items():
        number, share = bought_of(product, after)
        print(f"  {name:26}{number:8,}{share:8.1%}")


def silent_or_not(found: LeftOut, quiet: npt.NDArray[np.bool_], *, silent: bool) -> Codes:
    """The products (n, count) of customers who have, or have not, fallen silent."""
    return np.where((quiet == silent)[:, None], found.product, -1)


def kept(purchases: Purchases, gone: LeftOut, silent: npt.NDArray[np.bool_]) -> Codes:
    """The regular products (n, most) of customers still ordering that are not among those `gone`."""
    everything = np.ones(purchases.products, dtype=bool)
    all_of = left_out(regulars(purchases), everything, np.ones(silent.size, dtype=bool), count=50)
    listed = (all_of.product[:, :, None] == gone.product[:, None, :]).any(axis=2)
    return np.where(listed | silent[:, None], -1, all_of.product)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="online_retail")
    parser.add_argument("--cutoffs", default="2011-06-09")
    parser.add_argument("--days", type=int, default=180)
    chosen = parser.parse_args()
    config = load_config(chosen.config)
    found = read_store(config)
    for day in chosen.cutoffs.split(","):
        at_cutoff(found, config, date.fromisoformat(day), chosen.days)


if __name__ == "__main__":
    main()
