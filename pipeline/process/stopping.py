"""Being asked to stop (SIGTERM, as systemd, containers and batch systems send it): a clean end, not a fault.

Whatever is being written is taken away, locks are given back, and finished buckets stay for the next run.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 128 + signal.SIGTERM
"""The exit code of a command that was asked to stop, as shells count it: 143."""


AT_ONCE = 2.0
"""Seconds. Asked again so soon, an end that has begun goes on undisturbed: some ask every process of a group."""


class Stopped(BaseException):
    """The process was asked to stop; like KeyboardInterrupt no `Exception`, so that nobody takes it for a failure."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end the work inside by `Stopped`, however a library called meanwhile puts it.

    DuckDB, for one, turns what a handler raises into an error of its query. In another thread than the main one, which
    alone may say what signals do, SIGTERM keeps its meaning.

    Raises:
        Stopped: SIGTERM came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1 or asked[-1] - asked[-2] > AT_ONCE:
            raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except BaseException:
        if asked:
            raise Stopped from None
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
