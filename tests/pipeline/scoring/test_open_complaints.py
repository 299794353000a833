"""Severe complaints that nobody has settled, by the day of the oldest."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from features.engine.plan import Population, build
from features.engine.store import LineStore, day_number
from features.history import History
from pipeline.scoring.open_complaints import severe_complaints_since

CUTOFF = date(2024, 6, 1)
ORDERS = (90, 60, 30)
SILENCE = tuple(feature for feature in FEATURES if feature.name == "days_since_last_order")
Contact = tuple[str, int, float | None, int | None]
"""Kind, days before the cutoff, severity, and days before the cutoff at which it was settled."""


def day(ago: int | None) -> date | None:
    return None if ago is None else CUTOFF - timedelta(days=ago)


def store_of(contacts: list[Contact] | None, *, without: str = "") -> LineStore:
    """Two customers with the same orders; the contacts are of the second."""
    who = [name for name in ("ann", "bob") for _ in ORDERS]
    lines = {
        "customer_id": pa.array(who).dictionary_encode(),
        "order_id": pa.array([f"{name}{ago}" for name in ("ann", "bob") for ago in ORDERS]).dictionary_encode(),
        "ordered_on": pa.array([day(ago) for ago in ORDERS * 2], pa.date32()),
    }
    if contacts is None:
        return LineStore.from_history(History(pa.table(lines)))
    said = {
        "customer_id": pa.array(["bob"] * len(contacts), pa.string()).dictionary_encode(),
        "happened_on": pa.array([day(ago) for _, ago, _, _ in contacts], pa.date32()),
        "kind": pa.array([kind for kind, *_ in contacts], pa.string()).dictionary_encode(),
        "severity": pa.array([severity for _, _, severity, _ in contacts], pa.float64()),
        "resolved_on": pa.array([day(settled) for *_, settled in contacts], pa.date32()),
    }
    said.pop(without, None)
    return LineStore.from_history(History(pa.table(lines), optional={"interactions": pa.table(said)}))


CASES: dict[str, tuple[list[Contact] | None, int | None]] = {
    "no table": (None, None),
    "no contact": ([], None),
    "open": ([("complaint", 10, 4.0, None)], 10),
    "the day before": ([("complaint", 1, 5.0, None)], 1),
    "not known yet": ([("complaint", 0, 5.0, None)], None),
    "not severe": ([("complaint", 10, 3.0, None)], None),
    "severity unknown": ([("complaint", 10, None, None)], None),
    "no complaint": ([("ticket", 10, 5.0, None)], None),
    "settled": ([("complaint", 10, 5.0, 1)], None),
    "settled on the cutoff, which is not known yet": ([("complaint", 10, 5.0, 0)], 10),
    "the oldest of two": ([("complaint", 10, 5.0, None), ("complaint", 40, 5.0, None)], 40),
    "one of two settled": ([("complaint", 10, 5.0, None), ("complaint", 40, 5.0, 20)], 10),
    "two years back": ([("complaint", 730, 5.0, None)], 730),
    "forgotten": ([("complaint", 731, 5.0, None)], None),
}


@pytest.mark.parametrize(("contacts", "ago"), CASES.values(), ids=CASES.keys())
def test_who_waits_since_when(contacts: list[Contact] | None, ago: int | None) -> None:
    assert since(store_of(contacts)) == [None, None if ago is None else day_number(CUTOFF) - ago]


@pytest.mark.parametrize("column", ["severity", "resolved_on"])
def test_without_a_column_nothing_is_known_to_be_open(column: str) -> None:
    assert since(store_of([("complaint", 10, 5.0, None)], without=column)) == [None, None]


def since(store: LineStore) -> list[int | None]:
    matrix = build(store, (CUTOFF,), SILENCE, horizon_days=90, population=Population(3, 365))
    return [None if np.isnan(each) else int(each) for each in severe_complaints_since(store, matrix)]
