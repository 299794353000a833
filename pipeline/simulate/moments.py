"""How lifelike a world is: moments of its order lines beside those of the real histories that are there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.evaluation.metrics import measure
from pipeline.config import Config, load_config
from pipeline.simulate.calendar import Ints
from pipeline.simulate.supplier import Simulated
from pipeline.sources.history import read_history

REAL = ("iowa", "online_retail")
HORIZON, ACTIVE, FEWEST_DAYS = 90, 365, 3
"""Days watched, days since the last order and order days of those who are eligible: the rule of the benchmarks."""
FEWEST_GAPS = 5
CUTOFFS = 4
"""Quarters before the end over which churn is averaged."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """What was simulated, and the moments by history; the simulated one comes first."""

    simulated: Simulated
    moments: dict[str, dict[str, float]]

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {**self.simulated.summary(), "moments": self.moments}

    def text(self) -> str:
        """A table for people: one row a moment, one column a history."""
        names = list(self.moments)
        rows = ["", f"{'':<44}" + "".join(f"{name:>16}" for name in names)]
        for moment in next(iter(self.moments.values())):
            rows.append(f"{moment:<44}" + "".join(f"{self.moments[name][moment]:>16.3g}" for name in names))
        return "\n".join([self.simulated.text(), *rows])


def compared(simulated: Simulated, config: Config) -> Compared:
    """The moments of the simulated history, which `config` reads, beside those of the real ones that are there."""
    found = {"simulated": moments(read_history(config).history.order_lines)}
    for name in REAL:
        real = load_config(name)
        if Path(real.history.order_lines.path).exists():
            found[name] = moments(read_history(real).history.order_lines)
        else:
            log.info("%s is not there: set MOORINGS_DATA to compare with it", real.history.order_lines.path)
    return Compared(simulated, found)


def moments(lines: pa.Table) -> dict[str, float]:
    """Moments of order lines, in the columns of the history, by what they say and in which unit."""
    positive = lines.filter(pc.greater(lines.column("net_amount"), 0))
    grouped = positive.group_by(["customer_id", "ordered_on"]).aggregate(
        [("net_amount", "sum"), ("net_amount", "count")]
    )
    customer = grouped.column("customer_id").combine_chunks().dictionary_encode().indices.to_numpy()
    day = grouped.column("ordered_on").cast(pa.int32()).to_numpy().astype(np.int64)
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    spend = grouped.column("net_amount_sum").to_numpy()[order]
    days = np.bincount(customer)
    value = np.bincount(customer, weights=spend)
    active = (day.max() - day.min()) / 365
    return {
        "order days a customer, median": float(np.median(days[days > 0])),
        "customers with one order day, share": float((days[days > 0] == 1).mean()),
        "order days a customer and year, 90th": float(np.percentile(days[days > 0], 90) / active),
        "lines an order day, mean": float(grouped.column("net_amount_count").to_numpy().mean()),
        **_gaps(customer, day, days),
        **_churn(customer, day, days.size),
        "spend of the top fifth of customers, share": float(
            np.sort(value)[::-1][: max(value.size // 5, 1)].sum() / value.sum()
        ),
        "returned lines, share": float(pc.mean(pc.less(lines.column("net_amount"), 0).cast(pa.float64())).as_py()),
    }


def _gaps(customer: Ints, day: Ints, days: Ints) -> dict[str, float]:
    """Gaps between order days: over all of them, and their evenness within customers that have enough."""
    same = np.diff(customer) == 0
    gap, whose = np.diff(day)[same].astype(float), customer[1:][same]
    count = np.maximum(np.bincount(whose, minlength=days.size), 1)
    mean = np.bincount(whose, weights=gap, minlength=days.size) / count
    square = np.bincount(whose, weights=gap**2, minlength=days.size) / count
    enough = days > FEWEST_GAPS
    spread = np.sqrt(np.maximum(square - mean**2, 0))[enough] / mean[enough]
    quantiles = {
        f"gap between order days, {at}th percentile, days": float(np.percentile(gap, at)) for at in (10, 50, 90, 99)
    }
    return quantiles | {
        "gaps within a customer, spread over mean": float(np.median(spread)) if enough.any() else np.nan
    }


def _churn(customer: Ints, day: Ints, count: int) -> dict[str, float]:
    """Silence of eligible customers over quarters, and recency's AUC: how much of it is plain to see."""
    rates, areas = [], []
    for back in range(1, CUTOFFS + 1):
        cutoff = day.max() + 1 - back * HORIZON
        before, after = day < cutoff, (day >= cutoff) & (day < cutoff + HORIZON)
        last = np.full(count, -1)
        np.maximum.at(last, customer[before], day[before])
        eligible = (np.bincount(customer[before], minlength=count) >= FEWEST_DAYS) & (last >= cutoff - ACTIVE)
        silent = np.bincount(customer[after], minlength=count)[eligible] == 0
        if silent.any() and not silent.all():
            rates.append(silent.mean())
            areas.append(measure(silent, cutoff - last[eligible])[0]["roc_auc"])
    nothing = float("nan")
    return {
        "eligible customers silent for 90 days, share": float(np.mean(rates)) if rates else nothing,
        "AUC of days since the last order": float(np.mean(areas)) if areas else nothing,
    }
