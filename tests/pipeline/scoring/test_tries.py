"""Actions since the last order: what was done in vain."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from features.engine.plan import Population, build
from features.engine.store import LineStore
from features.history import History
from pipeline.scoring import tries
from pipeline.scoring.tries import tries_since_order

CUTOFF = date(2024, 6, 1)
ORDERS = (90, 60, 30)
Action = tuple[int, int, int | None]
"""Days before the cutoff it was done and known, and whether it was withheld."""
SILENCE = tuple(feature for feature in FEATURES if feature.name == tries.SILENCE)


def store_of(actions: list[Action] | None, *, lots: bool = True) -> LineStore:
    """Two customers with the same orders; the actions are of the second."""
    who = [name for name in ("ann", "bob") for _ in ORDERS]
    lines = {
        "customer_id": pa.array(who).dictionary_encode(),
        "order_id": pa.array([f"{name}{days}" for name in ("ann", "bob") for days in ORDERS]).dictionary_encode(),
        "ordered_on": pa.array([CUTOFF - timedelta(days=days) for days in ORDERS * 2], pa.date32()),
    }
    if actions is None:
        return LineStore.from_history(History(pa.table(lines)))
    done = {
        "customer_id": pa.array(["bob"] * len(actions), pa.string()).dictionary_encode(),
        "treated_on": pa.array([CUTOFF - timedelta(days=days) for days, _, _ in actions], pa.date32()),
        "known_on": pa.array([CUTOFF - timedelta(days=days) for _, days, _ in actions], pa.date32()),
        "play": pa.array(["call"] * len(actions), pa.string()).dictionary_encode(),
    }
    if lots:
        done["holdout"] = pa.array([withheld for *_, withheld in actions], pa.int64())
    return LineStore.from_history(History(pa.table(lines), optional={"treatments": pa.table(done)}))


def tries_of(actions: list[Action] | None, *, lots: bool = True) -> list[int]:
    store = store_of(actions, lots=lots)
    matrix = build(store, (CUTOFF,), SILENCE, horizon_days=90, population=Population(3, 365))
    return tries_since_order(store, matrix).tolist()


CASES: dict[str, tuple[list[Action] | None, int]] = {
    "no table": (None, 0),
    "before the last order": ([(200, 200, 0), (31, 31, 0)], 0),
    "on its day: it may have led to it": ([(30, 30, 0)], 0),
    "the day after": ([(29, 29, 0)], 1),
    "the day before the cutoff": ([(1, 1, 0)], 1),
    "on the cutoff": ([(0, 0, 0)], 0),
    "known too late": ([(10, 0, 0)], 0),
    "withheld": ([(20, 20, 1), (10, 10, 0)], 1),
    "not said whether withheld": ([(10, 10, None)], 1),
    "twice on a day": ([(10, 10, 0), (10, 10, 0), (9, 9, 0)], 2),
}


@pytest.mark.parametrize(("actions", "expected"), CASES.values(), ids=CASES.keys())
def test_days_on_which_something_was_done_since_the_last_order(actions: list[Action] | None, expected: int) -> None:
    assert tries_of(actions) == [0, expected]


def test_without_a_word_on_lots_everything_was_done() -> None:
    assert tries_of([(20, 20, 0), (10, 10, 0)], lots=False) == [0, 2]
