"""Whatever grows with rows and columns asks for room, and says when what it wrote may be put away."""

import numpy as np
import pytest
from customers import Line
from histories import ANYBODY, busy_supplier, day, to_store

from features.catalogue import FEATURES
from features.engine import plan
from features.engine.plan import build
from features.engine.room import InMemory

CUTOFFS = (day(-31), day(0), day(3))


class Counted(InMemory):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.arrays, self.settled = [], 0

    def empty(self, shape, kind, order="C"):
        self.arrays.append(super().empty(shape, kind, order))
        return self.arrays[-1]

    def settle(self) -> None:
        self.settled += 1


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return busy_supplier(customers=32)


def counted(lines, **arguments) -> tuple[Counted, plan.Matrix]:
    room = Counted()
    matrix = build(to_store(lines), CUTOFFS, FEATURES, horizon_days=90, population=ANYBODY, room=room, **arguments)
    return room, matrix


def test_the_matrix_and_what_cohorts_are_computed_of_lie_in_the_room(lines):
    room, matrix = counted(lines)
    assert any(matrix.values is array for array in room.arrays) and len(room.arrays) > 3
    assert matrix.values.flags.f_contiguous and matrix.values.dtype == np.float32


def test_chunks_are_put_away_as_they_come(monkeypatch, lines):
    few, _ = counted(lines)
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", 1)
    monkeypatch.setattr(plan, "CHUNKS_TO_SETTLE", 4)
    many, _ = counted(lines, threads=2)
    customers = len({line.customer for line in lines})
    assert many.settled - few.settled == customers // 4


def test_each_feature_of_a_cohort_is_put_away(lines):
    alone = build(to_store(lines), CUTOFFS, FEATURES, horizon_days=90, population=ANYBODY)
    room, matrix = counted(lines)
    assert room.settled > len(CUTOFFS) and matrix.values.tobytes() == alone.values.tobytes()
