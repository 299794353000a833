"""CPU and wall seconds by stage, and the machine they were measured on."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass, field
from time import perf_counter


@dataclass
class Clock:
    """CPU and wall seconds by stage, since the end of the stage before."""

    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    before: tuple[float, float] = (0.0, 0.0)

    def start(self) -> None:
        self.before = cpu_seconds(), perf_counter()

    def stage(self, name: str) -> None:
        now = cpu_seconds(), perf_counter()
        self.cpu[name], self.wall[name] = now[0] - self.before[0], now[1] - self.before[1]
        self.start()


def cpu_seconds() -> float:
    """User and system seconds of all threads of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
