"""Closed by default: a whole training and scoring reaches nobody, unpickles nothing, and names no customer."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.security.closed import CANARY, PRODUCT


def can(*command: str) -> bool:
    """Whether a command ends well here."""
    return (
        shutil.which(command[0]) is not None
        and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )


pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).resolve().parents[2]
FOR_CUSTOMERS = {"predictions", "export", "cache", "quarantine", "unfinished"}
"""Folders of the runs whose purpose is to hold rows of customers."""
PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
ALONE = next((words for words in (("unshare", "-n"), ("unshare", "-rn")) if can(*words, "true")), ())
"""What a command begins with to have a network of its own, without a way out; empty where that is not allowed."""
ENDINGS = {".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".pt", ".skops"}


@dataclass(frozen=True)
class Closed:
    """What a run with the witness left: its folder, its stderr, and what the witness saw."""

    folder: Path
    log: str
    codes: list[int]
    seen: list[str]
    traffic: dict[str, int]

    def files(self, without: set[str] = frozenset()) -> Iterator[Path]:  # type: ignore[assignment]
        runs = self.folder / "runs"
        yield from (
            path for path in runs.rglob("*") if path.is_file() and path.relative_to(runs).parts[0] not in without
        )


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Closed:
    folder = tmp_path_factory.mktemp("closed")
    command = [*ALONE, sys.executable, "-m", "tests.security.closed", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "seen.json").read_text())
    return Closed(folder, done.stderr, found["codes"], found["seen"], found["traffic"])


def test_nothing_is_sent_looked_up_bound_or_unpickled(closed: Closed) -> None:
    assert closed.codes == [0, 0]
    assert closed.seen == []


@pytest.mark.skipif(not ALONE, reason="a network of one's own cannot be had: unshare is missing, or not allowed")
def test_native_code_sends_nothing_takes_nothing_in_and_does_not_listen(closed: Closed) -> None:
    assert set(closed.traffic.values()) == {0}, closed.traffic


@pytest.mark.skipif(not ALONE, reason="a network of one's own cannot be had: unshare is missing, or not allowed")
@pytest.mark.parametrize(
    ("attempt", "counted"),
    [
        ("socket.socket().connect(('203.0.113.1', 80))", "Ip: OutNoRoutes"),
        ("socket.gethostbyname('example.org')", "Ip: OutNoRoutes"),
        ("kept.append(socket.create_server(('0.0.0.0', 0)))", "listening"),
    ],
    ids=["connection", "look-up", "server"],
)
def test_the_counters_see_a_connection_a_look_up_and_a_server(attempt: str, counted: str) -> None:
    code = f"""
import json, socket
from contextlib import suppress
from tests.security.closed import traffic
kept = []
with suppress(OSError):
    {attempt}
print(json.dumps(traffic()))
"""
    done = subprocess.run(
        [*ALONE, sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[counted] > 0


def test_the_witness_sees_a_connection_and_a_pickle() -> None:
    code = """
import json, pickle, socket
from tests.security.closed import watch
seen = []
watch(seen)
for attempt in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.socket().connect(("127.0.0.1", 9))):
    try:
        attempt()
    except PermissionError:
        print("refused")
pickle.loads(b"cbuiltins\\nlen\\n.")
print(len(seen))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "refused", "3"]


def test_no_artefact_holds_code_in_data(closed: Closed) -> None:
    assert [str(path) for path in closed.files() if path.suffix in ENDINGS] == []
    assert [str(path) for path in closed.files() if path.read_bytes()[:2] in PICKLES] == []
    for path in closed.files():
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False, mmap_mode="r").dtype != object
        if path.name == "MLmodel":
            text = path.read_text()
            assert "model_code_path: " in text
            assert ".pkl" not in text and "python_model: " not in text


def test_nothing_but_store_export_and_cache_names_a_customer_or_a_product(closed: Closed) -> None:
    birds = (CANARY, PRODUCT)
    assert [bird for bird in birds if bird in closed.log] == []
    for path in closed.files(FOR_CUSTOMERS):
        content = path.read_bytes()
        assert [bird for bird in birds if bird.encode() in content] == [], path
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            assert [bird for bird in birds if bird in str(table.to_pylist()) + str(table.schema)] == [], path


def test_the_canaries_are_where_they_belong(closed: Closed) -> None:
    exported = (closed.folder / "runs" / "export" / "small" / "predictions.csv").read_text()
    assert exported.count(CANARY) > 100


def test_parameters_and_tags_of_the_tracking_database_describe_data_and_hold_none(closed: Closed) -> None:
    with closing(sqlite3.connect(closed.folder / "runs" / "tracking.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        everything = "".join(str(database.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables)
        logged = database.execute("SELECT count(*) FROM params").fetchone()[0]
    assert logged > 5
    assert CANARY not in everything and PRODUCT not in everything
    assert os.uname().nodename not in everything or len(os.uname().nodename) < 4


def test_the_umask_decides_who_may_read_and_nobody_else_may_write(closed: Closed) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (closed.folder / "runs").rglob("*")}
    assert [str(path) for path, mode in modes.items() if mode & 0o002] == []
    # the code of a registered model is copied with the rights it has in the checkout
    assert {str(path): oct(mode) for path, mode in modes.items() if mode & 0o027 and path.suffix != ".py"} == {}


def test_sockets_of_the_file_system_are_left_alone(tmp_path: Path) -> None:
    code = f"""
import socket
from tests.security.closed import watch
watch([])
with socket.socket(socket.AF_UNIX) as ours:
    ours.bind({str(tmp_path / "s")!r})
"""
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True)
    assert stat.S_ISSOCK((tmp_path / "s").stat().st_mode)
