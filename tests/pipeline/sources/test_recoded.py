"""Encodings that the database does not read: the same rows, bad lines put aside, and nothing left behind."""

import gzip
import os
import time
from pathlib import Path

import pytest
from suppliers import configured

from features.errors import DataProblem
from pipeline.sources.history import read_history

HEAD = "[history]\nmax_quarantined_share = 1.0"
CSV = '[history.order_lines.csv]\nencoding = "{}"\n'
TEXTS = [
    ("windows-1252", "„Müller“ – 5 € Straße"),
    ("windows-1250", "Łódź Žižka"),
    ("windows-1251", "Склад № 7"),
    ("gb18030", "五金批发部"),
    ("big5", "五金批發部"),
    ("shift_jis", "株式会社ソ表"),
]


def written(product: str) -> str:
    rows = "".join(f"C{n % 3},O{n},2023-01-{1 + n:02d},{product},1,10.00\r\n" for n in range(9))
    return f"Customer,Order,Date,Item,Pieces,Net\r\n{rows}"


def left_behind(folder: Path) -> list[Path]:
    return [path for path in (folder / "runs").rglob("*") if path.is_file() and path.suffix == ".csv"]


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "CSV.GZ"])
@pytest.mark.parametrize(("encoding", "product"), TEXTS)
def test_a_text_is_the_same_in_every_encoding(tmp_path: Path, encoding: str, product: str, ending: str) -> None:
    file, content = tmp_path / f"in.{ending}", written(product).encode(encoding)
    file.write_bytes(content if ending == "csv" else gzip.compress(content))
    config = configured(tmp_path, "", f'path = "{file.name}"\n{CSV.format(encoding)}')
    lines = read_history(config).history.order_lines
    assert set(lines.column("product_id").to_pylist()) == {product}
    assert left_behind(tmp_path) == []


def test_several_files_of_one_table_are_written_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for product in ("五金", "批发"):
        (tmp_path / "in" / f"{product}.csv").write_bytes(written(product).encode("gb18030"))
    lines = read_history(configured(tmp_path, "", 'path = "in"\n' + CSV.format("gb18030"))).history.order_lines
    assert set(lines.column("product_id").to_pylist()) == {"五金", "批发"}
    assert left_behind(tmp_path) == []


def test_columns_may_have_names_in_another_encoding(tmp_path: Path) -> None:
    names = {"Customer": "客户", "Order": "订单", "Date": "日期", "Item": "品名", "Pieces": "数量", "Net": "金额"}
    text = written("P1")
    columns = "[history.order_lines.columns]\n"
    for ours, theirs in zip(("customer_id", "order_id", "ordered_on", "product_id"), names, strict=False):
        columns += f'{ours} = "{names[theirs]}"\n'
    for plain, name in names.items():
        text = text.replace(plain, name)
    (tmp_path / "in.csv").write_bytes(text.encode("gb18030"))
    config = configured(tmp_path, "", 'path = "in.csv"\n' + CSV.format("gb18030"), columns=columns)
    assert read_history(config).account.rows_used == 9


def test_a_line_that_is_no_text_is_put_aside(tmp_path: Path) -> None:
    content = written("Müller").encode("windows-1252") + b"C1,O9,2023-01-20,P\x81,1,10.00\r\n"
    (tmp_path / "in.csv").write_bytes(content)
    config = configured(tmp_path, "", 'path = "in.csv"\n' + CSV.format("windows-1252"), head=HEAD)
    account = read_history(config).account
    assert (account.rows_used, account.quarantined) == (9, {"the line is no text in the encoding stated": 1})


def test_what_latin_1_does_not_know_names_the_encoding_that_does(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(written("5 €").encode("windows-1252"))
    config = configured(tmp_path, "", 'path = "in.csv"\n' + CSV.format("latin-1"))
    with pytest.raises(DataProblem) as problem:
        read_history(config)
    assert 'encoding = "windows-1252"' in problem.value.todo
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(("hours", "stays"), [(23, True), (25, False)])
def test_what_a_killed_reading_left_is_swept_after_a_day(tmp_path: Path, hours: int, stays: bool) -> None:
    left = tmp_path / "runs" / "tmp" / "reading-0"
    left.mkdir(parents=True)
    (left / "order_lines-0.csv").write_text("C1", encoding="utf-8")
    then = time.time() - 3600 * hours
    os.utime(left, (then, then))
    read_history(configured(tmp_path, written("P")))
    assert left.exists() is stays


def test_what_is_no_gzip_is_said_by_the_database(tmp_path: Path) -> None:
    (tmp_path / "in.csv.gz").write_bytes(written("P").encode())
    config = configured(tmp_path, "", 'path = "in.csv.gz"\n' + CSV.format("gb18030"))
    with pytest.raises(DataProblem, match="cannot be read"):
        read_history(config)
