"""Deliveries of a night that are not what they should be: what `score` and `monitor` say, and what it does to the list.

A supplier whose order lines come as CSV, either as one file a night or as one whole file each night, is trained and
scored on the night before; then the delivery of the night goes wrong in one way. Beside what was said, the harm: the
share of customers with a chance that are gone or whose chance of leaving is off by more than .05, and how many of
the twenty first by margin at risk are still among the twenty first.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.faults_deliveries import by_night, nights_gone_wrong, table_of, whole
from pipeline.cli import main as moorings
from pipeline.config import Config, load_config
from pipeline.export.places import store_of
from tests.pipeline.supplier import END, configured, lines

OFF = 0.05
"""Of the chance of leaving: less is no harm."""
SHOWN = 150
"""Letters of what was said."""
FIRST = 20
WRITTEN = ("predictions", "export", "unfinished", "monitor", "quarantine")
"""What the two commands write, below the folder of the runs."""


@dataclass
class Said:
    """What one command said: exit code, what a scheduler sees of it, and what else the log warns of."""

    code: int
    told: list[str] = field(default_factory=list)


@dataclass
class Delivery:
    """One wrong delivery: the two commands, and the harm."""

    name: str
    score: Said
    monitor: Said
    gone: float
    off: float
    kept: int

    @property
    def silent(self) -> bool:
        """Whether the list is another one, and nobody was told by exit code or by what the table says to look at."""
        return self.score.code == 0 and not self.score.told and self.monitor.code in (0, 7) and self.harm

    @property
    def harm(self) -> bool:
        """Whether one in twenty customers is off or gone, or two of the first twenty."""
        return self.gone > 0.05 or self.off > 0.05 or self.kept < FIRST - 2

    def line(self) -> str:
        """For the table: what was said, cut short, and the harm."""
        told = f"score {self.score.code}: {'; '.join(self.score.told)[:SHOWN]}"
        alarms = f"monitor {self.monitor.code}: {'; '.join(self.monitor.told)[:SHOWN]}"
        harm = f"gone {self.gone:.0%}, off {self.off:.0%}, {self.kept} of {FIRST} first"
        return " | ".join(["SILENT" if self.silent else "", self.name, told, alarms, harm])


def inputs(folder: Path, only: tuple[str, ...] = ()) -> Iterator[Delivery]:
    """Each wrong delivery, one after the other."""
    frame = table_of()
    before = END - timedelta(days=1)
    for layout in (by_night, whole):
        place = folder / layout.__name__
        cases = [(name, wrong) for name, which, wrong in nights_gone_wrong(only) if which is layout]
        if not cases:
            continue
        config = _configured(place)
        layout(place / "in", frame, before)
        for command in (["train"], ["score", "--as-of", str(before)], ["monitor", "--as-of", str(before)]):
            _run(config, command)
        shutil.copytree(config.runs, place / "saved")
        expected: pd.DataFrame | None = None
        for name, wrong in cases:
            for kept in WRITTEN:
                shutil.rmtree(config.runs / kept, ignore_errors=True)
                if (place / "saved" / kept).exists():
                    shutil.copytree(place / "saved" / kept, config.runs / kept)
            shutil.rmtree(place / "in")
            (place / "in").mkdir()
            layout(place / "in", frame)
            wrong(place / "in", frame)
            found = _delivered(name, config, expected)
            expected = _list(config) if expected is None else expected
            yield found


def _configured(place: Path) -> Config:
    configured(place, lines(2), targets=("churn",))
    (place / "in").mkdir()
    text = (place / "small.toml").read_text().replace("lines.parquet", "in").replace('duplicates = "keep"\n', "")
    text = text.replace('ordered_on = "day"', 'ordered_on = "day"\norder_id = "order"')
    (place / "small.toml").write_text(f"{text}\n[training.boosting]\nrounds = 60\nlearning_rate = 0.08\n")
    return load_config(place / "small.toml")


def _run(config: Config, command: list[str]) -> tuple[int, str, str]:
    out, said = io.StringIO(), io.StringIO()
    asked = ["--config", str(config.runs.parent / "small.toml"), "--json"]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = moorings([*command, *asked])
    return code, out.getvalue(), said.getvalue()


def _delivered(name: str, config: Config, expected: pd.DataFrame | None) -> Delivery:
    code, out, said = _run(config, ["score", "--as-of", str(END)])
    score = Said(code, _notes(json.loads(out)) if out else [said[-200:]])
    code, out, said = _run(config, ["monitor", "--as-of", str(END)])
    found = json.loads(out) if out else {}
    alarms = [f"{each['check']} {each.get('subject', '')}" for each in found.get("alarms", ())]
    monitor = Said(code, alarms or ([str(found.get("problem", {}).get("what", said[-200:]))] if code else []))
    if expected is None or score.code:
        return Delivery(name, score, monitor, 0.0, 0.0, FIRST)
    return Delivery(name, score, monitor, *_harm(expected, _list(config)))


def _notes(found: dict[str, Any]) -> list[str]:
    if "problem" in found:
        return [f"{found['problem']['what']} {found['problem']['got'][:80]}"]
    told = [found.get("late"), found.get("hindsight"), *found.get("unmet_ids", ()), *found.get("changed_past", ())]
    return [str(each) for each in told if each]


def _list(config: Config) -> pd.DataFrame:
    rows = store_of(config).read(END).to_pandas().set_index("customer_id")
    return rows[["churn_probability", "value_at_risk"]].dropna()


def _harm(expected: pd.DataFrame, found: pd.DataFrame) -> tuple[float, float, int]:
    both = expected.join(found.add_suffix("_now"), how="inner")
    gone = 1 - len(both) / len(expected)
    off = float(((both["churn_probability"] - both["churn_probability_now"]).abs() > OFF).mean()) if len(both) else 0.0
    first = expected["value_at_risk"].nlargest(FIRST).index
    return gone, off, len(first.intersection(found["value_at_risk"].nlargest(FIRST).index))


def main() -> int:
    """Print every delivery; 1 where a list was harmed and nobody was told."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    silent = 0
    with tempfile.TemporaryDirectory(prefix="moorings-inputs-") as there:
        for each in inputs(Path(there), tuple(sys.argv[1:])):
            print(each.line(), flush=True)
            silent += each.silent
    print(f"{silent} harmed the list in silence")
    return int(silent > 0)


if __name__ == "__main__":
    sys.exit(main())
