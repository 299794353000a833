"""The same features by pandas and by Featuretools, on the same lines and cutoffs, beside the engine.

    python -m benchmarks.rivals [--lines 1000000] [--cutoffs 24] [--featuretools PYTHON --customers 300 --apart 28]

Both sides start from sorted lines in memory and end with a table of features: reading is counted for neither. The
subset is stated in `SUBSET`; pandas computes it by one group-by per cutoff and window. Featuretools runs in the Python
given, an environment of its own: it does not work with the pandas of this project.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import order_lines
from benchmarks.clock import cpu_seconds
from benchmarks.feature_engine import configuration
from features.catalogue import FEATURES
from features.engine.declaration import Feature
from features.engine.plan import Population, build
from features.engine.store import EPOCH, LineStore, day_number
from pipeline.sources.history import read_history

WINDOWS = (30, 90, 180, 365)
SUBSET = (
    *(f"{what}_{days}d" for what in ("orders", "lines", "spend", "order_days") for days in WINDOWS),
    *(f"products_{days}d" for days in (90, 180, 365)),
    *(f"categories_{days}d" for days in (90, 365)),
    "days_since_last_order", "tenure_days", "order_size_mean", "gap_mean_ever", "gap_median_ever",
    "products_ever", "categories_ever",
)  # fmt: skip
"""What pandas computes; those of it that the catalogue declares under these names."""
FOR_FEATURETOOLS = ("lines_365d", "spend_365d", "products_365d", "categories_365d", "orders_365d")
EVERYBODY = Population(min_order_days=1, activity_days=36_500)


def chosen(names: Sequence[str]) -> tuple[Feature, ...]:
    """The declared features of these names."""
    return tuple(feature for feature in FEATURES if feature.name in names)


def lines_of(store: LineStore) -> pd.DataFrame:
    """The purchased lines of a store as a table."""
    table = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(store.customers), np.diff(store.offsets)),
            "day": store.day,
            "order": store.order,
            "product": store.product,
            "category": store.category,
            "spend": store.cents / 100,  # type: ignore[operator]
        }
    )
    return table[(store.cents > 0) & ~store.taken_back]  # type: ignore[operator]


def by_pandas(lines: pd.DataFrame, cutoffs: Sequence[date]) -> pd.DataFrame:
    """The subset at every cutoff, as a data scientist would write it."""
    return pd.concat([_at(lines[lines["day"] < day_number(day)], day_number(day)) for day in cutoffs])


def _at(lines: pd.DataFrame, cutoff: int) -> pd.DataFrame:
    first_days = lines.drop_duplicates(["customer", "order"])
    days = lines.groupby(["customer", "day"], as_index=False)["spend"].sum()
    ages = days.groupby("customer")["day"].agg(["first", "last"])
    gaps = days.groupby("customer")["day"].diff()
    columns = {
        "days_since_last_order": cutoff - ages["last"],
        "tenure_days": cutoff - ages["first"],
        "gap_mean_ever": gaps.groupby(days["customer"]).mean(),
        "gap_median_ever": gaps.groupby(days["customer"]).median(),
        "products_ever": lines.groupby("customer")["product"].nunique(),
        "categories_ever": lines.groupby("customer")["category"].nunique(),
    }
    for window in WINDOWS:
        recent, recent_days = (table[table["day"] >= cutoff - window] for table in (lines, days))
        groups = recent.groupby("customer")
        columns |= {
            f"lines_{window}d": groups.size(),
            f"spend_{window}d": groups["spend"].sum(),
            f"orders_{window}d": first_days[first_days["day"] >= cutoff - window].groupby("customer").size(),
            f"order_days_{window}d": recent_days.groupby("customer").size(),
        }
        if window > 30:
            columns[f"products_{window}d"] = groups["product"].nunique()
        if window in (90, 365):
            columns[f"categories_{window}d"] = groups["category"].nunique()
        if window == 365:
            columns["order_size_mean"] = recent_days.groupby("customer")["spend"].mean()
    counted = [name for name in columns if name.rstrip("d").rsplit("_", 1)[-1].isdigit()]
    return pd.DataFrame(columns).fillna(dict.fromkeys(counted, 0))


def by_engine(store: LineStore, cutoffs: Sequence[date], names: Sequence[str]) -> tuple[np.ndarray, float]:
    """The same by the engine, and its CPU seconds; compiled before."""
    features = chosen(names)
    build(store.slice(0, 3), cutoffs, features, horizon_days=90, population=EVERYBODY)
    begun = cpu_seconds()
    matrix = build(store, cutoffs, features, horizon_days=90, population=EVERYBODY)
    return matrix.values, cpu_seconds() - begun


def against_pandas(store: LineStore, cutoffs: Sequence[date]) -> dict[str, object]:
    """CPU seconds of both, and the largest relative difference between them."""
    lines = lines_of(store)
    begun = cpu_seconds()
    table = by_pandas(lines, cutoffs)
    pandas_seconds = cpu_seconds() - begun
    values, engine_seconds = by_engine(store, cutoffs, SUBSET)
    names = [feature.name for feature in chosen(SUBSET)]
    table = table.sort_index(kind="stable")[names]  # by customer, then in the order of the cutoffs
    both = np.abs(table.to_numpy() - values) / np.maximum(1, np.abs(values))
    return {
        "rows": len(values),
        "features": len(names),
        "engine_cpu": engine_seconds,
        "pandas_cpu": pandas_seconds,
        "ratio": pandas_seconds / engine_seconds,
        "largest_difference": float(np.nanmax(both)),
    }


def against_featuretools(
    store: LineStore, cutoffs: Sequence[date], python: str, customers: int, apart: int
) -> dict[str, object]:
    """CPU seconds of both on the first `customers`, rows without a purchase in the year left out on neither side.

    Each customer's cutoffs are `customer % apart` days later, so with 1 they are common to all. The engine knows no
    cutoffs of one customer's own: it computes everybody at all of them, and pays for the rows nobody asked for.
    """
    later = sorted({day + timedelta(days=shift) for day in cutoffs for shift in range(min(apart, customers))})
    store = store.slice(0, customers)
    with tempfile.TemporaryDirectory() as scratch:
        lines = lines_of(store)
        lines["at"] = pd.to_datetime([EPOCH]).repeat(len(lines)) + pd.to_timedelta(lines["day"].to_numpy(), unit="D")
        lines.to_csv(Path(scratch) / "lines.csv", index=False)
        days = [str(day) for day in cutoffs]
        script = Path(__file__).with_name("by_featuretools.py")
        command = [python, str(script), scratch, str(apart), *days]
        done = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    repeats = 20  # so little work that one run is below the resolution of the clock
    seconds = min(by_engine(store, later, FOR_FEATURETOOLS)[1] for _ in range(repeats))
    names = [feature.name for feature in chosen(FOR_FEATURETOOLS)]
    return {**done, "features": names, "engine_cpu": seconds, "ratio": done["featuretools_cpu"] / seconds}


def main() -> None:
    """Parse the command line, measure, and print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000, help="order lines to make (default: 1 million)")
    parser.add_argument("--cutoffs", type=int, default=24, help="monthly cutoffs (default: 24)")
    parser.add_argument("--featuretools", help="a Python that has Featuretools; without it pandas alone is measured")
    parser.add_argument("--customers", type=int, default=300, help="customers for Featuretools (default: 300)")
    parser.add_argument("--apart", type=int, default=1, help="days that their cutoffs are apart at most (default: 1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        order_lines.write(Path(scratch), options.lines)
        store = LineStore.from_history(read_history(configuration(Path(scratch))).history)
    cutoffs = order_lines.cutoffs(options.cutoffs)
    results = {"lines": int(store.day.size), "cutoffs": len(cutoffs), "pandas": against_pandas(store, cutoffs)}
    print(json.dumps(results["pandas"]), file=sys.stderr)
    if options.featuretools:
        given = options.featuretools, options.customers, options.apart
        results["featuretools"] = against_featuretools(store, cutoffs, *given)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
