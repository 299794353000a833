"""How often the checks of tables raise false alarms on real histories, and which faults they see.

Limits come from what a table itself has shown before, with the margins of the settings. Each history is checked as it
was known on one day a week, over the last two years that have enough before them: nothing is wrong with it, so every
alarm is false. Once more without margins. Then something is wrong on every fourth of those days: the newest rows are
late, some of them are missing, or their amounts are in another unit.

    python -m benchmarks.margins --config iowa online_retail cdnow grocery --out margins.json
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.history import History
from pipeline.config import load_config
from pipeline.monitor.tables import tables
from pipeline.monitor.windows import arrivals
from pipeline.settings.monitor import Monitor
from pipeline.sources.history import read_history

NAME = "order_lines"
WEEKS, LEAST_DAYS = 104, 28 * 10
NO_MARGIN = {"rows_margin": 0.0, "share_margin": 0.0, "scale_factor": 1.0}
KINDS = ("last day", "rows", "nulls", "scale", "vanished")


def days_of(table: pa.Table) -> list[date]:
    """One day a week, the day after the last row first; each with ten windows before it."""
    days = arrivals(NAME, table)
    first, end = (date(1970, 1, 1) + timedelta(int(day)) for day in (days.min(), days.max() + 1))
    asked = [end - timedelta(7 * week) for week in range(WEEKS)]
    return [day for day in asked if (day - first).days >= LEAST_DAYS]


def alarms(table: pa.Table, day: date, asked: Monitor) -> set[str]:
    """The kinds of alarm at a day."""
    found = tables(History(table, "EUR"), {}, day, asked, {}).alarms
    return {"vanished" if " = " in each.subject else each.subject.split(": ")[1] for each in found}


def known(table: pa.Table, day: date, without: int = 0) -> pa.Table:
    """The rows that had arrived before a day; of the last `without` days none."""
    return table.filter(pa.array(arrivals(NAME, table) < np.datetime64(day - timedelta(without), "D").astype(np.int64)))


def thinned(table: pa.Table, day: date, share: float, window: int) -> pa.Table:
    """Without a share of the rows of the newest window, evenly."""
    days, end = arrivals(NAME, table), np.datetime64(day, "D").astype(np.int64)
    place = np.arange(days.size) * 0.6180339887 % 1
    return table.filter(pa.array((days < end - window) | (place >= share)))


def faults(table: pa.Table, day: date, asked: Monitor) -> Iterator[tuple[str, str, pa.Table]]:
    """A name, the alarm it should raise, and the table with the fault."""
    then, window = known(table, day), asked.window_days
    for late in (3, 7, 14):
        yield f"{late} days late", "last day", known(table, day, late)
    for share in (0.2, 0.5):
        yield f"{share:.0%} of the new rows missing", "rows", thinned(then, day, share, window)
    if "net_amount" in table.column_names:
        new = pa.array(arrivals(NAME, then) >= np.datetime64(day - timedelta(window), "D").astype(np.int64))
        amount = then["net_amount"].combine_chunks()
        for factor in (2, 100):
            scaled = pc.if_else(new, pc.multiply(amount, factor), amount)
            place = then.column_names.index("net_amount")
            yield f"amounts times {factor}", "scale", then.set_column(place, "net_amount", scaled)


def measured(name: str) -> dict[str, object]:
    """False alarms by kind, with the margins of the settings and without, and the faults seen: shares of the days."""
    config = load_config(name)
    table = read_history(config).history.order_lines
    asked, days = config.monitor, days_of(table)
    bare = asked.model_copy(update=NO_MARGIN)
    false: dict[str, Counter[str]] = {"with": Counter(), "without": Counter()}
    seen: Counter[str] = Counter()
    for day in days:
        then = known(table, day)
        false["with"].update(alarms(then, day, asked))
        false["without"].update(alarms(then, day, bare))
    for day in days[::4]:
        for fault, kind, broken in faults(table, day, asked):
            seen[fault] += kind in alarms(broken, day, asked)
    shares = {which: {kind: found[kind] / len(days) for kind in KINDS} for which, found in false.items()}
    return {"days": len(days), "false": shares, "seen": {fault: hits / len(days[::4]) for fault, hits in seen.items()}}


def main() -> None:
    """Print a table per history, and write them as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", nargs="+", default=["iowa", "online_retail", "cdnow", "grocery"])
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    rows = {}
    for name in asked.config:
        rows[name] = found = measured(name)
        print(f"{name}, {found['days']} days", flush=True)
        for title, shares in (*found["false"].items(), ("seen", found["seen"])):  # type: ignore[attr-defined]
            print(f"  {title:8} " + ", ".join(f"{what} {share:.1%}" for what, share in shares.items()), flush=True)
    if asked.out:
        asked.out.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
