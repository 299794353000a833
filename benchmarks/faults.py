"""The faults campaign: what can happen to a scoring run, tried for real, and what is left over each time.

After every fault two things are looked at: the exported files are, each to the byte, those of the date before or
those of the date being scored; and an undisturbed run afterwards ends with the files and rows that it ends with when
nothing ever happened. Where a process can still speak, its exit code and message have to say what happened.

Prints a table, writes JSON, and ends with 1 if any row lost something. Needs Linux; as root it mounts small and
read-only file systems (and takes them away), otherwise limits and permissions take their place.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.faults_ends import crowds, kills, starved, stops
from benchmarks.faults_machine import clock, full_disk, no_memory, read_only, shrinking_input
from benchmarks.faults_row import Row, table
from benchmarks.faults_stage import Stage, built
from benchmarks.faults_stopped import stopped
from benchmarks.faults_tracking import locked_database, vanishing_server

Fault = Callable[[Stage], list[Row]]


def faults(points: int, seconds: float) -> dict[str, Fault]:
    """Every fault by the name that `--only` takes."""
    return {
        "kill": partial(kills, points=points),
        "stop": partial(stops, points=max(2, points // 10)),
        "commands": lambda stage: stopped(stage.folder / "night", max(2, points * 12 // 100)),
        "disk": full_disk,
        "readonly": read_only,
        "memory": no_memory,
        "starve": partial(starved, points=5 if points > 20 else 2),
        "clock": clock,
        "shrink": shrinking_input,
        "crowd": partial(crowds, sizes=(2, 4, 8) if points > 20 else (2,)),
        "locked": partial(locked_database, seconds=seconds),
        "server": vanishing_server,
    }


def main() -> int:
    known = list(faults(0, 0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100, help="moments at which scoring is killed")
    parser.add_argument("--seconds", type=float, default=60, help="how long the tracking database is locked")
    parser.add_argument("--only", nargs="+", choices=known, default=known, help="these faults alone")
    parser.add_argument("--out", type=Path, default=Path("runs/benchmarks/faults.json"))
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="moorings-faults-") as folder:
        stage = built(Path(folder))
        for name in given.only:
            found = faults(given.points, given.seconds)[name](stage)
            print(table(found), file=sys.stderr)
            rows += found
    print(table(rows))
    for row in rows:
        print("".join(f"\n{row.fault}, not clear: {said}" for said in row.unclear), end="")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps([row.summary() for row in rows], indent=1) + "\n")
    return int(any(row.lost for row in rows))


if __name__ == "__main__":
    sys.exit(main())
