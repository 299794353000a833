"""A small supplier for the tests of training and scoring: who buys few products at a time is likelier to stop."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.config import Config, load_config

START = date(2021, 1, 4)
DAYS = 900
END = START + timedelta(days=DAYS)

SETTINGS = """
name = "small"
[history.order_lines]
path = "{folder}/lines.parquet"
duplicates = "keep"
[history.order_lines.columns]
customer_id = "customer"
ordered_on = "day"
product_id = "product"
{amounts}
[time]
gap_days = 0
horizon_days = 60
cutoff_months = 2
[partnership]
horizon_days = 90
[training]
targets = {targets}
test_cutoffs = 2
bootstrap_repetitions = 60
checks = "quick"
min_eligible = 50
min_events = 10
threads = 2
[storage]
folder = "{folder}/runs"
"""


def lines(customers: int = 250, *, seed: int = 0, leaves: float = 0.5) -> pa.Table:
    """Order lines: each customer orders at its own pace; a share `leaves` stops on a random day, the narrow buyers.

    How broad somebody buys is what a model can learn here and the baselines, which know days alone, cannot.
    """
    random = np.random.default_rng(seed)
    rows: list[tuple[str, int, str, float]] = []
    for number in range(customers):
        pace = random.gamma(2.0, 14.0) + 4
        goes = bool(random.random() < leaves)
        last = random.integers(150, DAYS + 200) if goes else DAYS
        days = np.cumsum(random.exponential(pace, 400)).astype(int) + int(random.integers(0, 200))
        for day in np.unique(days[days < min(last, DAYS)]):
            for product in random.choice(20 + day // 60, size=1 if goes else int(random.integers(2, 5)), replace=False):
                rows.append((f"customer {number:04d}", int(day), f"p{product}", round(float(random.gamma(2, 50)), 2)))
    customer, day, product, amount = zip(*rows, strict=True)
    dates = pa.array(np.array(day) + np.datetime64(START, "D").astype(int), pa.int32()).cast(pa.date32())
    return pa.table({"customer": customer, "day": dates, "product": product, "amount": amount})


def known_before(table: pa.Table, days: int) -> pa.Table:
    """The order lines but those of the last `days` days."""
    return table.filter(pc.less(table["day"], pa.scalar(END - timedelta(days=days))))


def quick(config: Config) -> Config:
    """The configuration with few and fast trees."""
    boosting = config.training.boosting.model_copy(update={"rounds": 60, "learning_rate": 0.08})
    return config.model_copy(update={"training": config.training.model_copy(update={"boosting": boosting})})


def configured(folder: Path, table: pa.Table, *, amounts: bool = True, targets: tuple[str, ...] = ("churn",)) -> Config:
    """The table written below `folder` and a configuration that reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "lines.parquet")
    mapped = 'net_amount = "amount"' if amounts else ""
    text = SETTINGS.format(folder=folder, amounts=mapped, targets=str(list(targets)).replace("'", '"'))
    (folder / "small.toml").write_text(text)
    return load_config(folder / "small.toml")
