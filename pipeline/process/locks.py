"""Locks between processes on one machine: held by the operating system, so a killed process leaves none behind."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
def locked(path: Path, busy: str = "", *, passing: bool = False) -> Iterator[None]:
    """Hold the lock file `path`, made where missing.

    Args:
        path: one file per thing that only one process may do at a time.
        busy: what somebody else is doing when the lock is taken. Empty: wait for it, but not for ever.
        passing: the file is of a thing that is done once, such as a date, and is taken away afterwards.

    Raises:
        BusyProblem: the lock is taken and `busy` is not empty, or somebody has held it for `PATIENCE`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _held(path, busy):
        try:
            yield
        finally:
            if passing:
                with suppress(OSError):  # it does no harm
                    path.unlink(missing_ok=True)  # while it is still held


def _held(path: Path, busy: str) -> TextIOWrapper:
    """The lock file `path`, open and taken.

    Who waited for a file that was taken away meanwhile holds the lock of nothing: two would be let in.
    """
    while True:
        handle = path.open("a")
        try:
            if busy and not _taken(handle):
                raise _busy(f"Another process is {busy}.", path, "wait for it to end; nothing was changed by this run")
            if not busy:
                _wait(handle, path)
            if _is_of(handle, path):
                return handle
        except BaseException:
            handle.close()
            raise
        handle.close()


def _is_of(handle: TextIOWrapper, path: Path) -> bool:
    """Whether an open file is still the one of its name."""
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False


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
