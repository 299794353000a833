"""The stage of the faults campaign: a small trained supplier, and what must be left over of it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from benchmarks.faults_process import FORK, Ended, Running, direct, perform
from pipeline.config import Config, load_config
from pipeline.export.export import NAMES
from pipeline.export.places import export_folder, store_of
from pipeline.registry.tracking import ENVIRONMENT
from tests.pipeline.supplier import END, configured, lines

EARLIER = END - timedelta(days=30)
KEPT = ("predictions", "export", "unfinished", "cache", "tmp")
"""What scoring may write, below the folder of the runs."""
PRELOADED = [
    "mlflow",
    "lightgbm",
    "pipeline.cli",
    "pipeline.scoring.score",
    "pipeline.training.train",
    "benchmarks.faults_process",
]


@dataclass
class Stage:
    """A supplier with a champion and the export of an earlier date; `undisturbed` is what scoring `END` leaves."""

    folder: Path
    config: Config
    earlier: dict[str, str] = field(default_factory=dict)
    undisturbed: dict[str, str] = field(default_factory=dict)
    cpu: float = 0.0
    started: int = 0

    def start(
        self,
        fault: Callable[[], None] | None = None,
        day: date = END,
        name: str = "small.toml",
        run: Callable[[list[str]], int] = direct,
    ) -> Running:
        """Begin to score `day` in a process of its own that applies `fault` to itself first."""
        self.started += 1
        log = self.folder / "logs" / f"{self.started}.txt"
        log.parent.mkdir(exist_ok=True)
        arguments = ["score", "--config", str(self.folder / name), "--as-of", str(day)]
        process = FORK.Process(target=perform, args=(arguments, log, fault, run))
        process.start()
        return Running(process, log)

    def score(self, fault: Callable[[], None] | None = None, day: date = END) -> Ended:
        """Score `day`, and wait for the end."""
        return self.start(fault, day).ended()

    def fresh(self) -> None:
        """Back to the moment before `END` was scored."""
        for name in KEPT:
            shutil.rmtree(self.config.runs / name, ignore_errors=True)
            if (self.folder / "saved" / name).exists():
                shutil.copytree(self.folder / "saved" / name, self.config.runs / name)

    def whole(self) -> bool:
        """Whether every exported file is, to the byte, that of the earlier date or that of `END`."""
        now = digests(self.config)
        return all(now.get(name) in (self.earlier[name], self.undisturbed[name]) for name in NAMES)

    def state(self) -> dict[str, str]:
        """The digests of the exported files, and the rows of every cutoff in the store."""
        store = store_of(self.config)
        return digests(self.config) | {str(day): str(store.read(day).to_pylist()) for day in store.cutoffs()}


def digests(config: Config) -> dict[str, str]:
    """The SHA-256 of each exported file that is there."""
    files = [export_folder(config) / name for name in NAMES]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.exists()}


def built(folder: Path) -> Stage:
    """Train the supplier and score it: the earlier date to be kept, `END` for comparison."""
    os.environ.update({**ENVIRONMENT, "OMP_WAIT_POLICY": "PASSIVE"})
    FORK.set_forkserver_preload(PRELOADED)
    configured(folder, lines(160))
    file = folder / "small.toml"
    few = "[training.boosting]\nrounds = 60\nlearning_rate = 0.06\n[scoring]\ncustomers_a_bucket = 40\n"
    file.write_text(f"{file.read_text()}{few}")
    trained = FORK.Process(target=perform, args=(["train", "--config", str(file)], folder / "train.txt"))
    trained.start()
    trained.join()
    stage = Stage(folder, load_config(file))
    stage.score(day=EARLIER)
    stage.earlier = digests(stage.config)
    for name in KEPT:
        if (stage.config.runs / name).exists() and name != "cache":  # so that features are computed, and killed, too
            shutil.copytree(stage.config.runs / name, folder / "saved" / name)
    stage.fresh()
    ended = stage.score()
    if ended.code or len(stage.earlier) < len(NAMES):
        raise SystemExit(f"the stage cannot be built:\n{(folder / 'train.txt').read_text()}\n{ended.said}")
    stage.cpu, stage.undisturbed = ended.cpu, stage.state()
    return stage
