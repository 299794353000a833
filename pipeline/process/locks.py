"""Locks between processes on one machine: held by the operating system, so a killed process leaves none behind."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from features.errors import BusyProblem

logger = logging.getLogger(__name__)
PATIENCE = 3_600.0
"""Seconds to wait for another process. None works so long on what has to be waited for: it hangs, or was stopped."""
SAID_AFTER = 10.0
"""Seconds of waiting after which the log says what is waited for."""
EVERY = 0.05
"""Seconds between two looks."""


@contextmanager
def locked(path: Path, busy: str = "") -> Iterator[None]:
    """Hold the lock file `path`, made where missing.

    Args:
        path: one file per thing that only one process may do at a time. It stays: taking it away while others
            wait for it would let two of them in.
        busy: what somebody else is doing when the lock is taken. Empty: wait for it, but not for ever.

    Raises:
        BusyProblem: the lock is taken and `busy` is not empty, or somebody has held it for `PATIENCE`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        if busy and not _taken(handle):
            raise _busy(f"Another process is {busy}.", path, "wait for it to end; nothing was changed by this run")
        if not busy:
            _wait(handle, path)
        yield


def _taken(handle: TextIOWrapper) -> bool:
    """Take the lock of an open file, if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(handle: TextIOWrapper, path: Path) -> None:
    """Take the lock of an open file as soon as it is free."""
    began, said = time.monotonic(), False
    while not _taken(handle):
        waited = time.monotonic() - began
        if waited > PATIENCE:
            hangs = f"find out who holds it and whether that process hangs: fuser {path}; end it, and run this again"
            raise _busy(f"Another process has held a lock for more than {PATIENCE / 60:.0f} minutes.", path, hangs)
        if waited > SAID_AFTER and not said:
            logger.info("waiting for another process that holds %s", path)
            said = True
        time.sleep(EVERY)


def _busy(what: str, path: Path, todo: str) -> BusyProblem:
    return BusyProblem(what, where=str(path), got="a lock that is held", expected="one process at a time", todo=todo)
