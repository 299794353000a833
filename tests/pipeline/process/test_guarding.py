"""Work that is ended by force is spoken for: its own exit codes pass, signals reach it, and nothing is left running."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.process.guarding import ended_by
from pipeline.process.machine import MachineProblem

CHECKOUT = Path(__file__).resolve().parents[3]
WORK = """
import os, resource, signal, sys, time
from pathlib import Path
from pipeline import cli
from pipeline.process.stopping import Stopped, stoppable

def waits():
    try:
        with stoppable():
            Path(sys.argv[1]).write_text(str(os.getpid()))
            time.sleep(60)
    except Stopped:
        return 143

work = {work}
cli._run = lambda given: work()
sys.exit(cli.main())
"""


def begun(work: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORK.format(work=work), *arguments]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("code", [0, 1, 3, 6, 7, 143])
def test_the_exit_code_of_the_work_is_that_of_the_command(code: int) -> None:
    process = begun(f"lambda: {code}")
    assert process.communicate() == ("", "")
    assert process.returncode == code


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "exit code 127"])
def test_work_that_is_ended_by_force_is_spoken_for(name: str) -> None:
    end = f"os.kill(os.getpid(), signal.{name})" if name.startswith("SIG") else "os._exit(127)"
    process = begun(f"lambda: {end}", "--json")
    out, err = process.communicate()
    assert process.returncode == MachineProblem.exit_code == 1
    for words in (name, "where:", "got:", "expected:", "do:", "memory_limit_gb", "run the same command again"):
        assert words in err
    assert json.loads(out)["problem"]["exit_code"] == 1


def test_memory_that_a_library_is_refused_ends_in_a_message() -> None:
    refused = "lambda: (resource.setrlimit(resource.RLIMIT_AS, (1, 1)), os.abort())"
    _, err = begun(refused).communicate()
    assert "most likely memory that was refused" in err


def test_a_request_to_stop_reaches_the_work_and_comes_back_as_its_exit_code(tmp_path: Path) -> None:
    process = begun("waits", str(tmp_path / "pid"))
    until((tmp_path / "pid").exists)
    process.terminate()
    assert process.wait(30) == 143


@pytest.mark.parametrize("end", ["os._exit(130)", "os.abort()", "os.kill(os.getpid(), signal.SIGINT)"])
def test_ctrl_c_reaches_both_and_ends_with_its_exit_code_whatever_a_library_makes_of_it(
    end: str, tmp_path: Path
) -> None:
    caught = f"    except KeyboardInterrupt:\n        {end}\n    except Stopped:"
    command = [sys.executable, "-c", WORK.replace("    except Stopped:", caught).format(work="waits")]
    process = subprocess.Popen(
        [*command, str(tmp_path / "pid")], cwd=CHECKOUT, stderr=subprocess.PIPE, start_new_session=True
    )
    until((tmp_path / "pid").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    assert process.stderr is not None and process.stderr.read() == b""


def test_an_interrupt_of_the_one_that_waits_alone_reaches_the_work_too(tmp_path: Path) -> None:
    interrupted = WORK.replace(
        "    except Stopped:", "    except KeyboardInterrupt:\n        return 130\n    except Stopped:"
    )
    command = [sys.executable, "-c", interrupted.format(work="waits"), str(tmp_path / "pid")]
    process = subprocess.Popen(command, cwd=CHECKOUT)
    until((tmp_path / "pid").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130


def test_ctrl_c_is_handed_on_to_nobody_who_has_heard_it(tmp_path: Path) -> None:
    """The work is asked once more by the one that waits, and has begun to end."""
    ends = "    except KeyboardInterrupt:\n        return 130\n    except Stopped:"
    slowly = WORK.replace("time.sleep(60)", "waited()").replace("    except Stopped:", ends).replace(
        "def waits", "def waited():\n    try:\n        time.sleep(60)\n    finally:\n        time.sleep(1.5)\n"
        "        Path(sys.argv[1]).write_text('cleaned up')\n\ndef waits"
    )  # fmt: skip
    command = [sys.executable, "-c", slowly.format(work="waits"), str(tmp_path / "pid")]
    process = subprocess.Popen(command, cwd=CHECKOUT, start_new_session=True)
    until((tmp_path / "pid").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    assert (tmp_path / "pid").read_text() == "cleaned up"


def test_ctrl_c_while_its_parts_are_loaded_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "typer").mkdir()
    waits = f"import pathlib, time\npathlib.Path({str(tmp_path / 'here')!r}).touch()\ntime.sleep(60)\n"
    (tmp_path / "typer" / "__init__.py").write_text(waits)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{CHECKOUT}"}
    command = [sys.executable, "-m", "pipeline.begin", "--help"]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    until((tmp_path / "here").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == -signal.SIGINT  # a shell says 130
    assert process.stderr is not None and process.stderr.read() == b""


def test_a_request_that_comes_before_anybody_listens_is_handed_on_all_the_same(tmp_path: Path) -> None:
    held_up = WORK.replace("work = {work}", "os_fork = os.fork\nos.fork = lambda: slow(os_fork())\nwork = {work}")
    slow = "def slow(child):\n    child and time.sleep(1)\n    return child\n\n"
    command = [sys.executable, "-c", held_up.replace("def waits", slow + "def waits").format(work="waits")]
    process = subprocess.Popen([*command, str(tmp_path / "pid")], cwd=CHECKOUT)
    until((tmp_path / "pid").exists)
    process.terminate()
    assert process.wait(30) == 143


def test_work_that_nobody_waits_for_any_more_is_killed(tmp_path: Path) -> None:
    process = begun("waits", str(tmp_path / "pid"))
    until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
    worker = int((tmp_path / "pid").read_text())
    assert worker != process.pid
    process.kill()
    process.wait()
    until(lambda: not running(worker))


def running(process: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_message_names_the_signal_and_what_to_do() -> None:
    for number in (signal.SIGKILL, signal.SIGHUP, signal.SIGXCPU):
        assert "The work was killed." in str(ended_by(-number)) and "because memory ran out" in str(ended_by(-number))
    assert "SIGSEGV" in ended_by(-signal.SIGSEGV).where
    assert "exit code 127" in ended_by(127).where
