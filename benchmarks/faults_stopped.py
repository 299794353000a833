"""SIGKILL, SIGTERM and Ctrl-C spread over every command but `score`, and what each leaves behind.

Three things are looked at after each: every file that was there before, or stands now, can be read, and a champion
loads; the message is no traceback, and the exit code is that of the signal; and the same command once more ends with
what it ends with when nothing ever happened, with no run open in the tracking database and no draft of a file.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.faults_commands import Command, Night, nights
from benchmarks.faults_process import Ended, as_a_command
from benchmarks.faults_row import Row, table

ANSWERS = {signal.SIGKILL: (), signal.SIGTERM: (143,), signal.SIGINT: (130,)}
"""The exit codes that are an answer to each signal, beside that of the command where the signal came too late."""

NOTHING = 7
"""The exit code of a command that had nothing left to do."""
OFTEN = 6
"""After each such try the command is run once more."""


def stopped(
    folder: Path, points: int, only: tuple[str, ...] = (), signals: tuple[signal.Signals, ...] = tuple(ANSWERS)
) -> list[Row]:
    """Every command under every signal: `points` moments evenly over its CPU seconds, half as many around its files."""
    rows: list[Row] = []
    night = nights(folder)
    known = {command.name: command for command in night.commands}
    for command in [known[name] for name in only or known]:
        night.undisturbed(command)
        for number in signals:
            row = Row(f"{number.name} in {command.name}", f"over {command.cpu:.1f} CPU seconds after import")
            for point in range(points):
                night.fresh(command)
                ended = _sent(night, command, number, (point + 0.5) / points)
                _judge(row, night, command, ended, number, again=point % OFTEN == 0)
            rows.append(row)
            print(table([row]), *row.unclear, sep="\n", file=sys.stderr, flush=True)
        if signal.SIGKILL in signals:
            rows.append(_around_files(night, command, max(2, points // 2)))
            print(table(rows[-1:]), *rows[-1].unclear, sep="\n", file=sys.stderr, flush=True)
    return rows


def _around_files(night: Night, command: Command, points: int) -> Row:
    """SIGKILL before and after what the command does to files and to the registry."""
    told = night.folder / "moments"
    night.fresh(command)
    ended = night.run(command, partial(at_moment, -1, told))
    if ended.code not in command.codes:
        raise SystemExit(f"{command.name} ends with {ended.code} where its moments are counted:\n{ended.said[-900:]}")
    moments = len(told.read_text()) if told.exists() else 0
    row = Row(f"SIGKILL around a file in {command.name}", f"of {moments} moments")
    for point in range(min(points, moments)):
        night.fresh(command)
        ended = night.run(command, partial(at_moment, moments - 1 - point * moments // points, told))
        _judge(row, night, command, ended, signal.SIGKILL)
    return row


def _judge(
    row: Row, night: Night, command: Command, ended: Ended, number: signal.Signals, *, again: bool = True
) -> None:
    row.tries += 1
    row.codes[ended.code] += 1
    broken = night.broken()
    row.whole += not broken
    differs = _after(night, command) if again else []
    row.same += not differs
    row.unclear += [f"left: {each}" for each in (*broken, *differs)]
    if ANSWERS[number]:
        _answered(row, command, ended, ANSWERS[number])


def _after(night: Night, command: Command) -> list[str]:
    """What is otherwise after the command once more, a day later, than when nothing ever happened."""
    night.a_day_passes()
    ended = night.run(command)
    if ended.code not in (*command.codes, NOTHING):
        return [f"exit {ended.code}: {ended.said[-300:]}"]
    return night.differs(command)


def _answered(row: Row, command: Command, ended: Ended, codes: tuple[int, ...]) -> None:
    clear = ended.code in (*command.codes, *codes) and "Traceback" not in ended.said and "fault of" not in ended.said
    row.clear = (row.clear or 0) + clear
    if not clear:
        row.unclear.append(f"exit {ended.code}: {ended.said[-900:]}")


def _sent(night: Night, command: Command, number: signal.Signals, share: float) -> Ended:
    """A run that gets a signal as a terminal sends it (Ctrl-C), or a scheduler: to both processes, or to one."""
    running = night.start(command, own_group, as_a_command)
    running.wait_for(max(0.02, share * command.cpu))
    waiting = int(running.process.pid or 0)
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(waiting, number) if number == signal.SIGTERM else os.killpg(waiting, number)
    return running.ended()


def own_group() -> None:
    """In the child: a process group of its own, so that a signal to all of it reaches nobody else, and Ctrl-C heard.

    A shell has what it runs in the background ignore Ctrl-C, and so does all that is started there.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def at_moment(point: int, told: Path) -> None:
    """Die at the `point`-th moment around a file or the registry; where never reached, a sign in `told` for each."""
    from pipeline.registry import tracking  # noqa: PLC0415 - in the process that dies

    moments = count()
    told.unlink(missing_ok=True)

    def moment() -> None:
        if next(moments) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        with told.open("a") as file:
            file.write(".")

    def around(owner: Any, name: str) -> None:
        whole: Callable[..., Any] = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            moment()
            result = whole(*arguments, **named)
            moment()
            return result

        setattr(owner, name, call)

    whole_replace = Path.replace

    def replace(self: Path, target: str | Path) -> Path:
        if "cache" in self.parts:
            return whole_replace(self, target)
        moment()
        there = whole_replace(self, target)
        moment()
        return there

    Path.replace = replace  # type: ignore[method-assign]
    for name in ("log_numbers", "log_data", "log_files", "log_model"):
        around(tracking, name)
    for name in ("_register", "point", "drop", "mark", "log", "log_check"):
        around(tracking.Tracking, name)
