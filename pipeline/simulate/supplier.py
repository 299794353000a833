"""An invented supplier's order lines: a first, simple world with a fixed seed, to try everything on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import UsageProblem
from pipeline.files import replacing
from pipeline.simulate.customers import draw_customers
from pipeline.simulate.lines import (
    ARTICLES_A_GROUP,
    GROUPS,
    Assortment,
    Columns,
    draw_assortment,
    draw_lines,
    draw_returns,
)
from pipeline.simulate.orders import draw_orders, engagement

LAST_DAY = np.datetime64("2024-06-30")
CUSTOMERS_AT_ONCE = 1_000
MARK = "_simulation.json"
"""Readers of Parquet folders pass over names that begin with an underscore."""
ARTICLES = tuple(f"{group[:3].upper()}-{number:03d}" for group in GROUPS for number in range(ARTICLES_A_GROUP))
CHANNELS = ("field", "phone", "portal")


@dataclass(frozen=True)
class Simulated:
    """Where the invented order lines lie, and how many there are."""

    folder: Path
    rows: int
    customers: int
    first_day: str
    last_day: str
    seed: int

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {**asdict(self), "folder": str(self.folder)}

    def text(self) -> str:
        """One sentence for people."""
        span = f"from {self.first_day} to {self.last_day}"
        return f"{self.rows:,} order lines of {self.customers:,} invented customers, {span}, in {self.folder}"


def simulate(folder: Path, *, customers: int = 900, days: int = 1_096, seed: int = 7) -> Simulated:
    """Write an invented supplier's order lines to `folder`, one Parquet file per year.

    Args:
        folder: made if needed; an earlier simulation in it is replaced.
        customers: how many there ever are; some never order within the history.
        days: length of the history, which ends on 2024-06-30.
        seed: the same number makes the same files.

    Raises:
        UsageProblem: the folder holds something else than an earlier simulation.
    """
    _refuse_foreign(folder)
    root = np.random.SeedSequence(seed)
    own, *streams = root.spawn(1 + -(-customers // CUSTOMERS_AT_ONCE))
    assortment = draw_assortment(np.random.default_rng(own))
    calendar = LAST_DAY - np.arange(days)[::-1]
    parts = [
        _part(np.random.default_rng(stream), assortment, calendar, number * CUSTOMERS_AT_ONCE, customers)
        for number, stream in enumerate(streams)
    ]
    table = pa.concat_tables(parts).sort_by(
        [("ordered_at", "ascending"), ("order", "ascending"), ("article", "ascending")]
    )
    there = int(pc.count_distinct(table.column("customer")).as_py())
    found = Simulated(folder, table.num_rows, there, str(calendar[0]), str(calendar[-1]), seed)
    _write(table, found)
    return found


def _part(
    random: np.random.Generator,
    assortment: Assortment,
    calendar: npt.NDArray[np.datetime64],
    first: int,
    customers: int,
) -> pa.Table:
    """The order lines of up to `CUSTOMERS_AT_ONCE` customers, numbered from `first`."""
    drawn = draw_customers(random, min(CUSTOMERS_AT_ONCE, customers - first), calendar.size, first)
    engaged = engagement(drawn, calendar.size)
    orders = draw_orders(random, drawn, engaged, calendar)
    lines = draw_lines(random, drawn, assortment, engaged, orders)
    returned = draw_returns(random, lines, engaged, calendar.size)
    channel = np.where(
        random.random(orders[0].size) < drawn.portal[orders[0]], 2, random.integers(0, 2, orders[0].size)
    )
    hour = random.integers(7 * 60, 18 * 60, orders[0].size)
    sold = _table(lines, drawn.name, calendar, f"A{first // CUSTOMERS_AT_ONCE:03d}", channel, hour)
    back = _table(returned, drawn.name, calendar, f"R{first // CUSTOMERS_AT_ONCE:03d}", channel, hour)
    return pa.concat_tables([sold, back])


def _table(
    lines: Columns,
    names: npt.NDArray[np.object_],
    calendar: npt.NDArray[np.datetime64],
    series: str,
    channel: npt.NDArray[np.int64],
    minute: npt.NDArray[np.int64],
) -> pa.Table:
    """Lines as the supplier's export shows them: texts, a timestamp, amounts in euros."""
    order = lines["order"].astype(np.int64)
    when = calendar[lines["day"].astype(np.int64)].astype("datetime64[m]") + minute[order]
    numbers = pa.array(order).cast(pa.string())
    euros = {name: lines[name].astype(np.int64) / 100 for name in ("net", "list", "cost")}
    return pa.table(
        {
            "customer": pa.array(names).take(pa.array(lines["customer"])),
            "order": pc.binary_join_element_wise(series, pc.utf8_lpad(numbers, 7, "0"), "-"),
            "ordered_at": pa.array(when.astype("datetime64[us]")),
            "article": pa.array(ARTICLES).take(pa.array(lines["article"])),
            "group": pa.array(GROUPS).take(pa.array(lines["article"] // ARTICLES_A_GROUP)),
            "pieces": pa.array(lines["pieces"]),
            **euros,
            "channel": pa.array(CHANNELS).take(pa.array(channel[order])),
            "currency": pa.array(["EUR"]).take(pa.array(np.zeros(order.size, dtype=np.int64))),
        }
    )


def _refuse_foreign(folder: Path) -> None:
    if (folder / MARK).is_file() or not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    raise UsageProblem(
        "The simulation does not overwrite what it has not made.",
        where=str(folder),
        got="a file" if folder.is_file() else f"a folder without {MARK}",
        expected="no folder, an empty one, or one that an earlier simulation made",
        todo="use a configuration whose history.order_lines.path is a folder for the simulation, such as demo",
    )


def _write(table: pa.Table, found: Simulated) -> None:
    """One file per year. The mark comes first: what is only half there is known to be ours."""
    with replacing(found.folder / MARK) as draft:
        draft.write_text(json.dumps(found.summary() | {"folder": "."}, indent=2) + "\n", encoding="utf-8")
    for old in found.folder.glob("order_lines_*.parquet"):
        old.unlink()
    year = pc.year(table.column("ordered_at"))
    for each in sorted(set(year.to_pylist())):
        with replacing(found.folder / f"order_lines_{each}.parquet") as draft:
            pq.write_table(table.filter(pc.equal(year, each)), draft, compression="zstd")
