"""What becomes of broken rows: a document with `--json`, no data in messages, a quarantine. The corpus: `broken/`."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suppliers import lines, supplier

from pipeline.cli import main

HEADER = "Customer,Order,Date,Item,Pieces,Net\n"
ROW = "C1,O1,2023-01-02,P1,1,10.00\n"
ALL = "[history]\nmax_quarantined_share = 1.0"


def _swapped(name: str, values: list[object]) -> pa.Table:
    """Regular lines, with the values of one column replaced."""
    return lines().set_column(lines().column_names.index(name), name, pa.array(values))


def test_with_json_a_problem_is_a_document_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--json", "--config", str(supplier(tmp_path, lines(0)))]) == 3
    problem = json.loads(capsys.readouterr().out)["problem"]
    assert (problem["kind"], problem["exit_code"], problem["got"]) == ("DataProblem", 3, "0 rows read")


def test_messages_show_no_customers_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["profile", "--config", str(supplier(tmp_path, _swapped("Net", ["Alder Joinery"] * 48)))])
    assert "Alder" not in capsys.readouterr().err


def test_broken_rows_are_kept_with_all_columns_and_the_reason(tmp_path: Path) -> None:
    table = lines(2, 20).append_column("Note", pa.array([f"n{i}" for i in range(40)]))
    table = table.set_column(0, "Customer", pa.array([None, *["C1"] * 39]))
    assert main(["profile", "--config", str(supplier(tmp_path, table, head=ALL))]) == 0
    kept = pq.read_table(tmp_path / "runs" / "quarantine" / "acme" / "order_lines.parquet")
    assert kept.column_names == [*table.column_names, "reason"]
    assert kept.num_rows == 1
    assert kept.slice(0, 1).to_pylist()[0] == table.slice(0, 1).to_pylist()[0] | {"reason": "customer_id is missing"}


def test_lines_that_cannot_be_split_are_kept_as_text(tmp_path: Path) -> None:
    text = HEADER + ROW + "C1,O2\n" + ROW + ",O3,2023-01-02,P1,1,1\n" + "C9,O9,2023-01-05,P1,1,1,1,1\n"
    assert main(["profile", "--config", str(supplier(tmp_path, text, head=ALL))]) == 0
    kept = pq.read_table(tmp_path / "runs" / "quarantine" / "acme" / "order_lines.parquet").to_pylist()
    assert [(row["reason"], row["Order"], row["line"]) for row in kept] == [
        ("copy of another line", "O1", None),
        ("customer_id is missing", "O3", None),
        ("the line cannot be split into its columns", None, "C1,O2"),
        ("the line cannot be split into its columns", None, "C9,O9,2023-01-05,P1,1,1,1,1"),
    ]


def test_a_clean_delivery_takes_away_the_quarantine_of_the_last_one(tmp_path: Path) -> None:
    main(["profile", "--config", str(supplier(tmp_path, _swapped("Customer", [None] * 48)))])
    assert list(tmp_path.rglob("quarantine/acme/*"))
    assert main(["profile", "--config", str(supplier(tmp_path, lines()))]) == 0
    assert not list(tmp_path.rglob("quarantine/acme/*"))
