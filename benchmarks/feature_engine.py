"""The feature engine against its floor: CPU seconds and memory per stage, as ratios.

    python -m benchmarks.feature_engine [--lines 10000000] [--repeat 3] [--folder CACHE] [--json FILE]
    python -m benchmarks.feature_engine --profile 24

The floor is DuckDB scanning the needed columns of the same Parquet files with one group-by per customer. Every
measurement is a process of its own and counts the CPU seconds (user and system) of all its threads; compiling
and loading the kernels happens before the clock starts and is reported apart.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import added_day, engine_profile, order_lines
from benchmarks.clock import Clock, cores
from features.catalogue import computable
from features.engine.plan import build
from features.engine.store import LineStore
from pipeline.config import Config, load_config
from pipeline.matrices.dataset import room_for
from pipeline.sources.history import read_history
from pipeline.sources.store import read_store

SLICES = (1, 24)
ADDED_DAY = "added day"
LIMITED = {"K=1, 4 GB": (1, 4.0), "K=24, 4 GB": (24, 4.0)}
"""Cutoffs, and the limit in GB (of 10**9 bytes)."""
TARGET = {1: 6, 24: 8}
TARGET_SLICES, TARGET_DAY = 1.5, 1 / 3
WARM_UP_LINES = 20_000
CONFIGURATION = """
name = "benchmark"
[history]
last_day = 2026-12-31
memory_limit_gb = {limit}
[history.order_lines]
path = "{folder}"
[history.order_lines.columns]
customer_id = "customer"
order_id = "order"
ordered_on = "ordered_at"
product_id = "article"
category = "group"
quantity = "pieces"
net_amount = "net"
[storage]
folder = "{runs}"
"""


def floor(folder: Path, clock: Clock) -> dict[str, Any]:
    """The scan and the group-by nobody can do without: every value of every needed column is looked at."""
    columns = ("order", "ordered_at", "article", "group", "pieces")
    largest = ", ".join(f'max("{column}")' for column in columns)
    with duckdb.connect() as database:
        database.execute(f"SET threads = {cores()}")
        clock.start()
        query = f"SELECT customer, count(*), sum(net), {largest} FROM '{folder}/*.parquet' GROUP BY customer"
        customers = database.sql(query).to_arrow_table().num_rows
        clock.stage("scan and group")
    return {"customers": customers}


def features(folder: Path, clock: Clock, slices: int, limit: float = 0.0) -> dict[str, Any]:
    """Parquet files to the matrix of every feature at `slices` monthly cutoffs, under a memory limit in GB or none."""

    def run(lines: Path, clock: Clock, limit: float) -> dict[str, Any]:
        config = configuration(lines, limit)
        store = read_store(config).without_lines().store  # as training does
        clock.stage("read and sort")
        wanted, room = computable(store), room_for(config)
        matrix = build(store, order_lines.cutoffs(slices), wanted, horizon_days=90, threads=cores(), room=room)
        clock.stage("build")
        return {"lines": store.day.size, "customers": store.customers, "rows": len(matrix.values)} | {
            "features": len(matrix.names),
            "limit_gb": limit,
        }

    with tempfile.TemporaryDirectory() as scratch:
        order_lines.write(Path(scratch), WARM_UP_LINES)
        warm_up = Clock()
        warm_up.start()
        run(Path(scratch), warm_up, 0.0)
    clock.start()
    return run(folder, clock, limit) | {"warm_up_cpu": sum(warm_up.cpu.values())}


def configuration(folder: Path, limit: float = 0.0) -> Config:
    """The configuration that reads the order lines of a folder, with a memory limit in GB."""
    file = folder / "benchmark.toml"
    file.write_text(
        CONFIGURATION.format(folder=f"{folder}/*.parquet", runs=folder / "runs", limit=limit), encoding="utf-8"
    )
    return load_config(file)


def one_day(folder: Path, clock: Clock) -> dict[str, Any]:
    """Kept rows and one day's lines to the matrix of the newest cutoff."""
    with tempfile.TemporaryDirectory() as scratch:
        order_lines.write(Path(scratch), WARM_UP_LINES)
        added_day.prepare(Path(scratch), configuration)
        added_day.measure(Path(scratch), Clock(), configuration)
    clock.start()
    return added_day.measure(folder, clock, configuration)


MEASURES: dict[str, Callable[[Path, Clock], dict[str, Any]]] = {
    "floor": floor,
    **{f"K={slices}": partial(features, slices=slices) for slices in SLICES},
    ADDED_DAY: one_day,
    **{name: partial(features, slices=slices, limit=limit) for name, (slices, limit) in LIMITED.items()},
}


def measure(name: str, folder: Path) -> dict[str, Any]:
    """One measurement in this process."""
    clock = Clock()
    facts = MEASURES[name](folder, clock)
    return {"cpu": clock.cpu, "wall": clock.wall, "peak_memory_gib": peak_memory(), **facts}


def peak_memory() -> float:
    """GiB: the most resident since this program began. `getrusage` would count what its parent held before, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 2**20


def measured_apart(name: str, folder: Path) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.feature_engine", "--measure", name, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def typical(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run of median CPU seconds, with what all of them used."""
    total = [sum(run["cpu"].values()) for run in runs]
    middle = statistics.median_low(total)
    return runs[total.index(middle)] | {"cpu_seconds": middle, "all_cpu_seconds": total}


def table(results: dict[str, dict[str, Any]]) -> str:
    """The ratios to the floor, a line per measure and stage."""
    unit = results["floor"]["cpu_seconds"]
    lines = [f"{'measure':<10}{'stage':<18}{'CPU s':>8}{'x floor':>9}{'wall s':>8}{'GiB':>7}"]
    for name, result in results.items():
        total, wall = result["cpu_seconds"], sum(result["wall"].values())
        lines.append(f"{name:<28}{total:>8.2f}{total / unit:>9.1f}{wall:>8.2f}{result['peak_memory_gib']:>7.2f}")
        for stage, seconds in result["cpu"].items() if len(result["cpu"]) > 1 else ():
            lines.append(f"{'':<10}{stage:<18}{seconds:>8.2f}{seconds / unit:>9.1f}{result['wall'][stage]:>8.2f}")
    return "\n".join(lines + verdicts({name: result["cpu_seconds"] for name, result in results.items()}))


def verdicts(seconds: dict[str, float]) -> list[str]:
    """What was reached and what was missed."""
    unit, floor_bars = seconds["floor"], TARGET.items()
    bars = [(f"K={slices}", seconds[f"K={slices}"] / unit, bar, "times the floor") for slices, bar in floor_bars]
    bars.append(("K=24", seconds["K=24"] / seconds["K=1"], TARGET_SLICES, "times K=1"))
    bars.append((ADDED_DAY, seconds[ADDED_DAY] / seconds["K=1"], TARGET_DAY, "of a full build"))
    return [
        f"{name}: {ratio:.2f} {unit}, at most {bar:.2f}: {'reached' if ratio <= bar else 'missed'}"
        for name, ratio, bar, unit in bars
    ]


def made(folder: Path, lines: int) -> Path:
    """Where the made order lines are, made now if they are not there yet."""
    data = folder / f"order_lines_{lines}"
    if not (data / "complete").exists():
        print(f"making {lines:,} order lines in {data}", file=sys.stderr)
        order_lines.write(data, lines)
        (data / "complete").touch()
    return data


def compare(folder: Path, lines: int, repeat: int) -> dict[str, Any]:
    """All measures, interleaved so that a busy minute of the machine hits them alike."""
    data = made(folder, lines)
    added_day.prepare(data, configuration)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in MEASURES}
    for turn in range(repeat):
        for name, done in runs.items():
            print(f"turn {turn + 1} of {repeat}: {name}", file=sys.stderr)
            done.append(measured_apart(name, data))
    machine = {"cores": cores(), "machine": platform.machine(), "python": platform.python_version()}
    return {"lines": lines, "machine": machine, "results": {name: typical(done) for name, done in runs.items()}}


def main() -> None:
    """Parse the command line, measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000_000, help="order lines to make (default: 10 million)")
    parser.add_argument("--repeat", type=int, default=3, help="turns; the median is reported (default: 3)")
    parser.add_argument("--folder", type=Path, default=Path("runs/benchmarks"), help="where made order lines are kept")
    parser.add_argument("--json", type=Path, help="where the result goes (default: FOLDER/feature_engine.json)")
    parser.add_argument("--profile", type=int, metavar="K", help="only the CPU by leaf of a build at K cutoffs")
    parser.add_argument("--measure", choices=MEASURES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.profile:
        lines = read_history(configuration(made(options.folder.resolve(), options.lines))).history
        print(engine_profile.of_build(LineStore.from_history(lines), options.profile))
        return
    if options.measure:
        print(json.dumps(measure(options.measure, options.folder)))
        return
    report = compare(options.folder.resolve(), options.lines, options.repeat)
    file = options.json or options.folder / "feature_engine.json"
    file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(report["results"]))
    print(f"written: {file}")


if __name__ == "__main__":
    main()
