"""The stage of the commands that are ended: a supplier with a champion, and what each command has to leave behind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.faults_process import FORK, Ended, Running, direct, perform
from benchmarks.faults_stage import PRELOADED
from features.errors import Problem
from models.bundle import DIGESTS, digest
from models.stored import load_model
from pipeline.config import Config, load_config
from pipeline.process.run_id import VARIABLE
from pipeline.registry.tracking import ENVIRONMENT, FILES
from tests.pipeline.supplier import END, configured, known_before, lines

DRAFT = re.compile(r"\..+\.[0-9a-f]{8}(\.\w+)?")
SAME = {**ENVIRONMENT, "OMP_WAIT_POLICY": "PASSIVE", VARIABLE: "a-run"}
TABLES = "select 1 from sqlite_master where name = 'registered_model_aliases'"
CHAMPIONS = """
select a.name, t.value, r.artifact_uri from registered_model_aliases a
join model_versions v on v.name = a.name and v.version = a.version
join model_version_tags t on t.name = v.name and t.version = v.version and t.key = 'digest'
join runs r on r.run_uuid = v.run_id where a.alias = 'champion'
"""
FEW = """
[training.boosting]
rounds = 40
learning_rate = 0.1
[history.treatments]
path = "{folder}/treatments.parquet"
[history.treatments.columns]
customer_id = "customer"
treated_on = "day"
play = "play"
holdout = "held"
"""


@dataclass
class Command:
    """A command, the folders it begins with (`saved` below the stage), the files it writes, and its exit codes."""

    name: str
    arguments: list[str]
    begins: str
    written: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    cpu: float = 0.0
    expected: dict[str, str] = field(default_factory=dict)


@dataclass
class Night:
    """The stage: `folder` holds the configuration, the order lines and the folder of the runs."""

    folder: Path
    config: Config
    commands: list[Command]
    started: int = 0

    def start(
        self, command: Command, fault: Callable[[], None] | None = None, run: Callable[[list[str]], int] = direct
    ) -> Running:
        """Begin a command in a process of its own that applies `fault` to itself first."""
        self.started += 1
        log = self.folder / "logs" / f"{self.started}.txt"
        log.parent.mkdir(exist_ok=True)
        process = FORK.Process(target=perform, args=(command.arguments, log, partial(_named, fault), run))
        process.start()
        return Running(process, log)

    def run(self, command: Command, fault: Callable[[], None] | None = None) -> Ended:
        """A command until its end."""
        return self.start(command, fault).ended()

    def fresh(self, command: Command) -> None:
        """Back to the moment before the command was begun."""
        for name in ("runs", "written", "world"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / f"saved_{command.begins}", self.folder / "runs")

    def undisturbed(self, command: Command) -> None:
        """What the command leaves when nothing happens, and what it costs."""
        self.fresh(command)
        ended = self.run(command)
        if ended.code not in command.codes:
            raise SystemExit(f"{command.name} ends with {ended.code}:\n{ended.said}")
        command.cpu, command.expected = ended.cpu or 1.0, self.state(command)

    def state(self, command: Command) -> dict[str, str]:
        """Digests of the files it writes, and of the champions."""
        return dict(self._files(command)) | {name: mark for name, mark, _ in self._champions()}

    def differs(self, command: Command) -> list[str]:
        """What is otherwise than when nothing happened: files, champions, runs left open, drafts of files."""
        now = self.state(command)
        names = sorted(name for name in now | command.expected if now.get(name) != command.expected.get(name))
        return [*names, *(f"draft {each.name}" for each in self._drafts()), *self._open_runs()]

    def a_day_passes(self) -> None:
        """What a killed process began to write is older than anybody takes to write it."""
        for draft in self._drafts():
            os.utime(draft, (0, 0))

    def _drafts(self) -> list[Path]:
        hidden = [each for each in self.folder.rglob(".*") if DRAFT.fullmatch(each.name) and each.is_file()]
        return [each for each in hidden if "cache" not in each.parts]  # which is emptied by size

    def broken(self) -> list[str]:
        """Files that cannot be read, and champions that cannot be loaded."""
        found = [name for name, mark, folder in self._champions() if not _loads(folder, mark)]
        for place in (self.folder / "runs", self.folder / "written", self.folder / "world"):
            found += [str(each.relative_to(self.folder)) for each in _visible(place) if not _reads(each)]
        return found

    def _champions(self) -> Iterator[tuple[str, str, Path]]:
        """Name, registered digest and folder of each; asked of the file itself, which changes below our feet."""
        for name, mark, place in self._asked(CHAMPIONS):
            yield name, mark, Path(place.removeprefix("file://")) / FILES

    def _asked(self, question: str) -> list[tuple[str, ...]]:
        if not (self.config.runs / "tracking.db").exists():
            return []
        with closing(sqlite3.connect(self.config.runs / "tracking.db")) as database:
            return database.execute(question).fetchall() if database.execute(TABLES).fetchone() else []

    def _open_runs(self) -> list[str]:
        return [f"run {row[0]} open" for row in self._asked("select name from runs where status = 'RUNNING'")]

    def _files(self, command: Command) -> Iterator[tuple[str, str]]:
        for pattern in command.written:
            for file in sorted(self.folder.glob(pattern)):
                if file.is_file():
                    yield str(file.relative_to(self.folder)), hashlib.sha256(file.read_bytes()).hexdigest()


def _visible(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.rglob("*")):
        if each.is_file() and not any(part.startswith(".") for part in each.relative_to(folder).parts):
            yield each


def _reads(file: Path) -> bool:
    try:
        if file.suffix == ".parquet" and "cache" not in file.parts:
            pq.read_metadata(file)
        elif file.suffix == ".json" and "_delta_log" not in file.parts:
            json.loads(file.read_text())
        elif file.suffix == ".jsonl":
            [json.loads(line) for line in file.read_text().splitlines()]
    except (ValueError, OSError):
        return "artefacts" in file.parts  # of a run that is not registered
    return True


def _loads(folder: Path, mark: str) -> bool:
    try:
        load_model(folder)
    except Problem:
        return False
    return digest((folder / DIGESTS).read_bytes()) == mark


def _named(fault: Callable[[], None] | None) -> None:
    """In the process of a command, whoever started the server of processes: every run has one name, and pages it."""
    os.environ.update(SAME)
    if fault is not None:
        fault()


def nights(folder: Path) -> Night:
    """Train on all but the last months, score, then let the rest of the orders come."""
    os.environ.update(SAME)
    FORK.set_forkserver_preload([*PRELOADED, "pipeline.monitor.monitor", "pipeline.outcomes.outcomes"])
    table = lines(160)
    configured(folder, known_before(table, 130))
    _treatments(folder)
    file = folder / "small.toml"
    text = (
        file.read_text()
        .replace("cutoff_months = 2", "cutoff_months = 3")
        .replace("repetitions = 60", "repetitions = 10")
    )
    file.write_text(text + FEW.format(folder=folder))
    world = file.read_text().replace(f"{folder}/lines.parquet", f"{folder}/world/order_lines")
    (folder / "world.toml").write_text(world)
    night = Night(folder, load_config(file), [])
    asked = ["--config", str(file)]
    night.config.runs.mkdir(exist_ok=True)
    shutil.copytree(night.config.runs, folder / "saved_nothing")
    for arguments in (["train"], ["score", "--as-of", str(END - timedelta(days=130))]):
        ended = night.run(Command("", [*arguments, *asked], "nothing"))
        if ended.code:
            raise SystemExit(f"the stage cannot be built:\n{ended.said}")
    shutil.copytree(night.config.runs, folder / "saved_champion")
    pq.write_table(table, folder / "lines.parquet")
    night.commands = list(_commands(folder, asked))
    return night


def _commands(folder: Path, asked: list[str]) -> Iterator[Command]:
    out = folder / "written" / "rows.parquet"
    day = END - timedelta(days=90)
    yield Command("monitor", ["monitor", *asked], "champion", ("runs/monitor/*/*.md", "runs/monitor/*/*.jsonl"), (0, 5))
    yield Command("outcomes", ["outcomes", *asked], "champion", ("runs/outcomes/*/*",))
    yield Command("profile", ["profile", *asked], "champion")
    yield Command(
        "backtest", ["backtest", *asked, "--cutoffs", str(day), "--out", str(out)], "champion", ("written/*",)
    )
    small = ["--customers", "60", "--days", "400", "--config", str(folder / "world.toml")]
    yield Command("simulate", ["simulate", *small], "champion", ("world/**/*",))
    yield Command("retrain", ["retrain", *asked], "champion", codes=(0, 4))
    yield Command("train", ["train", *asked], "nothing", codes=(0, 4))


def _treatments(folder: Path) -> None:
    random = np.random.default_rng(3)
    days = [END - timedelta(days=int(day)) for day in random.choice([400, 300, 200], 160)]
    who = [f"customer {number:04d}" for number in range(160)]
    table = {"customer": who, "day": days, "play": ["call"] * 160, "held": list(random.random(160) < 0.3)}
    pq.write_table(pa.table(table), folder / "treatments.parquet")
