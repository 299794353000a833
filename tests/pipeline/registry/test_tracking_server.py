"""A tracking server instead of the file: one setting, and everything from training to rollback goes through it.

Real processes, on loopback and a socket of the file system: PostgreSQL, and MLflow's server with artefacts of its own.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from features.errors import BusyProblem
from pipeline.config import Config, load_config
from pipeline.promotion import promotion
from pipeline.promotion.decisions import Decision
from pipeline.promotion.promotion import promote
from pipeline.promotion.rollback import rollback
from pipeline.registry.champion import tracking_of
from pipeline.registry.tracking import CHALLENGER, CHAMPION, ENVIRONMENT, PREVIOUS
from pipeline.scoring.score import score
from pipeline.training.train import train
from tests.pipeline.supplier import END, configured, known_before, lines, quick

pytestmark = pytest.mark.slow
TABLE = lines(160)
NAME = "small-churn"
PROGRAMS = ("initdb", "postgres", "pg_isready")
PATIENCE = 300
"""Seconds that a server may take to answer."""


def postgresql() -> Path:
    """The folder of PostgreSQL's programs, Debian's newest where there are several."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name), reverse=True)
    folders = [*debian, *(Path(each) for each in os.environ["PATH"].split(os.pathsep))]
    found = [each for each in folders if all((each / name).exists() for name in PROGRAMS)]
    if not found:
        pytest.skip(f"no PostgreSQL on this machine: its programs {', '.join(PROGRAMS)} are needed, in one folder")
    if find_spec("psycopg2") is None:
        pytest.skip("psycopg2 is not installed: MLflow's server needs it to talk to PostgreSQL")
    return found[0]


def as_its_user(*command: object) -> list[str]:
    """The command as PostgreSQL's own user, where we are root, whom it refuses."""
    words = [str(each) for each in command]
    if os.geteuid() != 0:
        return words
    if shutil.which("runuser") is None or "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        pytest.skip("PostgreSQL refuses root, and there is no user postgres to run it as")
    return ["runuser", "-u", "postgres", "--", *words]


@contextmanager
def running(command: list[str], answers: Callable[[], bool], log: Path, **environment: str) -> Iterator[None]:
    """A process that is stopped in the end, once it answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **environment})
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers():
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def database(programs: Path, folder: Path) -> Iterator[str]:
    """An empty PostgreSQL of one's own that listens on a socket in `folder` alone; its address."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run(
        as_its_user(programs / "initdb", "-D", data, "-U", "moorings", "-A", "trust", "--no-sync", "-E", "UTF8"),
        check=True,
        capture_output=True,
    )
    quiet = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off")
    ready = [str(programs / "pg_isready"), "-q", "-h", str(folder), "-U", "moorings", "-d", "postgres"]
    start = as_its_user(programs / "postgres", "-D", data, *quiet)
    with running(start, lambda: subprocess.run(ready, check=False).returncode == 0, folder.with_suffix(".log")):
        yield f"postgresql+psycopg2://moorings@/postgres?host={folder}"


@contextmanager
def tracking_server(backend: str, folder: Path) -> Iterator[str]:
    """MLflow's server in front of a database, with the artefacts in `folder`; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", backend, "--serve-artifacts", "--artifacts-destination", str(folder / "served")]
    with running(command, answers, folder / "server.log", **ENVIRONMENT):
        yield address


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A tracking server in front of a PostgreSQL."""
    programs = postgresql()
    with ExitStack() as stack:
        # PostgreSQL's user may not enter pytest's folders, and the name of a socket may not be long
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moorings-")))
        stack.callback(folder.with_suffix(".log").unlink, missing_ok=True)
        backend = stack.enter_context(database(programs, folder))
        yield stack.enter_context(tracking_server(backend, tmp_path_factory.mktemp("server")))


def served(folder: Path, address: str, hidden_days: int) -> Config:
    """A supplier whose configuration differs from that of other tests in one setting."""
    configured(folder, known_before(TABLE, hidden_days))
    file = folder / "small.toml"
    file.write_text(f'{file.read_text()}tracking_uri = "{address}"\n')  # the section [storage] is the last
    return quick(load_config(file))


def decided_elsewhere(config: Config, other: Config, monkeypatch: pytest.MonkeyPatch) -> Decision:
    """What another machine decides while this one compares, and finds itself too late."""
    found, whole = [], promotion.judged

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(promotion, "judged", whole)
        found.append(promote(other).decisions["churn"])  # its lock is another file
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(promotion, "judged", meanwhile)
    with pytest.raises(BusyProblem, match="exchanged by somebody else"):
        promote(config)
    return found[0]


def test_train_promote_score_and_roll_back_through_a_server(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train(served(tmp_path, address, 100))
    config = served(tmp_path, address, 0)
    train(config)
    tracking = tracking_of(config)
    assert tracking.aliases(NAME) == {CHAMPION: "1", CHALLENGER: "2"}
    decision = decided_elsewhere(config, served(tmp_path / "other", address, 0), monkeypatch)
    assert decision.outcome == "promoted" and decision.compared is not None
    assert tracking.aliases(NAME) == {CHAMPION: "2", PREVIOUS: "1"}
    assert score(config, END).models["churn"] == "small-churn 2"
    rollback(config)
    assert tracking.aliases(NAME) == {CHAMPION: "1"}
    assert score(config, END).models["churn"] == "small-churn 1"
    # everything is on the server: there is neither a database nor an artefact in the folder of the runs
    assert first.tracking == address
    assert not {"tracking.db", "artefacts"} & {path.name for path in config.runs.iterdir()}
