"""A process that waits for the one that does the work, and says what happened where that one can speak no more.

Where memory is refused, native libraries end the process that they are in, and where it runs out, the system ends the
largest: neither leaves a word. The one that waits is small, hears of it, and says it like every other problem.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType

from features.errors import Problem
from pipeline.process.machine import KEPT, MachineProblem
from pipeline.process.run_id import run_id
from pipeline.process.stopping import INTERRUPTED, STOPPED

FORWARDED = (signal.SIGTERM, signal.SIGHUP)
"""Requests that are meant for the work, handed on at once. Ctrl-C reaches both processes by itself."""
LATER = 1.0
"""Seconds after which an interrupt is handed on if the work still goes on: it was sent to the one that waits alone.
Work that has heard it takes no notice of another so soon, see `stopping.AT_ONCE`.
"""
ASKED = {signal.SIGTERM: STOPPED, signal.SIGINT: INTERRUPTED}
"""The exit codes of work that was asked to end, whatever the end was like: some libraries are aborted by it."""
DIE_WITH_PARENT = 1
"""The number of PR_SET_PDEATHSIG in Linux's prctl."""
CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
LOADER = 127
"""How glibc ends a process that lacks the memory to load a library or to begin a thread."""
ENOUGH = "as much memory as the history needs, or a limit that moorings knows of"
LESS = "set [history] memory_limit_gb so that order lines are read in parts, or allow more memory"


def guarded(work: Callable[[], int]) -> int:
    """Do `work` in a process of its own, and wait for it. Where the one that waits is killed, the work dies with it.

    Where processes cannot be forked, or other threads run already, the work is done here.

    Returns:
        The exit code, in both processes: each has to end with it.

    Raises:
        MachineProblem: the work was ended by force; in the process that waits.
        Problem: of the work, in its own process.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return work()
    run_id()  # both speak of the same run
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    waiting = os.getpid()
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, (*FORWARDED, signal.SIGINT))  # until somebody listens
    child = os.fork()
    if child:
        return _waited_for(child, heard)
    signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    _die_with(waiting)
    return work()


def _waited_for(child: int, heard: Iterable[int]) -> int:
    """The exit code of a process, once it has ended; what it is asked meanwhile is handed on.

    `heard`: the mask of signals from before those to hand on were held back.
    """
    asked: list[int] = []
    timers: list[threading.Timer] = []

    def ask(number: int) -> None:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(child, number)

    def hand_on(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        if number in FORWARDED:
            ask(number)
        else:
            timers.append(threading.Timer(LATER, ask, (number,)))
            timers[-1].start()

    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    before = {number: signal.signal(number, hand_on) for number in FORWARDED}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else hand_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    try:
        _, status = os.waitpid(child, 0)
    finally:
        for timer in timers:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
    return _told(os.waitstatus_to_exitcode(status), asked)


def _told(code: int, asked: list[int]) -> int:
    """The exit code of work that ended with `code` after it had been `asked` to end by these signals."""
    if code >= 0 and code != LOADER:
        return code
    for number, told in ASKED.items():
        if number in asked or code == -number:  # before anybody listened, or in a library that it aborts
            return told
    raise ended_by(code)


def _die_with(parent: int) -> None:
    """Be killed when `parent` is, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it was faster
            os.kill(os.getpid(), signal.SIGKILL)


def ended_by(code: int) -> Problem:
    """What to tell of work that was ended by a signal, a negative `code`, or by the system's loader of libraries."""
    crashed = code == LOADER or -code in CRASHES
    told = f"signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"exit code {code}"
    return MachineProblem(
        "The work was ended within a library." if crashed else "The work was killed.",
        where=f"the process that did it, {told}",
        got="most likely memory that was refused to it, or a file that changed while it was read"
        if crashed
        else "an end from outside: by hand, by a batch system, or by the system because memory ran out",
        expected=ENOUGH,
        todo=f"{LESS}; {KEPT}",
    )
