"""Locks between processes on one machine: held by the operating system, so a killed process leaves none behind."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from features.errors import BusyProblem


@contextmanager
def locked(path: Path, busy: str = "") -> Iterator[None]:
    """Hold the lock file `path`, made where missing.

    Args:
        path: one file per thing that only one process may do at a time. It stays: taking it away while others
            wait for it would let two of them in.
        busy: what somebody else is doing when the lock is taken. Empty: wait for it.

    Raises:
        BusyProblem: the lock is taken and `busy` is not empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise BusyProblem(
                f"Another process is {busy}.",
                where=str(path),
                got="a lock that is held",
                expected="one process at a time",
                todo="wait for it to end; nothing was changed by this run",
            ) from None
        yield
