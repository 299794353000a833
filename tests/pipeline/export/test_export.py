"""Exports read the same in every format, are inert, and are the same bytes when made again."""

import csv
import re
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import UsageProblem
from pipeline.export.export import NAMES, Edition, check_there, export_newest
from pipeline.export.spreadsheet_columns import inert, widened
from pipeline.export.store import PredictionStore
from pipeline.report.workbook import SHARE
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

FACTS = {"Horizon": "90 days"}
EDITION = Edition(facts=FACTS)
EMPTY = PredictionStore(Path("nowhere"))
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "<b>x</b>",
    "a\x00b\x0bc",
    "x" * 40_000,
    'a,"b"\nc',
]


def filled(folder: Path, *rows: dict[str, object]) -> PredictionStore:
    store = PredictionStore(folder / "predictions")
    store.write(predictions(*rows), CUTOFF)
    return store


def sheet(folder: Path) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(folder / NAMES[2])
    return [tuple(cell.value for cell in row) for row in book["customers"].iter_rows()]


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    first = prediction("a", 0.9, 1, value_at_risk=10.0, push_rhythm=0.3)
    return filled(tmp_path, prediction("b", 0.2, 2), first, prediction("n", None))


def test_money_says_over_which_time_it_is_counted(store: PredictionStore, tmp_path: Path) -> None:
    export_newest(store, tmp_path / "export", EDITION)
    titles = sheet(tmp_path / "export")[0]
    assert {f"{money} in the planning period" for money in ("Margin at risk", "Expected margin")} <= set(titles)
    assert "Expected spend in the horizon" in titles


def test_a_date_that_was_not_scored_is_named_with_those_that_were(store: PredictionStore) -> None:
    for there, words in (
        (store, f"for 2020-02-29: .* expected: one of {CUTOFF}"),
        (EMPTY, "2020-02-29.* at least one"),
    ):
        with pytest.raises(UsageProblem) as caught:
            check_there(there, date(2020, 2, 29))
        assert re.search(words, str(caught.value), re.S) and "moorings score --as-of 2020-02-29" in str(caught.value)


def test_every_format_holds_every_customer_in_the_order_of_reading(store: PredictionStore, tmp_path: Path) -> None:
    exported = export_newest(store, tmp_path / "export", EDITION)
    table = pq.read_table(exported.folder / NAMES[0])
    with (exported.folder / NAMES[1]).open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert table.column("customer_id").to_pylist() == ["a", "b", "n"]
    assert [row["customer_id"] for row in rows] == ["a", "b", "n"]
    assert [row[0] for row in sheet(exported.folder)[1:]] == ["a", "b", "n"]
    assert rows[0]["reason_1"] == "Raises: x."
    assert rows[2]["churn_probability"] == ""


def test_again_changes_nothing(store: PredictionStore, tmp_path: Path) -> None:
    first = export_newest(store, tmp_path / "export", EDITION)
    touched = {name: (first.folder / name).stat().st_mtime_ns for name in NAMES}
    assert export_newest(store, tmp_path / "export", EDITION) == first
    assert {name: (first.folder / name).stat().st_mtime_ns for name in NAMES} == touched


def test_the_same_rows_make_the_same_bytes_elsewhere(store: PredictionStore, tmp_path: Path) -> None:
    one, two = (export_newest(store, tmp_path / name, EDITION) for name in ("one", "two"))
    assert one.digests == two.digests
    assert sorted(one.digests) == sorted(NAMES)


def test_a_damaged_export_is_made_again(store: PredictionStore, tmp_path: Path) -> None:
    first = export_newest(store, tmp_path / "export", EDITION)
    (first.folder / NAMES[1]).write_text("half")
    assert export_newest(store, tmp_path / "export", EDITION) == first


def test_an_older_cutoff_does_not_replace_the_newest(store: PredictionStore, tmp_path: Path) -> None:
    earlier = date(2023, 1, 1)
    first = export_newest(store, tmp_path / "export", EDITION)
    store.write(predictions(prediction("old", cutoff=earlier)), earlier)
    assert export_newest(store, tmp_path / "export", EDITION) == first


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text)[:12] for text in HOSTILE])
def test_hostile_text_is_inert(tmp_path: Path, text: str) -> None:
    store = filled(tmp_path, prediction(text, reasons=[text]))
    exported = export_newest(store, tmp_path / "export", EDITION)
    with (exported.folder / NAMES[1]).open(newline="", encoding="utf-8") as lines:
        cell = next(csv.DictReader(lines))["customer_id"]
    assert cell.lstrip()[:1] not in set("=+-@＝")
    found = openpyxl.load_workbook(exported.folder / NAMES[2])["customers"]["A2"]
    assert found.data_type == "s"
    assert len(found.value) <= 32_767
    assert not any(ord(letter) < 32 for letter in found.value + cell)
    assert pq.read_table(exported.folder / NAMES[0]).column("customer_id")[0].as_py() == text


def test_numbers_are_left_alone() -> None:
    table = pa.table({"x": pa.array([-1.5, None]), "text": pa.array(["ok", None])})
    assert inert(table).equals(table)


@pytest.mark.parametrize(
    ("lists", "columns"),
    [([[], []], 4), ([["a"], ["b", "c"]], 4), ([None, ["x"]], 4), ([list("abcde"), ["x"]], 5)],
)
def test_reasons_become_the_same_columns_every_night_unless_somebody_needs_more(
    lists: list[list[str] | None], columns: int
) -> None:
    found = widened(pa.table({"reasons": pa.array(lists, pa.list_(pa.string()))}))
    assert found.column_names == [f"reason_{place + 1}" for place in range(columns)]
    told = [[text for text in row.values() if text is not None] for row in found.to_pylist()]
    assert told == [each or [] for each in lists]


def test_the_sheet_is_ready_to_filter(store: PredictionStore, tmp_path: Path) -> None:
    exported = export_newest(store, tmp_path / "export", EDITION)
    book = openpyxl.load_workbook(exported.folder / NAMES[2])
    customers = book["customers"]
    assert customers.freeze_panes == "B2"
    assert customers.auto_filter.ref.startswith("A1:")
    format_of = {above.value: below.number_format for above, below in zip(customers[1], customers[2], strict=True)}
    assert format_of["Churn probability"] == SHARE and format_of["Churn rank"] == "0"
    assert format_of["Push rhythm"] == "0.00"  # most pushes are below 1: as whole numbers they would all read 0
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert about["As of"] == "2024-05-01"
    assert about["Horizon"] == "90 days"
    assert about["Churn probability"].startswith("chance of leaving")
