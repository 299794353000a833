"""Where the CPU of a build goes: seconds per primitive and leaf, per cohort function, and around them.

    python -m benchmarks.feature_engine --profile 24

One thread, so that every second belongs to somebody. Leaves that go through the history together share a line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from time import thread_time
from typing import Any
from unittest.mock import patch

from benchmarks import order_lines
from benchmarks.clock import cpu_seconds
from features import cohort
from features.catalogue import computable
from features.engine import draft, leaf_values, plan, primitives, primitives_of_tables
from features.engine.store import LineStore
from features.engine.table_pass import TablePass

FEW_CUSTOMERS = 300
AROUND = {
    "status": (plan, "_status"),
    "market": (plan, "with_market"),
    "events": (leaf_values, "roll_up"),
    "purchased lines": (primitives_of_tables, "purchased"),
    "boundaries": (primitives.Pass, "boundary"),
    "boundaries of tables": (TablePass, "_boundary"),
    "programs": (draft.Program, "run"),
    "leaves, around": (plan, "asked_values"),
    "chunks, around": (plan, "_answer"),
    "features of cohorts": (plan, "add_cohort_features"),
    "cohorts: fit": (cohort, "fit_bg_nbd"),
}
"""What is measured besides primitives and cohort functions; what is called from within one of these counts there."""


class Meter:
    """CPU seconds of one thread by name; a part that runs within another is counted once, in the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, name: Callable[..., str], function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, its seconds counted under the `name` of its arguments."""

        def measured(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            before = thread_time()
            try:
                return function(*arguments, **named)
            finally:
                whole = thread_time() - before
                self.seconds[name(*arguments, **named)] += whole - self._inner.pop()
                self._inner[-1] += whole

        return measured

    def table(self, whole: float) -> str:
        """Seconds and shares of `whole` by name, the most expensive first, and what is left."""
        named = sorted(self.seconds.items(), key=lambda pair: -pair[1])
        rows = [*named, ("everything else", whole - sum(self.seconds.values())), ("whole build", whole)]
        return "\n".join(f"{seconds:>8.3f}{seconds / whole:>7.1%}  {name}" for name, seconds in rows)


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Have builds of this process report to `meter`."""
    with ExitStack() as stack:
        for label, (owner, name) in AROUND.items():
            timed = meter.timed(lambda *_, label=label, **__: label, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, timed))
        own = {
            name: replace(primitive, compute=meter.timed(_leaves, primitive.compute))
            for name, primitive in primitives.PRIMITIVES.items()
        }
        stack.enter_context(patch.dict(primitives.PRIMITIVES, own))
        tables = {name: meter.timed(_leaf, compute) for name, compute in primitives_of_tables.PRIMITIVES.items()}
        stack.enter_context(patch.dict(primitives_of_tables.PRIMITIVES, tables))
        functions = {
            name: meter.timed(lambda *_, name=name: f"cohorts: {name}", function)
            for name, function in cohort.COHORT_FUNCTIONS.items()
        }
        stack.enter_context(patch.dict(cohort.COHORT_FUNCTIONS, functions))
        yield


def of_build(store: LineStore, slices: int) -> str:
    """The table of one build of every feature at `slices` monthly cutoffs; compiling is not in it."""
    cutoffs, wanted, meter = order_lines.cutoffs(slices), computable(store), Meter()
    plan.build(store.slice(0, min(FEW_CUSTOMERS, store.customers)), cutoffs, wanted, horizon_days=90)
    with metered(meter):
        before = cpu_seconds()
        plan.build(store, cutoffs, wanted, horizon_days=90)
        return meter.table(cpu_seconds() - before)


def _leaves(_: object, leaves: list[object]) -> str:
    return f"{leaves[0]}" + (f" and {len(leaves) - 1} more" if len(leaves) > 1 else "")


def _leaf(_: object, leaf: object) -> str:
    return str(leaf)
