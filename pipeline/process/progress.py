"""How far long work is, as lines of the log: which part of it is at work, and now and then how much of that is done.

Parts lie within each other, and a line names them from the outermost on: "churn: ageing: 600 trees grown". Nothing has
to be handed down for it, as for every other line of the log: who does not follow the log sees nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pipeline.process.log_lines import say

STEPS = 10
"""A line is due at every tenth that is done,"""
SECONDS, FEWEST_SECONDS = 10.0, 1.0
"""and so long after the one before; two are never nearer to each other than the second of these."""
_WITHIN: ContextVar[tuple[str, ...]] = ContextVar("parts at work", default=())


@contextmanager
def stage(name: str, share: float | None = None) -> Iterator[None]:
    """Say that a part of the work begins, and with `share` how much of the whole, 0 to 1, came before it.

    Around a block, or as `@stage("ageing")` around a function; what is said inside is said of this part.
    """
    before = _WITHIN.set((*_WITHIN.get(), name))
    try:
        _tell("", share)
        yield
    finally:
        _WITHIN.reset(before)


def following(what: str) -> Callable[[float], None]:
    """Takes the share (0 to 1) of `what` that is done, as often as one likes, and says it where a line is due."""
    pace = _Pace(time.monotonic())

    def told(share: float) -> None:
        if pace.is_due(share):
            _tell(what, share)

    return told


def counting(what: str) -> Callable[[], None]:
    """Takes note of one more of `what`, and says how many there are where a line is due: "600 trees grown"."""
    pace, done = _Pace(time.monotonic()), 0

    def told() -> None:
        nonlocal done
        done += 1
        if pace.is_due(0):
            _tell(f"{done:,} {what}")

    return told


@dataclass
class _Pace:
    """When the last line was said (seconds of a clock that only runs on), and of which share."""

    said: float
    share: float = 0.0

    def is_due(self, share: float) -> bool:
        """Whether a line is due; if so, it counts as said."""
        now = time.monotonic()
        waited = now - self.said
        if waited < FEWEST_SECONDS or (waited < SECONDS and int(share * STEPS) <= int(self.share * STEPS)):
            return False
        self.said, self.share = now, share
        return True


def _tell(what: str, share: float | None = None) -> None:
    named = ": ".join((*_WITHIN.get(), *filter(None, [what])))
    done = {} if share is None else {"share": round(share, 3)}
    say(named if share is None else f"{share:4.0%}  {named}", message=named, **done)
