"""Broken inputs: each ends with its exit code and a message that says what, where, got, expected and what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suppliers import COLUMNS, expect_named, keep, lines, supplier

from pipeline.cli import main

HEADER = "Customer,Order,Date,Item,Pieces,Net\n"
ROW = "C1,O1,2023-01-02,P1,1,10.00\n"
ALL = "[history]\nmax_quarantined_share = 1.0"
Broken = Callable[[Path], Path]


def _write(name: str, content: bytes) -> Broken:
    def broken(folder: Path) -> Path:
        config = supplier(folder, lines(), f'path = "{name}"')
        (folder / name).write_bytes(content)
        return config

    return broken


def _made(table: pa.Table | str | None = None, settings: str = "", columns: str = COLUMNS, head: str = "") -> Broken:
    return lambda folder: supplier(folder, lines() if table is None else table, settings, columns, head)


def _swap(name: str, values: object, **more: str) -> Broken:
    """Regular lines, with the values of one column replaced."""
    column = values if isinstance(values, pa.Array) else pa.array(values)
    return _made(lines().set_column(lines().column_names.index(name), name, column), **more)


def _two(name: str, first: object, second: object, rest: object) -> Broken:
    """Regular lines, with the first two values of one column replaced, and all others by `rest`."""
    return _swap(name, [first, second, *[rest] * 46])


def _mapped(mapped: str, values: object, head: str = "") -> Broken:
    """Regular lines with a further column `More`, mapped to a column of the history."""
    return _made(lines().append_column("More", pa.array(values)), columns=COLUMNS + f'{mapped} = "More"\n', head=head)


def _two_formats(folder: Path) -> Path:
    config = supplier(folder, lines(), 'path = "."')
    (folder / "more.csv").write_text(HEADER)
    return config


def _folder_without_files(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return supplier(folder, lines(), 'path = "empty"')


def _no_configuration(folder: Path) -> Path:
    return folder / "nobody.toml"


LATIN = HEADER.encode() + "Größe,O1,2023-01-02,P,1,1\n".encode("latin-1")
MONTH = ["2023-01-02"] * 46
SPLIT = HEADER + ROW * 3 + "C1,O2\n"
CASES: dict[str, tuple[Broken, int, str]] = {
    # --- the configuration
    "no configuration": (_no_configuration, 2, "no such configuration|nobody.toml|ready one"),
    "configuration is no TOML": (_made(head="x = ["), 2, "cannot be read|acme.toml|line"),
    "unknown key": (_made(head="[time]\ngap_day = 3"), 2, "'gap_day'|acme.toml, time.gap_day|mean 'gap_days'"),
    "unknown section": (_made(head="[tyme]\ngap_days = 3"), 2, "'tyme'|mean 'time'"),
    "setting of the wrong type": (_made(head='[time]\ngap_days = "3"'), 2, "time.gap_days|'3'|integer"),
    "setting out of range": (_made(head="[population]\nmin_order_days = 0"), 2, "min_order_days|0|greater"),
    "unset variable": (_made(settings='path = "${MOORINGS_NOWHERE}/x"'), 2, "MOORINGS_NOWHERE|not set|export"),
    "unknown time zone": (_made(head='[history]\ntime_zone = "Mars/Olympus"'), 2, "time zone|Mars/Olympus|IANA"),
    "unknown form of dates": (_made(settings='date_format = "%Q"'), 2, "form of dates|%Q|strptime"),
    "filter without a test": (_made(settings=keep('column = "Item"')), 2, "filters[1].keep[1]|exactly one test"),
    # --- files
    "path that no system has": (_made(settings='path = "a\\u0000b.csv"'), 3, "no files to read"),
    "path that is a glob by mistake": (_made(settings='path = "[a"'), 3, "no files to read"),
    "missing file": (_made(settings='path = "nowhere.parquet"'), 3, "no files to read|nowhere.parquet|no such file"),
    "glob without files": (_made(settings='path = "nowhere/*.csv"'), 3, "no files to read|nowhere/*.csv"),
    "folder without files": (_folder_without_files, 3, "no files to read|without CSV or Parquet"),
    "both formats in one folder": (_two_formats, 3, "format|.csv, .parquet|history.order_lines.format"),
    "unknown ending": (_write("lines.xlsx", b"PK"), 3, "format|.xlsx"),
    "truncated parquet": (_write("cut.parquet", b"PAR1 and then nothing"), 3, "cannot be read|cut.parquet"),
    "text called parquet": (_write("text.parquet", b"Customer,Order\n"), 3, "cannot be read|text.parquet"),
    "empty text file": (_write("empty.csv", b""), 3, "empty.csv"),
    "text in another encoding": (_write("latin.csv", LATIN), 3, "latin.csv"),
    # --- columns
    "missing column": (_made(lines().drop_columns(["Net"])), 3, "no column 'Net'|columns.net_amount|Customer, Order"),
    "misspelled column": (_made(columns=COLUMNS.replace('"Net"', '"Nett"')), 3, "no column 'Nett'|mean 'Net'"),
    "missing column of a filter": (_made(settings=keep('column = "X", equals = 1')), 3, "no column 'X'|filters[1]"),
    "missing column of the copies": (_made(settings='duplicate_key = ["Line"]'), 3, "no column 'Line'|duplicate_key"),
    "customer is a list": (_swap("Customer", [["C1"]] * 48), 3, "'Customer'|wrong type|VARCHAR[]|text or number"),
    "customer is a flag": (_swap("Customer", [True] * 48), 3, "'Customer'|wrong type|BOOLEAN"),
    "date is a flag": (_swap("Date", [True] * 48), 3, "'Date'|wrong type|BOOLEAN|date or timestamp"),
    "amount is a date": (_swap("Net", pa.array([0] * 48, pa.date32())), 3, "'Net'|wrong type|DATE|number or text"),
    "dates nobody can read": (_swap("Date", ["31.12.2023"] * 48), 3, "'Date'|as a date|99.99.9999|date_format"),
    "amounts nobody can read": (_swap("Net", ["EUR 12,50"] * 48), 3, "'Net'|as a number|aaa 99,99|decimal"),
    "flags nobody can read": (_mapped("is_return", ["maybe"] * 48), 3, "'More'|yes or a no|aaaaa"),
    # --- rows
    "empty table": (_made(lines(0)), 3, "no order lines|0 rows read|at least one"),
    "text file with a header only": (_made(HEADER), 3, "no order lines|0 rows read"),
    "every row left out": (_made(settings=keep('column = "Item", equals = "X"')), 3, "no order lines|48 left out: n"),
    "customers missing": (_two("Customer", None, " ", "C1"), 3, "2 customer_id is missing|4.2%|at most 1.0%|.parquet"),
    "orders missing": (_two("Order", None, "", "O1"), 3, "2 order_id is missing"),
    "days missing": (_two("Date", None, "", "2023-01-02"), 3, "2 ordered_on is missing"),
    "days unreadable": (_two("Date", "soon", "2023-02-30", "2023-01-02"), 3, "2 ordered_on is not a date"),
    "days in the future": (_two("Date", "2999-01-01", "9999-12-31", "2023-01-02"), 3, "2 ordered_on is in the future"),
    "days before time": (_two("Date", "1900-01-01", "0001-01-01", "2023-01-02"), 3, "2 ordered_on is before 1970"),
    "known in the future": (_mapped("known_on", ["2999-01-01"] * 2 + MONTH), 3, "2 known_on is in the future"),
    "amounts unreadable": (_two("Net", "free", "10,00", "1.00"), 3, "2 net_amount is not a number"),
    "amounts not finite": (_two("Net", float("nan"), float("inf"), 1.0), 3, "2 net_amount is not finite or too large"),
    "amounts too large": (_two("Net", 1e14, -1e300, 1.0), 3, "2 net_amount is not finite or too large"),
    "quantity unreadable": (_two("Pieces", "many", "-", "1"), 3, "2 quantity is not a number"),
    "flag unreadable": (_mapped("is_return", ["maybe"] * 2 + ["no"] * 46), 3, "2 is_return is not a yes or a no"),
    "key too long": (_two("Customer", "x" * 201, "x" * 10_000, "C1"), 3, "2 customer_id is longer than 200 characters"),
    "key that is unprintable": (_two("Customer", "a\tb", "a\0b", "C1"), 3, "2 customer_id holds control characters"),
    "product that is unprintable": (_two("Item", "a\nb", "\x7f", "P1"), 3, "2 product_id holds control characters"),
    "duplicate order lines": (_made(pa.concat_tables([lines(), lines(1, 2)])), 3, "copy of another line|at most 1.0%"),
    "lines that cannot be split": (_made(SPLIT, 'duplicates = "keep"'), 3, "1 the line cannot be split"),
    "mixed currencies": (_mapped("currency", ["EUR"] * 47 + ["USD"]), 3, "one currency|EUR, USD|filter"),
    "a currency missing": (_mapped("currency", ["EUR"] * 47 + [None]), 3, "one currency|1 rows without one"),
    "another currency": (_mapped("currency", ["EUR"] * 48, '[history]\ncurrency = "USD"'), 3, "one currency|EUR|USD"),
    "nothing but broken rows": (_swap("Customer", [None] * 48, head=ALL), 3, "48 of 48 rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_broken_input_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    broken, code, words = CASES[name]
    assert main(["profile", "--config", str(broken(tmp_path))]) == code
    expect_named(capsys.readouterr().err, words, tmp_path)


def test_with_json_a_problem_is_a_document_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--json", "--config", str(_made(lines(0))(tmp_path))]) == 3
    problem = json.loads(capsys.readouterr().out)["problem"]
    assert (problem["kind"], problem["exit_code"], problem["got"]) == ("DataProblem", 3, "0 rows read")


def test_messages_show_no_customers_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["profile", "--config", str(_swap("Net", ["Alder Joinery"] * 48)(tmp_path))])
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
    main(["profile", "--config", str(_swap("Customer", [None] * 48)(tmp_path))])
    assert list(tmp_path.rglob("quarantine/acme/*"))
    assert main(["profile", "--config", str(_made()(tmp_path))]) == 0
    assert not list(tmp_path.rglob("quarantine/acme/*"))
