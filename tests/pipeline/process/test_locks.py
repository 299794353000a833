"""A lock is waited for while its holder works, not for ever where that hangs; a killed process gives its locks back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import TextIOWrapper
from pathlib import Path

import pytest

from features.errors import BusyProblem
from pipeline.process import locks
from pipeline.process.locks import _taken, locked

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


def free(path: Path) -> bool:
    """Whether somebody else could take the lock of the file that has this name now."""
    with path.open("a") as handle:
        return _taken(handle)


def test_a_passing_lock_leaves_no_file_and_another_does(tmp_path: Path) -> None:
    for passing in (True, False):
        with locked(tmp_path / "lock", passing=passing):
            assert not free(tmp_path / "lock")
        assert (tmp_path / "lock").exists() is not passing


def test_a_passing_lock_is_taken_away_after_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="other"), locked(tmp_path / "lock", "doing it", passing=True):
        raise ValueError("other")
    assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("made_again", [True, False])
@pytest.mark.parametrize("busy", ["", "doing it"])
def test_whoever_waited_for_a_file_that_was_taken_away_holds_the_one_that_took_its_place(
    made_again: bool, busy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first = tmp_path / "lock", [True]

    def taken(handle: TextIOWrapper) -> bool:
        if first and first.pop():  # between being opened and being taken, who held it is done with it
            path.unlink()
            path.touch() if made_again else None
        return _taken(handle)

    monkeypatch.setattr("pipeline.process.locks._taken", taken)
    with locked(path, busy, passing=True):
        assert not free(path)


def test_no_two_are_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "EVERY", 0.0001)
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        for _ in range(40):
            with locked(tmp_path / "lock", passing=True):
                inside.append(number)
                most.append(len(inside))
                time.sleep(0.0005)
                inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(most) == 160 and set(most) == {1}
