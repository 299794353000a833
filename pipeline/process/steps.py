"""What each step of a run costs, in CPU seconds of all threads: printed at its end, so that a slow step is seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.process.progress import stage


@dataclass
class Steps:
    """CPU seconds by step, in the order of their beginning; a step may come several times."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Say that the step called `name` begins, and count what happens inside to it."""
        began = time.process_time()
        try:
            with stage(name):
                yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - began

    def text(self) -> str:
        """Each step with its share of the whole: "reading 0.5 s (20%), features 2.0 s (80%)"."""
        whole = sum(self.seconds.values()) or 1.0
        return ", ".join(f"{name} {spent:.1f} s ({spent / whole:.0%})" for name, spent in self.seconds.items())
