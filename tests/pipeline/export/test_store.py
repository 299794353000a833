"""The prediction store replaces a cutoff in one commit, keeps the others, and refuses what cannot be."""

import multiprocessing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import BusyProblem, DataProblem
from pipeline.contract.predictions import SCHEMA
from pipeline.export.store import PredictionStore
from pipeline.process.locks import locked
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

LATER = date(2024, 6, 1)


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    return PredictionStore(tmp_path / "predictions")


def test_what_was_written_reads_back(store: PredictionStore) -> None:
    table = predictions(prediction("a"), prediction("b", None), prediction("=c", 1.0, 2, value_at_risk=12.5))
    assert store.write(table, CUTOFF) == "written"
    assert store.read(CUTOFF).equals(table.sort_by("customer_id"))
    assert sorted(store.customers(CUTOFF).to_pylist()) == ["=c", "a", "b"]
    assert store.customers(date(1999, 1, 1)).to_pylist() == []
    assert store.read(date(1999, 1, 1)).equals(SCHEMA.empty_table())


def test_a_cutoff_is_replaced_as_a_whole_and_the_others_stay(store: PredictionStore) -> None:
    store.write(predictions(prediction("a"), prediction("b")), CUTOFF)
    store.write(predictions(prediction("a", cutoff=LATER)), LATER)
    store.write(predictions(prediction("c", 0.75)), CUTOFF)
    assert store.cutoffs() == (CUTOFF, LATER)
    assert store.read(CUTOFF).column("customer_id").to_pylist() == ["c"]
    assert store.read(LATER).num_rows == 1


def test_the_same_rows_in_another_order_make_no_commit(store: PredictionStore) -> None:
    rows = [prediction("a"), prediction("b")]
    store.write(predictions(*rows), CUTOFF)
    before = store.version()
    assert store.write(predictions(*reversed(rows)), CUTOFF) == "unchanged"
    assert store.version() == before


def test_one_replacement_is_one_commit(store: PredictionStore) -> None:
    store.write(predictions(prediction("a")), CUTOFF)
    before = store.version()
    store.write(predictions(prediction("b")), CUTOFF)
    assert store.version() == before + 1


def test_a_cutoff_was_first_written_once_however_often_it_is_written_again(store: PredictionStore) -> None:
    assert store.first_written() == {}
    began = datetime.now(UTC) - timedelta(milliseconds=1)
    store.write(predictions(prediction("a")), CUTOFF)
    first = store.first_written()
    store.write(predictions(prediction("b")), CUTOFF)
    store.write(predictions(prediction("a", cutoff=LATER)), LATER)
    found = store.first_written()
    assert (found[CUTOFF], {*found}) == (first[CUTOFF], {CUTOFF, LATER})
    assert began < found[CUTOFF] < found[LATER] <= datetime.now(UTC)


@pytest.mark.parametrize(
    "broken",
    [
        prediction("secret", 1.5),
        prediction("secret", -0.1),
        prediction("secret", 0.5, partnership_propensity=2.0),
        prediction("secret", 0.5, status="lapsed"),
        prediction("secret", 0.5, status="unheard of"),
        prediction("secret", 0.5, customer_id=None),
        prediction("secret", 0.5, cutoff=LATER),
    ],
)
def test_a_row_that_cannot_be_is_refused_without_quoting_it(store: PredictionStore, broken: dict[str, object]) -> None:
    store.write(predictions(prediction("a")), CUTOFF)
    with pytest.raises(DataProblem) as caught:
        store.write(predictions(broken), CUTOFF)
    assert "secret" not in str(caught.value)
    assert store.read(CUTOFF).column("customer_id").to_pylist() == ["a"]


def test_an_empty_store_has_no_cutoffs(store: PredictionStore) -> None:
    assert store.cutoffs() == ()


def test_a_second_writer_of_the_same_cutoff_is_busy(store: PredictionStore) -> None:
    with (
        locked(store.folder.with_name(f".predictions.{CUTOFF}.lock")),
        pytest.raises(BusyProblem, match="writing the predictions of 2024-05-01") as caught,
    ):
        store.write(predictions(prediction("a")), CUTOFF)
    assert caught.value.exit_code == 6


def _write(folder: Path, cutoff: date) -> None:
    PredictionStore(folder).write(predictions(prediction("a", cutoff=cutoff)), cutoff)


@pytest.mark.slow
def test_different_cutoffs_written_at_once_to_a_new_store_all_succeed(tmp_path: Path) -> None:
    cutoffs = [date(2024, month, 1) for month in range(1, 5)]
    fresh = multiprocessing.get_context("spawn")
    writers = [fresh.Process(target=_write, args=(tmp_path / "predictions", cutoff)) for cutoff in cutoffs]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert PredictionStore(tmp_path / "predictions").cutoffs() == tuple(cutoffs)
