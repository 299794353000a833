"""A tracking store that others hold or that goes away: SQLite under lock, and a server that disappears."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass

from benchmarks.faults_row import Row
from benchmarks.faults_stage import Stage

PATIENCE = 120
"""Seconds that a server may take to answer."""


def locked_database(stage: Stage, seconds: float) -> list[Row]:
    """Another program holds the SQLite database of runs for so long, and scoring begins meanwhile."""
    row = Row("tracking database locked", f"exclusively, for {seconds:.0f} seconds")
    stage.fresh()
    with closing(sqlite3.connect(stage.config.runs / "tracking.db", isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        running = stage.start()
        time.sleep(seconds)
        database.execute("ROLLBACK")
    row.judge(stage, running.ended(), (0,))
    return [row]


@dataclass
class Server:
    """MLflow's server on loopback in front of the database of the stage."""

    stage: Stage
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Start it, and do not wait."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{self.stage.config.runs / 'tracking.db'}"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                raise SystemExit("mlflow server does not answer")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """End it and its workers at once: a process group of its own."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def vanishing_server(stage: Stage) -> list[Row]:
    """The server is killed before scoring asks, or in the middle, and comes back; or it stays away."""
    back = Row("tracking server comes back", "killed at 1 % and 30 % of a run, and started again")
    away = Row("tracking server stays away", "two attempts each request")
    server = Server(stage)
    text = (stage.folder / "small.toml").read_text()
    try:
        for share in (0.01, 0.3):
            server.begin()
            server.wait()
            served = text.replace("[storage]", f'[storage]\ntracking_uri = "{server.address}"')
            (stage.folder / "served.toml").write_text(served)
            stage.fresh()
            running = stage.start(name="served.toml")
            running.wait_for(share * stage.cpu)
            server.kill()
            time.sleep(2)
            server.begin()
            back.judge(stage, running.ended(), (0,))
            server.kill()
        stage.fresh()
        away.judge(stage, stage.start(impatient, name="served.toml").ended(), (1,))
    finally:
        server.kill()
        shutil.rmtree(stage.folder / "mlruns", ignore_errors=True)
    return [back, away]


def impatient() -> None:
    """In the child: MLflow gives a request up after two more attempts instead of seven."""
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "2"
