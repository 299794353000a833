"""SIGTERM and Ctrl-C end a command cleanly: an exit code of their own, one line, nothing half-written."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from suppliers import lines, supplier

from pipeline.cli import main
from pipeline.process.files import replacing
from pipeline.process.stopping import ENDS, INTERRUPTED, STOPPED, Stopped, stoppable, without_a_word

BOTH = pytest.mark.parametrize("number", ENDS)


def asked(number: int = signal.SIGTERM) -> None:
    """What systemd does, or a terminal."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGTERM, STOPPED, "stopped on request"), (signal.SIGINT, INTERRUPTED, "interrupted (Ctrl-C): run the")],
)
def test_a_command_that_is_asked_to_stop_says_so_and_leaves_nothing_half_written(
    number: int,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work(config: object) -> object:
        with replacing(tmp_path / "whole.txt") as draft:
            draft.write_text("half")
            asked(number)
        return None

    monkeypatch.setattr("pipeline.profile.profile.profile", work)
    assert main(["profile", "--config", str(supplier(tmp_path, lines()))]) == code == 128 + number
    assert said in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if "whole" in path.name]


@BOTH
def test_what_was_in_force_before_is_in_force_again(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(ENDS[number]), stoppable():
        asked(number)
    assert signal.getsignal(number) == before


@BOTH
def test_a_request_that_a_library_makes_an_error_of_is_still_a_request(number: signal.Signals) -> None:
    with pytest.raises(ENDS[number]), stoppable():
        try:
            asked(number)
        except BaseException:
            raise duckdb.InterruptException("Query interrupted") from None


class Asks:
    """Is asked while it is taken away, where nothing can be raised."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        asked(self.number)
        time.sleep(0.01)  # so that it is heard here


@BOTH
def test_a_request_that_is_swallowed_by_a_callback_is_repeated(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ENDS[number]), stoppable():
        Asks(number)
        time.sleep(1)  # else nobody has heard it
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture
def restored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("restored")
def test_a_ctrl_c_that_a_shell_wants_to_be_ignored_is() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    without_a_word()
    with stoppable():
        asked(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN


@pytest.mark.usefixtures("restored")
def test_before_anything_has_begun_ctrl_c_ends_it_without_a_word() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    without_a_word()
    assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL


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
