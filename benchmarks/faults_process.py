"""Processes of the faults campaign: how a command is run, how far it is, and how it ended."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

PARTS = ("where:", "got:", "expected:", "do:")
"""What every message of a problem has."""
FORK = multiprocessing.get_context("forkserver")


def direct(arguments: list[str]) -> int:
    """The command in this very process, so that what is done to the process is done to the work."""
    from pipeline.cli import main  # noqa: PLC0415 - in the process that may die

    return main(arguments)


def as_a_command(arguments: list[str]) -> int:
    """The command as it is called from a shell: one process waits for another that works."""
    from pipeline.cli import main  # noqa: PLC0415 - in the process that may die

    sys.argv = ["moorings", *arguments]
    return main()


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, negative for a signal, what it said on stderr, CPU seconds if it lived."""

    code: int
    said: str
    cpu: float = 0.0

    def clear(self, codes: Sequence[int]) -> bool:
        """Whether it ended by one of these codes and, unless that is a success, said all parts of a problem."""
        words = () if self.code in (0, 143) else PARTS
        crashed = "Traceback" in self.said or "fault of the program" in self.said
        return self.code in codes and not crashed and all(word in self.said for word in words)


@dataclass
class Running:
    """A scoring process that has been started, and where its stderr goes."""

    process: BaseProcess
    log: Path

    @property
    def worker(self) -> int:
        """The number of the process that works: its child, where it was begun as a command and waits for one."""
        here = int(self.process.pid or 0)
        with suppress(OSError):
            children = Path(f"/proc/{here}/task/{here}/children").read_text().split()
            return int(children[0]) if children else here
        return here

    def spent(self) -> float:
        """CPU seconds so far; infinite once it has ended. Linux derives the clock of a process from its number."""
        try:
            return time.clock_gettime((~self.worker << 3) | 2)
        except OSError:
            return float("inf")

    def wait_for(self, cpu: float) -> None:
        """Return when it has used so many CPU seconds, or has ended."""
        while self.process.exitcode is None and self.spent() < cpu:
            time.sleep(0.001)

    def ended(self) -> Ended:
        """Wait for its end."""
        self.process.join()
        spent = self.log.with_suffix(".cpu")
        cpu = float(spent.read_text()) if spent.exists() else 0.0
        return Ended(int(self.process.exitcode or 0), self.log.read_text(errors="replace"), cpu)


def perform(
    arguments: list[str],
    log: Path,
    fault: Callable[[], None] | None = None,
    run: Callable[[list[str]], int] = direct,
) -> None:
    """In the child: stdout and stderr into `log`, the fault, the command; then the CPU seconds beside the log."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(target, stream)
    if fault is not None:
        fault()
    code = run(arguments)
    log.with_suffix(".cpu").write_text(str(time.process_time()))
    sys.stderr.flush()
    os._exit(code)
