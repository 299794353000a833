"""A store of an older version is widened; one whose columns mean something else is refused, with their names."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given
from hypothesis import strategies as st

from features.errors import DataProblem
from pipeline.contract.predictions import BOUNDS, SCHEMA
from pipeline.export.origin import Origin, origin_of
from pipeline.export.store import PredictionStore
from pipeline.export.store_columns import LOG
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

OLD = date(2023, 1, 1)
LATER_ADDED = ("partnership_propensity", "reasons", "peer_group")


def older(folder: Path, schema: pa.Schema) -> PredictionStore:
    """A store as a version without constraints wrote it, with one row at `OLD`."""
    row = {**dict.fromkeys(schema.names), "customer_id": "a", "cutoff": OLD, "status": "new"}
    folder.mkdir()
    DeltaTable.create(str(folder), schema, partition_by=["cutoff"])
    write_deltalake(str(folder), pa.Table.from_pylist([row], schema=schema), mode="append")
    return PredictionStore(folder)


def test_columns_are_added_and_older_rows_are_null_in_them(tmp_path: Path) -> None:
    fewer = pa.schema([field for field in SCHEMA if field.name not in LATER_ADDED])
    store = older(tmp_path / "predictions", fewer)
    store.write(predictions(prediction("b", partnership_propensity=0.5, peer_group="everybody")), CUTOFF)
    (before,), (after,) = store.read(OLD).to_pylist(), store.read(CUTOFF).to_pylist()
    assert [before[name] for name in LATER_ADDED] == [None] * 3
    assert before["customer_id"] == "a"
    assert after["partnership_propensity"] == 0.5


def test_a_widened_store_has_every_constraint(tmp_path: Path) -> None:
    store = older(tmp_path / "predictions", pa.schema([field for field in SCHEMA if field.name != "peer_group"]))
    store.write(predictions(prediction("b")), CUTOFF)
    held = DeltaTable(str(store.folder)).metadata().configuration
    assert {f"delta.constraints.{name}" for name in BOUNDS} | set(LOG) <= set(held)
    with pytest.raises(DataProblem, match="break a constraint"):
        store.write(predictions(prediction("b", 1.5)), CUTOFF)


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        (SCHEMA.set(SCHEMA.get_field_index("churn_rank"), pa.field("churn_rank", pa.string())), "churn_rank is"),
        (SCHEMA.append(pa.field("mood", pa.string())), "mood is unknown"),
    ],
    ids=["changed", "not known any more"],
)
def test_other_columns_are_refused_by_name_and_nothing_is_written(
    tmp_path: Path, schema: pa.Schema, named: str
) -> None:
    store = older(tmp_path / "predictions", schema)
    before = store.version()
    with pytest.raises(DataProblem, match=named):
        store.write(predictions(prediction("b")), CUTOFF)
    assert store.version() == before


def test_a_commit_says_where_its_rows_come_from(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "predictions")
    origin = Origin(CUTOFF, "run 1", "abc", {"churn": "small-churn 1 0f"}, "work", {"Währung": "€"}, "1.0")
    store.write(predictions(prediction("a")), CUTOFF, origin)
    store.write(predictions(prediction("a", cutoff=OLD)), OLD)
    assert store.origin(CUTOFF) == origin
    assert store.origin(date(1999, 1, 1)) is None
    assert "run 1" not in str(store.read(CUTOFF).to_pylist())


TEXTS = st.dictionaries(st.text(), st.text(), max_size=3)


@given(TEXTS, TEXTS, st.text())
def test_what_a_commit_says_reads_back(models: dict[str, str], facts: dict[str, str], fingerprint: str) -> None:
    origin = Origin(CUTOFF, "run", fingerprint, models, "work", facts, "1.0")
    assert origin_of({"operation": "WRITE", **origin.metadata()}) == origin
    assert origin_of({"operation": "DELETE", "moorings.run_id": "run"}) is None


def test_the_same_rows_by_other_work_are_written_down_again(tmp_path: Path) -> None:
    store, rows = PredictionStore(tmp_path / "predictions"), predictions(prediction("a"))
    assert store.write(rows, CUTOFF, Origin(CUTOFF, "1", work="x")) == "written"
    assert store.write(rows, CUTOFF, Origin(CUTOFF, "2", work="x")) == "unchanged"
    assert store.write(rows, CUTOFF, Origin(CUTOFF, "3", work="y")) == "written"
    assert (store.origin(CUTOFF) or Origin(CUTOFF, "")).run_id == "3"


def test_a_customer_with_two_rows_is_refused(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "predictions")
    with pytest.raises(DataProblem, match="whose customer has another one"):
        store.write(predictions(prediction("a"), prediction("a", 0.5)), CUTOFF)
    assert store.cutoffs() == ()
