"""Order lines read and mapped: types, dates, keys, rules, and an account that adds up."""

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suppliers import COLUMNS, column, configured, keep, lines

from features.history import ORDER_LINES
from features.table_declaration import ARROW_TYPE
from pipeline.config import Config, load_config
from pipeline.sources.database import SETTINGS
from pipeline.sources.history import read_history

HEADER = "Customer,Order,Date,Item,Pieces,Net\n"


def test_the_history_has_the_types_of_the_contract(tmp_path: Path) -> None:
    table = read_history(configured(tmp_path, lines())).history.order_lines
    for name in table.column_names:
        assert table.schema.field(name).type == ARROW_TYPE[ORDER_LINES.by_name[name].kind], name
    assert table.column_names == ["customer_id", "order_id", "ordered_on", "product_id", "quantity", "net_amount"]


@pytest.mark.parametrize("place", ["lines.csv", "folder", "folder/*.csv", "folder/**/*.csv"])
def test_a_file_a_folder_and_a_glob_read_the_same(tmp_path: Path, place: str) -> None:
    rows = [f"C{i % 2},O{i},2023-01-{i + 1:02d},P,1,1.00\n" for i in range(6)]
    (tmp_path / "lines.csv").write_text(HEADER + "".join(rows))
    (tmp_path / "folder" / "later").mkdir(parents=True)
    deep = tmp_path / "folder" / ("later" if "*.csv" not in place or "**" in place else "") / "b.csv"
    (tmp_path / "folder" / "a.csv").write_text(HEADER + "".join(rows[:3]))
    deep.write_text(HEADER + "".join(rows[3:]))
    (tmp_path / "folder" / "_SUCCESS").write_text("")
    (tmp_path / "folder" / ".hidden.csv").write_text("x")
    reading = read_history(configured(tmp_path, HEADER + "".join(rows), f'path = "{place}"'))
    assert column(reading, "order_id") == [f"O{i}" for i in range(6)]


def test_columns_may_stand_in_another_order_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.csv").write_text(HEADER + "C1,O1,2023-01-01,P,1,1.00\n")
    (tmp_path / "folder" / "b.csv").write_text("Net,Pieces,Item,Date,Order,Customer\n2.00,2,Q,2023-01-02,O2,C2\n")
    reading = read_history(configured(tmp_path, "", 'path = "folder"'))
    assert column(reading, "net_amount") == [100, 200]


def test_partition_columns_come_from_folder_names(tmp_path: Path) -> None:
    for month in ("01", "02"):
        (folder := tmp_path / "orders" / f"month={month}").mkdir(parents=True)
        pq.write_table(lines(1, 1), folder / "part.parquet")
    only = 'duplicates = "keep"\npath = "orders"\n' + keep('column = "month", equals = "01"')
    assert read_history(configured(tmp_path, lines(), only)).account.rows_used == 1


def test_a_path_with_glob_signs_is_taken_as_it_is(tmp_path: Path) -> None:
    (folder := tmp_path / "a [old]").mkdir()
    pq.write_table(lines(), folder / "lines.parquet")
    reading = read_history(configured(tmp_path, lines(1, 1), 'path = "a [old]/lines.parquet"'))
    assert reading.account.rows_used == 48


CUTOFFS = [(date(2023, 1, 2), 0), (date(2023, 1, 3), 1), (date(2023, 1, 5), 2), (date(2023, 1, 6), 3)]


@pytest.mark.parametrize(("known_before", "rows"), CUTOFFS)
def test_what_is_known_late_is_left_out_until_then(tmp_path: Path, known_before: date, rows: int) -> None:
    days = ["2023-01-02", "2023-01-02", "2023-01-04"]
    table = lines(1, 4, Date=[*days, "2023-01-06"]).append_column("Booked", pa.array([None, "2023-01-05", None, None]))
    config = configured(tmp_path, table, columns=COLUMNS + 'known_on = "Booked"\n')
    if not rows:
        return
    account = read_history(config, known_before).account
    assert (account.rows_used, account.excluded) == (rows, {f"not known before {known_before}": 4 - rows})


def test_a_currency_column_names_the_currency(tmp_path: Path) -> None:
    table = lines(1, 2).append_column("Currency", pa.array(["EUR", " eur "]))
    assert (
        read_history(configured(tmp_path, table, columns=COLUMNS + 'currency = "Currency"\n')).history.currency == "EUR"
    )


def test_the_fingerprint_tells_content_and_nothing_else(tmp_path: Path) -> None:
    def fingerprint(name: str, table: pa.Table, **more: str) -> str:
        (folder := tmp_path / name).mkdir()
        return read_history(configured(folder, table, **more)).fingerprint

    same = fingerprint("a", lines())
    assert same == fingerprint("b", lines(), head="[training]\nthreads = 1")
    assert same == fingerprint("c", lines().append_column("Unused", pa.array(range(48))))
    changed = lines().set_column(5, "Net", pa.array(["10.51", *lines().column("Net").to_pylist()[1:]]))
    assert same != fingerprint("d", changed)
    assert same != fingerprint("e", lines(Item=[None] + ["P1"] * 47))


FLAGGED = """[history.order_lines.columns]
customer_id = "Customer"
ordered_on = "Date"
quantity = "Pieces"
is_return = "Back"
"""
COUNT = 60_000


def flagged(folder: Path) -> Path:
    """Row n is of customer n and has n pieces; if it is a return is read by a list of words. In many row groups."""
    back = pa.array(["yes" if row % 3 == 0 else "no" for row in range(COUNT)])
    customers = pa.array([f"{row:05d}" for row in range(COUNT)])
    days = pa.array([date(2023, 1, 1)] * COUNT)
    table = pa.table({"Customer": customers, "Date": days, "Pieces": pa.array(range(COUNT)), "Back": back})
    config = configured(folder, table, columns=FLAGGED)
    pq.write_table(table, folder / "lines.parquet", row_group_size=2_048)
    return config


def pieces_by_customer(config: Config) -> npt.NDArray[np.float64]:
    lines = read_history(config).history.order_lines
    customer = lines.column("customer_id").combine_chunks()
    number = np.array(customer.dictionary.to_pylist(), dtype=np.int64)[customer.indices.to_numpy()]
    return np.abs(lines.column("quantity").to_numpy())[np.argsort(number)]


def test_what_is_read_of_a_row_stays_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = flagged(tmp_path)
    np.testing.assert_array_equal(pieces_by_customer(config), np.arange(COUNT))
    monkeypatch.setitem(SETTINGS, "threads", "2")  # the mutant; it may be right by chance, hardly ten times
    assert any((pieces_by_customer(config) != np.arange(COUNT)).any() for _ in range(10))


def test_a_large_table_reads_the_same_on_one_and_two_threads(tmp_path: Path) -> None:
    count = 1_300_000
    index = pa.array(range(count))
    table = pa.table({"Customer": index, "Date": pa.array([date(2023, 1, 1)] * count)})
    columns = '[history.order_lines.columns]\ncustomer_id = "Customer"\nordered_on = "Date"\n'
    found = []
    for threads in (1, 2):
        reading = read_history(configured(tmp_path, table, columns=columns, head=f"[training]\nthreads = {threads}"))
        codes = reading.history.order_lines.column("customer_id").combine_chunks().indices
        assert codes.equals(index.cast(pa.int32()))
        found.append(reading.fingerprint)
    assert found[0] == found[1]


def test_reading_leaves_only_the_quarantine_behind(tmp_path: Path) -> None:
    read_history(configured(tmp_path, lines()))
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["acme.toml", "lines.parquet"]


REAL = {
    "iowa": (170_810, 170_810, 1_421, "2012-01-03", "2022-10-31"),
    "online_retail": (1_067_370, 809_560, 5_942, "2009-12-01", "2011-12-09"),
    "cdnow": (69_659, 69_659, 23_570, "1997-01-01", "1998-06-30"),
    "grocery": (10_483, 10_483, 1_525, "2006-01-01", "2007-12-30"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_histories_read_as_their_publishers_describe_them(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MOORINGS_DATA", str(real_data))
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    read, used, customers, first, last = REAL[name]
    reading = read_history(load_config(name))
    days = reading.history.order_lines.column("ordered_on").to_numpy()
    assert (reading.account.rows_read, reading.account.rows_used) == (read, used)
    assert len(reading.history.order_lines.column("customer_id").combine_chunks().dictionary) == customers
    assert (str(days.min()), str(days.max())) == (first, last)


def test_the_two_sheets_of_online_retail_overlap(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORINGS_DATA", str(real_data))
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    account = read_history(load_config("online_retail")).account
    overlap, nobody = account.excluded.values()
    assert (account.rows_read - overlap, nobody) == (1_044_847, 235_287)
