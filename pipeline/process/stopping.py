"""Being asked to stop, by SIGTERM (systemd, containers, batch systems) or by Ctrl-C: a clean end, not a fault.

Whatever is being written is taken away, locks are given back, and finished buckets stay for the next run.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 128 + signal.SIGTERM
"""The exit code of a command that was asked to stop, as shells count it: 143."""
INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that was ended by Ctrl-C: 130."""
AT_ONCE = 2.0
"""Seconds. Asked again so soon, an end that has begun goes on undisturbed: some ask every process of a group."""

SOON = 0.05
"""Seconds after which a request that came within a callback of a library, where nothing can be raised, is repeated."""


class Stopped(BaseException):
    """The process was asked to stop; like KeyboardInterrupt no `Exception`, so that nobody takes it for a failure."""


ENDS: dict[signal.Signals, type[BaseException]] = {signal.SIGTERM: Stopped, signal.SIGINT: KeyboardInterrupt}
"""How each request ends the work."""


def without_a_word() -> None:
    """Let Ctrl-C end the process at once, as long as nothing has begun: Python would print where it was.

    Where Ctrl-C is to be ignored, as of what a shell runs in the background, or somebody else listens, that stays.
    """
    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the work inside by `ENDS`, however a library called meanwhile puts it.

    DuckDB, for one, turns what a handler raises into an error of its query. In another thread than the main one, which
    alone may say what signals do, they keep their meaning; so does a Ctrl-C that is to be ignored.

    Raises:
        Stopped: SIGTERM came.
        KeyboardInterrupt: SIGINT came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[tuple[float, int]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append((time.monotonic(), number))
        if len(asked) == 1 or asked[-1][0] - asked[-2][0] > AT_ONCE:
            raise ENDS[signal.Signals(number)]

    heard = [number for number in ENDS if number == signal.SIGTERM or signal.getsignal(number) != signal.SIG_IGN]

    def swallowed(found: sys.UnraisableHookArgs) -> None:
        again = next((number for number, kind in ENDS.items() if found.exc_type is kind), None)
        if again is None:
            hook(found)
            return
        asked.clear()  # nothing has begun to end: ask again, once the callback is left
        threading.Timer(SOON, os.kill, (os.getpid(), again)).start()

    before = {number: signal.signal(number, stop) for number in heard}
    hook, sys.unraisablehook = sys.unraisablehook, swallowed
    try:
        yield
    except BaseException:
        if asked:
            raise ENDS[signal.Signals(asked[0][1])] from None
        raise
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
