"""The stage of the faults campaign: a small trained supplier, a process that scores it, and what must be left over."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from pipeline.config import Config, load_config
from pipeline.export import NAMES
from pipeline.score_places import export_folder, store_of
from pipeline.tracking import ENVIRONMENT
from tests.pipeline.supplier import END, configured, lines

EARLIER = END - timedelta(days=30)
KEPT = ("predictions", "export", "unfinished", "cache", "tmp")
"""What scoring may write, below the folder of the runs."""
PRELOADED = ["mlflow", "lightgbm", "pipeline.cli", "pipeline.score", "pipeline.train", "benchmarks.faults_stage"]
PARTS = ("where:", "got:", "expected:", "do:")
FORK = multiprocessing.get_context("forkserver")


def direct(arguments: list[str]) -> int:
    """The command in this very process, so that what is done to the process is done to the work."""
    from pipeline.cli import main  # noqa: PLC0415 - in the process that may die

    return main(arguments)


def as_a_command(arguments: list[str]) -> int:
    """The command as it is called from a shell: one process waits for another that works."""
    from pipeline.cli import main  # noqa: PLC0415 - in the process that may die

    sys.argv = ["moorings", *arguments]
    return main()


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, negative for a signal, what it said on stderr, CPU seconds if it lived."""

    code: int
    said: str
    cpu: float = 0.0

    def clear(self, codes: Sequence[int]) -> bool:
        """Whether it ended by one of these codes and, unless that is a success, said all parts of a problem."""
        words = () if self.code in (0, 143) else PARTS
        crashed = "Traceback" in self.said or "fault of the program" in self.said
        return self.code in codes and not crashed and all(word in self.said for word in words)


@dataclass
class Running:
    """A scoring process that has been started, and where its stderr goes."""

    process: BaseProcess
    log: Path

    def spent(self) -> float:
        """CPU seconds so far; infinite once it has ended. Linux derives the clock of a process from its number."""
        try:
            return time.clock_gettime((~int(self.process.pid or 0) << 3) | 2)
        except OSError:
            return float("inf")

    def wait_for(self, cpu: float) -> None:
        """Return when it has used so many CPU seconds, or has ended."""
        while self.process.exitcode is None and self.spent() < cpu:
            time.sleep(0.001)

    def ended(self) -> Ended:
        """Wait for its end."""
        self.process.join()
        spent = self.log.with_suffix(".cpu")
        cpu = float(spent.read_text()) if spent.exists() else 0.0
        return Ended(int(self.process.exitcode or 0), self.log.read_text(errors="replace"), cpu)


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


def perform(
    arguments: list[str],
    log: Path,
    fault: Callable[[], None] | None = None,
    run: Callable[[list[str]], int] = direct,
) -> None:
    """In the child: stdout and stderr into `log`, the fault, the command; then the CPU seconds beside the log."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(target, stream)
    if fault is not None:
        fault()
    code = run(arguments)
    log.with_suffix(".cpu").write_text(str(time.process_time())) if code == 0 else None
    sys.stderr.flush()
    os._exit(code)


def built(folder: Path) -> Stage:
    """Train the supplier and score it: the earlier date to be kept, `END` for comparison."""
    os.environ.update({**ENVIRONMENT, "OMP_WAIT_POLICY": "PASSIVE"})
    FORK.set_forkserver_preload(PRELOADED)
    configured(folder, lines(160))
    file = folder / "small.toml"
    few = "[training.boosting]\nrounds = 60\n[scoring]\ncustomers_a_bucket = 40\n"
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
