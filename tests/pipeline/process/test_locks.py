"""A lock is waited for while its holder works, not for ever where that hangs; a killed process gives its locks back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import BusyProblem
from pipeline.process import locks
from pipeline.process.locks import locked

HOLD = """
import sys, time
from pathlib import Path
from pipeline.process.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock, for a minute at most."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_holder_that_was_stopped_is_not_waited_for_for_ever(
    holder: "subprocess.Popen[str]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(locks, "PATIENCE", 0.4)
    monkeypatch.setattr(locks, "SAID_AFTER", 0.1)
    monkeypatch.setattr(locks.logger, "info", lambda text, *named: said.append(text % named))
    os.kill(holder.pid, signal.SIGSTOP)
    with (
        pytest.raises(BusyProblem, match="held a lock for more than") as caught,
        locked(tmp_path / "lock"),
    ):
        pytest.fail("two hold the lock")
    assert caught.value.exit_code == 6 and str(tmp_path / "lock") in caught.value.todo
    assert said == [f"waiting for another process that holds {tmp_path / 'lock'}"]


def test_what_only_one_may_do_is_refused_at_once(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BusyProblem, match="Another process is scoring"), locked(tmp_path / "lock", busy="scoring"):
        pytest.fail("two hold the lock")
    assert time.monotonic() - began < locks.SAID_AFTER


def test_a_killed_holder_gives_the_lock_to_whoever_waits(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    holder.kill()
    with locked(tmp_path / "lock"), pytest.raises(BusyProblem), locked(tmp_path / "lock", busy="at work"):
        pytest.fail("two hold the lock")
