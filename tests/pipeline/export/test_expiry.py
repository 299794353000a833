"""Old cutoffs and replaced files go when the rule says so, and never under the hands of a reader."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from features.errors import UsageProblem
from pipeline.export import expiry
from pipeline.export.expiry import check_kept, expire
from pipeline.export.store import PredictionStore
from pipeline.process.locks import locked
from pipeline.settings.training import Storage
from tests.pipeline.prediction_rows import prediction, predictions

DAYS = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]


def rule(cutoffs: int = 0, replaced: int = 7) -> Storage:
    return Storage.model_construct(keep_cutoffs_days=cutoffs, keep_replaced_days=replaced)


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    found = PredictionStore(tmp_path / "predictions")
    for day in DAYS:
        found.write(predictions(prediction("a", cutoff=day)), day)
    return found


def files(store: PredictionStore) -> set[str]:
    return {path.name for path in store.folder.rglob("*.parquet") if "_delta_log" not in path.parts}


@pytest.mark.parametrize(("kept", "left"), [(0, DAYS), (60, DAYS), (59, DAYS[1:]), (30, DAYS[2:]), (1, DAYS[2:])])
def test_cutoffs_are_kept_for_days_before_the_newest(store: PredictionStore, kept: int, left: list[date]) -> None:
    gone = expire(store, rule(kept))
    assert store.cutoffs() == tuple(left)
    assert gone == tuple(day for day in DAYS if day not in left)


def test_lock_files_that_earlier_versions_left_go_and_one_that_is_held_stays(store: PredictionStore) -> None:
    left = [store.lock(name) for name in ("2023-05-31", "2023-05-31.scoring", "commit")]
    held, others = store.lock("2024-06-30.scoring"), store.folder.with_name(".other.2023-05-31.lock")
    for path in (*left, others):
        path.touch()
    with locked(held, passing=True):
        expire(store, rule())
        assert [path.name for path in (*left, held, others) if path.exists()] == [
            path.name for path in (left[2], held, others)
        ]


def test_again_there_is_nothing_to_take_away_and_no_commit(store: PredictionStore) -> None:
    expire(store, rule(30))
    before = store.version()
    assert expire(store, rule(30)) == ()
    assert store.version() == before


def test_a_reader_in_the_middle_reads_on(store: PredictionStore) -> None:
    opened = DeltaTable(str(store.folder)).file_uris()
    for probability in (0.5, 0.75):
        store.write(predictions(prediction("a", probability, cutoff=DAYS[0])), DAYS[0])
    expire(store, rule(30, replaced=1))
    assert sum(pq.read_table(file, partitioning=None).num_rows for file in opened) == len(DAYS)


def test_files_replaced_long_ago_go_and_those_in_use_stay(store: PredictionStore) -> None:
    store.write(predictions(prediction("a", 0.5, cutoff=DAYS[0])), DAYS[0])
    replaced = files(store)
    expire(store, rule(replaced=0))
    assert len(replaced - files(store)) == 1
    assert [store.read(day).num_rows for day in DAYS] == [1, 1, 1]


def test_replaced_files_are_kept_for_whole_days(store: PredictionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    monkeypatch.setattr(expiry, "_vacuum", lambda store, hours: kept.append(hours))
    expire(store, rule(replaced=7))
    assert kept == [168]


def test_a_date_that_would_not_be_kept_is_refused(store: PredictionStore) -> None:
    check_kept(store, rule(31), DAYS[1])
    with pytest.raises(UsageProblem, match="a date from 2024-02-29 on: the newest in the store is 2024-03-31"):
        check_kept(store, rule(31), DAYS[0])
    check_kept(PredictionStore(store.folder.parent / "none"), rule(31), DAYS[0])
