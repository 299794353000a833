"""Small suppliers for tests: a table of order lines on disk, and a configuration that maps it."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.config import Config, load_config
from pipeline.profile.days import OrderDays
from pipeline.sources.history import Reading, read_history

COLUMNS = """
[history.order_lines.columns]
customer_id = "Customer"
order_id = "Order"
ordered_on = "Date"
product_id = "Item"
quantity = "Pieces"
net_amount = "Net"
"""


def lines(customers: int = 4, orders: int = 12, **columns: list[object]) -> pa.Table:
    """Order lines of a few regular customers: one line an order, one order a fortnight, from 2023-01-02 on."""
    rows = range(customers * orders)
    fortnight = [divmod(index // customers, 2) for index in rows]
    table = {
        "Customer": [f"C{index % customers}" for index in rows],
        "Order": [f"O{index}" for index in rows],
        "Date": [f"{2023 + month // 12}-{1 + month % 12:02d}-{2 + 14 * half:02d}" for month, half in fortnight],
        "Item": [f"P{index % 3}" for index in rows],
        "Pieces": [str(1 + index % 5) for index in rows],
        "Net": [f"{10 + index % 7}.50" for index in rows],
    }
    return pa.table(table | columns)


def dated(rows: list[tuple[str, int]]) -> pa.Table:
    """Order lines of (customer, day), day 0 being 2020-01-01."""
    start = date(2020, 1, 1)
    return pa.table({"Customer": [name for name, _ in rows], "Date": [start + timedelta(days=day) for _, day in rows]})


def as_order_days(rows: list[tuple[str, int]]) -> OrderDays:
    """The order days of (customer, day), as the profile has them; day 0 is 1970-01-01, so that days are numbers."""
    pairs = sorted(set(rows))
    names = {who: code for code, who in enumerate(sorted({who for who, _ in pairs}))}
    customer = np.array([names[who] for who, _ in pairs], dtype=np.int64)
    day = np.array([day for _, day in pairs], dtype=np.int64)
    return OrderDays(customer, day, len(names), int(day.min(initial=0)), int(day.max(initial=0)) + 1)


def keep(test: str, name: str = "n") -> str:
    """The setting of one filter that keeps rows."""
    return f'filters = [{{name = "{name}", keep = [{{{test}}}]}}]'


def exclude(*tests: str) -> str:
    """The setting of one filter that leaves rows out."""
    return 'filters = [{name = "n", exclude = [' + ", ".join(f"{{{test}}}" for test in tests) + "]}]"


def supplier(folder: Path, table: pa.Table | str, settings: str = "", columns: str = COLUMNS, head: str = "") -> Path:
    """Write a table (CSV where it is a text, else Parquet) and its configuration; returns the configuration."""
    if isinstance(table, str):
        (folder / "lines.csv").write_text(table, encoding="utf-8")
    else:
        pq.write_table(table, folder / "lines.parquet")
    name = "lines.csv" if isinstance(table, str) else "lines.parquet"
    config = folder / "acme.toml"
    path = "" if "path =" in settings else f'path = "{name}"'
    body = f'{head}\n[storage]\nfolder = "runs"\n[history.order_lines]\n{path}\n{settings}\n{columns}'
    config.write_text(body, encoding="utf-8")
    return config


def configured(
    folder: Path, table: pa.Table | str, settings: str = "", columns: str = COLUMNS, head: str = ""
) -> Config:
    """The configuration of a supplier, read."""
    return load_config(supplier(folder, table, settings, columns, head))


def column(reading: Reading, name: str) -> list[object]:
    """The values of a column of the history."""
    values: list[object] = reading.history.order_lines.column(name).to_pylist()
    return values


def read_column(folder: Path, values: pa.Array, mapped: str, source: str, **more: str) -> list[object]:
    """A history column read from `values` alone, everything else regular."""
    table = lines(1, len(values)).set_column(lines().column_names.index(source), source, values)
    return column(read_history(configured(folder, table, **more)), mapped)


def expect_named(message: str, words: str, folder: Path) -> None:
    """A problem that holds all `words` (separated by `|`) and every part, and nothing half-written below the folder."""
    assert [word for word in words.split("|") if word not in message] == [], message
    assert [part for part in ("where:", "got:", "expected:", "do:") if part not in message] == []
    left = [file for file in folder.rglob("*") if file.name.startswith(".") or ".tmp" in file.name]
    assert left == [], "nothing half-written"
