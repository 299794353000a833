"""SIGTERM ends a command cleanly: its own exit code, one line, nothing half-written, and the handler given back."""

import os
import signal
import threading
from pathlib import Path

import duckdb
import pytest
from suppliers import lines, supplier

from pipeline.cli import main
from pipeline.process.files import replacing
from pipeline.process.stopping import STOPPED, Stopped, stoppable


def asked() -> None:
    """What systemd does."""
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_command_that_is_asked_to_stop_says_so_and_leaves_nothing_half_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(config: object) -> object:
        with replacing(tmp_path / "whole.txt") as draft:
            draft.write_text("half")
            asked()
        return None

    monkeypatch.setattr("pipeline.profile.profile.profile", work)
    assert main(["profile", "--config", str(supplier(tmp_path, lines()))]) == STOPPED == 143
    assert "stopped on request" in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if "whole" in path.name]


def test_what_was_in_force_before_is_in_force_again() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped), stoppable():
        asked()
    assert signal.getsignal(signal.SIGTERM) == before


def test_asked_again_at_once_the_end_that_has_begun_goes_on_and_later_it_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    with pytest.raises(Stopped), stoppable():
        try:
            asked()
        finally:
            asked()
            done.append("put away")
            monkeypatch.setattr("pipeline.process.stopping.AT_ONCE", 0.0)
            with pytest.raises(Stopped):
                asked()
    assert done == ["put away"]


def test_an_error_that_a_library_makes_of_it_is_still_a_stop() -> None:
    with pytest.raises(Stopped), stoppable():
        try:
            asked()
        except Stopped:
            raise duckdb.InterruptException("Query interrupted") from None


def test_an_error_of_another_kind_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="other"), stoppable():
        raise ValueError("other")


def test_another_thread_may_run_commands_too() -> None:
    done: list[bool] = []

    def work() -> None:
        with stoppable():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
