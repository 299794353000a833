"""The whole path at scale: what profile, train and score cost step by step, in CPU, wall and peak memory.

    python -m benchmarks.whole_path [--lines 10000000] [--made-by simulation] [--folder CACHE] [--only train score]

Order lines are those of `moorings simulate` (signal, so that a champion comes of them) or of `order_lines` (none). Each
command is a process of its own, as it is for people; what it calls is measured from outside, see `metered`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import order_lines
from benchmarks.metered import Meter, metered
from benchmarks.path_steps import STEPS
from features.errors import ModelProblem
from pipeline.config import Config, load_config

LINES_A_CUSTOMER = 116
"""Of those `moorings simulate` invents, over three years."""
LAST_DAY = "2024-07-01"
CONFIGURATION = """
name = "{name}"
[history]
last_day = 2026-12-31
currency = "EUR"
[history.order_lines]
path = "{path}"
[history.order_lines.columns]
{columns}
[training]
targets = {targets}
most_rounds = {most_rounds}
[storage]
folder = "{runs}"
"""
COLUMNS = {
    "simulation": {
        name: name
        for name in ("customer_id", "order_id", "ordered_on", "product_id", "category", "quantity", "net_amount")
    },
    "order_lines": {
        "customer_id": "customer",
        "order_id": "order",
        "ordered_on": "ordered_at",
        "product_id": "article",
        "category": "group",
        "quantity": "pieces",
        "net_amount": "net",
    },
}


def configuration(data: Path, made_by: str, targets: list[str], most_rounds: int) -> Path:
    """The file of settings for order lines in `data`; everything produced lies beside them."""
    path = data / "history" / "order_lines" if made_by == "simulation" else data / "*.parquet"
    columns = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in COLUMNS[made_by].items())
    file = data / "scale.toml"
    file.write_text(
        CONFIGURATION.format(
            name=made_by, path=path, columns=columns, runs=data / "runs", targets=targets, most_rounds=most_rounds
        ),
        encoding="utf-8",
    )
    return file


def made(folder: Path, lines: int, made_by: str) -> Path:
    """Where the order lines are, made now if they are not there yet."""
    data = folder / f"{made_by}_{lines}"
    if not (data / "complete").exists():
        print(f"making about {lines:,} order lines in {data}", file=sys.stderr)
        data.mkdir(parents=True, exist_ok=True)
        if made_by == "simulation":
            from pipeline.simulate.supplier import Telling, simulate  # noqa: PLC0415 - only where it is asked for

            customers = max(1_000, lines // LINES_A_CUSTOMER)
            simulate(data / "history", customers=customers, telling=Telling(tables=("order_lines",), cutoffs=()))
        else:
            order_lines.write(data, lines)
        (data / "complete").touch()
    return data


def profile(config: Config) -> dict[str, Any]:
    """`moorings profile`, printed to nobody."""
    from pipeline.profile.profile import profile as work  # noqa: PLC0415 - each process loads what it measures

    return {"characters": len(work(config).text())}


def train(config: Config) -> dict[str, Any]:
    """`moorings train`; a model that is refused has cost as much as one that is not."""
    from pipeline.training.train import train as work  # noqa: PLC0415

    try:
        return {"said": work(config).text()}
    except ModelProblem as problem:
        return {"said": str(problem)}


def score(config: Config) -> dict[str, Any]:
    """`moorings score` of the day after the last order line, exports included; nothing of it was ever done before."""
    from pipeline.scoring.score import score as work  # noqa: PLC0415

    for made_before in ("cache", "export", "predictions"):
        shutil.rmtree(config.runs / made_before, ignore_errors=True)
    day = date.fromisoformat(LAST_DAY) if config.name == "simulation" else order_lines.cutoffs(1)[0]
    found = work(config, day)
    sizes = {name: (found.exported.folder / name).stat().st_size for name in found.exported.digests}
    return {"said": found.text(), "bytes": sizes}


COMMANDS: dict[str, Callable[[Config], dict[str, Any]]] = {"profile": profile, "train": train, "score": score}


def measure(command: str, file: Path) -> dict[str, Any]:
    """One command in this process."""
    meter, config = Meter(), load_config(file)
    with metered(meter, STEPS[command]), meter.step(command):
        found = COMMANDS[command](config)
    return {"table": meter.table(), "steps": meter.summary(), **found}


def main() -> None:
    """Parse the command line, measure each command in a process of its own, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000_000, help="order lines, about (default: 10 million)")
    parser.add_argument("--made-by", choices=COLUMNS, default="simulation", help="who invents them")
    parser.add_argument("--folder", type=Path, default=Path("runs/benchmarks"), help="where made order lines are kept")
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS), help="some of the commands")
    parser.add_argument("--targets", nargs="+", default=["churn", "partnership"], help="what is predicted")
    parser.add_argument("--most-rounds", type=int, default=1_200, help="trees at most; 0: as many as configured")
    parser.add_argument("--measure", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        (command,) = options.only
        options.measure.with_name(f"{command}.json").write_text(json.dumps(measure(command, options.measure), indent=1))
        return
    data = made(options.folder.resolve(), options.lines, options.made_by)
    file = configuration(data, options.made_by, options.targets, options.most_rounds)
    for command in options.only:
        asked = ["--only", command, "--measure", str(file)]
        subprocess.run([sys.executable, "-m", "benchmarks.whole_path", *asked], check=True)
        found = json.loads(file.with_name(f"{command}.json").read_text())
        print(found["table"], "", found.get("said", ""), "", sep="\n")


if __name__ == "__main__":
    main()
