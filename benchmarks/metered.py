"""Steps within a run: CPU and wall seconds and peak memory by step, and by step within a step.

A step is a function that is measured wherever it is called. Peak memory is the most that was resident while it ran,
steps within it included: Linux forgets the highest mark of a process on request, so that each step has its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks.clock import cpu_seconds

FORGET_PEAK = "5"
"""What `clear_refs` in Linux's /proc takes for a request to forget the highest mark of resident memory."""
TRIFLE = 0.002
"""Steps below this share of the CPU of the whole are left out of the table."""

WORTH_A_LINE = 5.0
"""CPU seconds from which a step that ends is told on stderr."""


@dataclass
class Step:
    """Seconds of CPU (all threads) and wall, GiB resident at most and at the end, and how often; all inclusive."""

    cpu: float = 0.0
    wall: float = 0.0
    peak: float = 0.0
    calls: int = 0


@dataclass
class Meter:
    """Steps by path: ("training", "fit", "trees") is what trees took within fitting within training."""

    steps: dict[tuple[str, ...], Step] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _peaks: list[float] = field(default_factory=lambda: [0.0])

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what happens inside to the step called `name`, within those that are open."""
        self._open.append(name)
        found = self.steps.setdefault(tuple(self._open), Step())
        self._mark()
        self._peaks.append(0.0)
        cpu, wall = cpu_seconds(), perf_counter()
        try:
            yield
        finally:
            spent = cpu_seconds() - cpu
            found.cpu += spent
            found.wall += perf_counter() - wall
            found.calls += 1
            self._mark()
            peak = self._peaks.pop()
            found.peak = max(found.peak, peak)
            self._peaks[-1] = max(self._peaks[-1], peak)
            self._tell(spent, found)
            self._open.pop()

    def _mark(self) -> None:
        """Add the highest mark since the last one to the step that is open, and begin a new one."""
        self._peaks[-1] = max(self._peaks[-1], resident("VmHWM"))
        Path("/proc/self/clear_refs").write_text(FORGET_PEAK)

    def _tell(self, spent: float, step: Step) -> None:
        """A line on stderr, for those who wait: what a long step has cost until now."""
        if spent >= WORTH_A_LINE:
            path, size = " / ".join(self._open), f"{step.peak:.2f} GiB"
            print(f"{path}: {step.cpu:.1f} CPU s, {step.wall:.1f} s, {size}", file=sys.stderr, flush=True)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, counted as a step."""

        @wraps(function)
        def measured(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return function(*arguments, **named)

        return measured

    def table(self) -> str:
        """A line a step, indented by what it lies in."""
        whole = sum(step.cpu for path, step in self.steps.items() if len(path) == 1) or 1.0
        lines = [f"{'step':<46}{'CPU s':>9}{'share':>8}{'wall s':>9}{'GiB':>7}{'calls':>7}"]
        for path, step in self.steps.items():
            if step.cpu >= TRIFLE * whole:
                name = "  " * (len(path) - 1) + path[-1]
                share = f"{step.cpu / whole:.1%}"
                lines.append(f"{name:<46}{step.cpu:>9.2f}{share:>8}{step.wall:>9.2f}{step.peak:>7.2f}{step.calls:>7}")
        return "\n".join(lines)

    def summary(self) -> dict[str, dict[str, float]]:
        """JSON-able."""
        return {" / ".join(path): dict(vars(step)) for path, step in self.steps.items()}


@contextmanager
def metered(meter: Meter, parts: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Measure functions, each given as "module:name" or "module:Class.name", as the step beside it."""
    with ExitStack() as stack:
        for place, name in parts:
            module, _, attribute = place.partition(":")
            *owners, last = attribute.split(".")
            owner: Any = importlib.import_module(module)
            for each in owners:
                owner = getattr(owner, each)
            plain = vars(owner)[last]
            made = classmethod if isinstance(plain, classmethod) else lambda function: function
            inner = plain.__func__ if isinstance(plain, classmethod) else plain
            stack.enter_context(patch.object(owner, last, made(meter.timed(name, inner))))
        yield


def resident(mark: str) -> float:
    """GiB of this process: VmRSS now, VmHWM at most since the mark was forgotten."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{mark}:")) / 2**20
