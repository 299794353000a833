"""One order for people, wherever customers are listed."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from pipeline.contract.reading_order import SAID, in_order, spoken_with, to_do_now, to_speak_with_now
from pipeline.export.export import Edition, export_newest
from pipeline.export.store import PredictionStore
from pipeline.scoring.outcome import worth_a_call
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

COMPLAINS = {"complaint_since": date(2024, 3, 1)}
NOW = {"play_status": "act", "act_now": True}
ROWS: dict[str, dict[str, object]] = {
    "drifts, to call now": {**NOW, "play": "recover", "state": "drifting", "value_at_risk": 2.0},
    "drifts, to call now, less at risk": {**NOW, "play": "recover", "state": "drifting", "value_at_risk": 1.0},
    "complains, of whom all else is withheld": {
        "play": "recover", "play_status": "holdout", "act_now": True, "state": "captive", "value_at_risk": 0.5,
        **COMPLAINS,
    },
    "a key account that is safe, to speak with now": {
        **NOW, "play": "serve_at_low_cost", "key_account": True, "state": "transactional", "value_at_risk": 90.0,
    },
    "a partner, to speak with now": {**NOW, "play": "build_together", "state": "partner", "value_at_risk": 3.0},
    "held out": {"play": "recover", "play_status": "holdout", "act_now": False, "value_at_risk": 80.0},
    "at an occasion": {"play": "recover", "play_status": "act", "act_now": False, "value_at_risk": 70.0},
    "by mail, now": {**NOW, "play": "serve_at_low_cost", "state": "drifting", "value_at_risk": 60.0},
    "of an export before there was act_now": {"play": "recover", "play_status": "act", "value_at_risk": 50.0},
}  # fmt: skip
"""In the order they are read."""
TABLE = predictions(
    *(prediction(name, 0.5, 1 + place, **row) for place, (name, row) in enumerate(ROWS.items())),
    prediction("unknown value, likelier", 0.9, 20),
    prediction("unknown value", 0.8, 21),
    prediction("asleep for long", None, status="lapsed"),
    prediction("all too new", None),
)
READ = [*ROWS, "unknown value, likelier", "unknown value", "asleep for long", "all too new"]


@pytest.mark.parametrize(
    "rows", [list(range(13)), list(reversed(range(13))), [5, 3, 11, 0, 8, 1, 9, 12, 2, 10, 4, 7, 6]]
)
def test_the_order_whatever_the_order_they_come_in(rows: list[int]) -> None:
    found = in_order(TABLE.take(rows))
    assert found.column("customer_id").to_pylist() == READ
    assert found.schema == TABLE.schema


def test_equals_go_by_customer() -> None:
    twins = predictions(prediction("b", 0.5, None), prediction("a", 0.5, None))
    assert in_order(twins).column("customer_id").to_pylist() == ["a", "b"]


def test_whom_somebody_speaks_with() -> None:
    assert to_speak_with_now(TABLE).to_pylist() == [True] * 5 + [False] * 8
    assert to_do_now(TABLE).to_pylist() == [True] * 5 + [False] * 2 + [True] * 2 + [False] * 4
    assert spoken_with(TABLE).to_pylist() == [True] * 7 + [False, True] + [False] * 4


def test_every_list_has_the_same_order(tmp_path: Path) -> None:
    store, folder = PredictionStore(tmp_path / "store"), tmp_path / "export"
    store.write(TABLE.take(list(reversed(range(13)))), CUTOFF)
    export_newest(store, folder, Edition())
    assert names(pq.read_table(folder / "predictions.parquet")) == READ
    assert names(arrow_csv.read_csv(folder / "predictions.csv")) == READ
    sheet = openpyxl.load_workbook(folder / "predictions.xlsx").worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == READ
    said = re.search(r'id="data">(.*?)</script>', (folder / "predictions.html").read_text(encoding="utf-8"))
    assert said is not None
    page = json.loads(said[1])
    assert [page["strings"][number] for number in page["columns"]["customer_id"]["values"]] == READ


@pytest.mark.parametrize("count", [3, 5, 9])
def test_the_terminal_names_the_first_of_them_and_nobody_who_can_wait(count: int) -> None:
    assert [row["customer_id"] for row in worth_a_call(TABLE, count)] == READ[: min(count, 5)]


def names(table: pa.Table) -> list[str]:
    return table.column("customer_id").to_pylist()


def test_sheet_and_page_say_the_order(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "store")
    store.write(TABLE, CUTOFF)
    export_newest(store, tmp_path, Edition())
    about = openpyxl.load_workbook(tmp_path / "predictions.xlsx").worksheets[1]
    assert ("Order of the rows", SAID) in [(row[0].value, row[1].value) for row in about.iter_rows()]
    assert f"As the list begins: f{SAID[1:]}" in (tmp_path / "predictions.html").read_text(encoding="utf-8")
