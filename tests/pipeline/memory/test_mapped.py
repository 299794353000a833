"""Arrays that find no place in memory lie in files, hold what was written to them, and leave nothing behind."""

import errno
import os
from datetime import date

import numpy as np
import pytest
from suppliers import configured, lines

from features.catalogue import computable
from features.engine import plan
from features.engine.plan import build
from features.engine.store import LineStore
from pipeline.matrices import dataset
from pipeline.matrices.dataset import snapshot
from pipeline.matrices.tasks import churn_task
from pipeline.memory import mapped
from pipeline.memory.mapped import LimitedRoom, from_file, settle
from pipeline.sources.history import read_history

CUTOFFS = [date(2023, 4, 1), date(2023, 6, 1), date(2023, 6, 20)]


@pytest.fixture(autouse=True)
def small_arrays_too(monkeypatch):
    monkeypatch.setattr(mapped, "LEAST_MAPPED", 1)


def in_files() -> int:
    return len(mapped._maps)


def test_arrays_are_in_memory_as_long_as_they_fit(tmp_path):
    room, before = LimitedRoom(tmp_path, 1_000), in_files()
    held = [room.empty((50,), np.float64) for _ in range(4)]
    assert in_files() - before == 2 and len(held) == 4


def test_what_does_not_fit_does_not_keep_out_what_does(tmp_path):
    room, before = LimitedRoom(tmp_path, 1_000), in_files()
    held = [room.empty((size,), np.float64) for size in (200, 100)]
    assert in_files() - before == 1 and len(held) == 2


@pytest.mark.parametrize("order", ["C", "F"])
def test_what_was_written_survives_that_its_memory_is_let_go(tmp_path, order):
    array = LimitedRoom(tmp_path, 0).empty((3, 5_000), np.float32, order)
    assert array.flags["C_CONTIGUOUS" if order == "C" else "F_CONTIGUOUS"] and array.shape == (3, 5_000)
    array[:] = np.arange(15_000, dtype=np.float32).reshape(3, 5_000)
    settle()
    np.testing.assert_array_equal(array, np.arange(15_000).reshape(3, 5_000))


def test_files_have_no_name_and_their_memory_ends_with_the_array(tmp_path):
    before = in_files()
    array = LimitedRoom(tmp_path / "new", 0).empty((10,), np.int32)
    assert [*(tmp_path / "new").iterdir()] == [] and in_files() == before + 1
    del array
    assert in_files() == before


def test_a_full_disk_is_told_of_before_anything_is_written(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="no space left"):
        LimitedRoom(tmp_path, 0).empty((10,), np.int32)


def test_a_file_may_lose_its_name_once_it_is_mapped(tmp_path):
    path = tmp_path / "day"
    np.arange(1_000, dtype=np.int32).tofile(path)
    column = from_file(path, np.int32)
    path.unlink()
    settle()
    np.testing.assert_array_equal(column, np.arange(1_000))


@pytest.fixture
def store(tmp_path) -> LineStore:
    return LineStore.from_history(read_history(configured(tmp_path, lines(customers=40))).history)


@pytest.mark.parametrize("free", [0, 20_000])
def test_a_matrix_in_files_is_the_matrix_in_memory(tmp_path, monkeypatch, store, free):
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", 9)
    wanted, before = computable(store), in_files()
    plain = build(store, CUTOFFS, wanted, horizon_days=30)
    filed = build(store, CUTOFFS, wanted, horizon_days=30, room=LimitedRoom(tmp_path, free), threads=2)
    assert in_files() > before and len(plain.values) and plain.values.tobytes() == filed.values.tobytes()


@pytest.mark.parametrize("cache_gb", [0.0, 1.0])
def test_what_models_learn_from_is_the_same_in_files(tmp_path, monkeypatch, store, cache_gb):
    config = configured(tmp_path, lines(customers=40))
    config = config.model_copy(update={"storage": config.storage.model_copy(update={"cache_gb": cache_gb})})
    task, before = churn_task(config), in_files()
    plain = snapshot(store, CUTOFFS, task, config)
    monkeypatch.setattr(dataset, "room_of", lambda folder, limit: LimitedRoom(folder, 0))
    filed = snapshot(store, CUTOFFS, task, config)
    assert in_files() > before and filed.values.tobytes() == plain.values.tobytes()


class Forgetful(LimitedRoom):
    """Loses what was written the first time it is asked to put it away."""

    def settle(self) -> None:
        super().settle()
        for each in mapped._maps:
            each[:] = bytes(len(each))


def test_a_room_that_loses_what_was_written_would_be_seen(tmp_path, monkeypatch, store):
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", 9)
    kept, lost = (
        build(store, CUTOFFS, computable(store), horizon_days=30, room=room).values.tobytes()
        for room in (LimitedRoom(tmp_path, 0), Forgetful(tmp_path, 0))
    )
    assert kept != lost
