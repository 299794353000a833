"""Two columns of one name: refused where they are read, left alone where nobody asks for them."""

from pathlib import Path

import pyarrow as pa
import pytest
from suppliers import COLUMNS, column, configured, exclude, lines, supplier

from features.errors import DataProblem
from pipeline.config import Config, load_config
from pipeline.sources.doubled import may_be_doubled
from pipeline.sources.history import read_history

HEADER = "Customer,Order,Date,Item,Pieces,Net"
ROW = "C1,O1,2023-01-02,P1,1,10.00"


def parquet(folder: Path, twice: str, settings: str = "", columns: str = COLUMNS) -> Config:
    table = lines(1, 2)
    names = [*table.column_names, twice]
    config = supplier(
        folder, pa.Table.from_arrays([*table.columns, pa.array(["7", "8"])], names=names), settings, columns
    )
    return load_config(config)


def text(folder: Path, twice: str, settings: str = "", columns: str = COLUMNS) -> Config:
    rows = f"{ROW[:-2]}50,7\nC1,O2,2023-01-03,P1,1,11.50,8\n"
    return configured(folder, f"{HEADER},{twice}\n{rows}", settings, columns)


BOTH = pytest.mark.parametrize("written", [text, parquet])


@BOTH
def test_a_mapped_column_that_occurs_twice_is_refused(tmp_path: Path, written) -> None:
    with pytest.raises(DataProblem, match=r"several columns 'Net'(.|\n)*columns\.net_amount(.|\n)*'Net_1'"):
        read_history(written(tmp_path, "Net"))


def test_a_double_behind_the_same_name_in_capitals_is_refused_too(tmp_path: Path) -> None:
    """The database numbers all three alike: what it calls `Net_1` stands in no column of that very name."""
    config = configured(tmp_path, f"{HEADER},NET,Net\n{ROW},7,8\n")
    with pytest.raises(DataProblem, match="several columns 'Net'"):
        read_history(config)


@BOTH
def test_a_column_of_a_filter_that_occurs_twice_is_refused(tmp_path: Path, written) -> None:
    config = written(tmp_path, "Item", exclude('column = "Item", equals = "P9"'))
    with pytest.raises(DataProblem, match="several columns 'Item'"):
        read_history(config)


@BOTH
@pytest.mark.parametrize("name", ["Note", "Net_1", "NET"])
def test_names_that_only_look_alike_are_no_doubles(tmp_path: Path, written, name: str) -> None:
    assert read_history(written(tmp_path, name)).account.rows_used == 2


def test_what_nobody_asks_for_may_occur_twice(tmp_path: Path) -> None:
    config = configured(tmp_path, f"{HEADER},Note,Note\n{ROW},a,b\n")
    assert column(read_history(config), "net_amount") == [1000]


@BOTH
@pytest.mark.parametrize(("number", "cents"), [(0, [1050, 1150]), (1, [700, 800])])
def test_each_may_be_mapped_by_its_number(tmp_path: Path, written, number: int, cents: list[int]) -> None:
    config = written(tmp_path, "Net", columns=COLUMNS.replace('"Net"', f'"Net_{number}"'))
    assert column(read_history(config), "net_amount") == cents


@BOTH
def test_a_doubled_key_may_be_mapped_by_its_number(tmp_path: Path, written) -> None:
    config = written(tmp_path, "Item", columns=COLUMNS.replace('"Item"', '"Item_1"'))
    assert column(read_history(config), "product_id") == ["7", "8"]


@pytest.mark.parametrize(
    ("names", "doubled"),
    [({"Net", "Item"}, False), ({"Net", "Net_1"}, True), ({"Net", "NET_1", "Net_2"}, True), ({"Net_1", "Item"}, False)],
)
def test_files_are_looked_at_only_where_a_name_has_a_number(names: set[str], doubled: bool) -> None:
    assert may_be_doubled(names) is doubled


@pytest.mark.parametrize("settings", ['csv.encoding = "windows-1252"', "csv.lines_above = 1", 'csv.delimiter = ";"'])
def test_names_are_looked_at_as_the_file_is_written(tmp_path: Path, settings: str) -> None:
    written = f"{HEADER},Net\n{ROW},7\n"
    written = f"Report\n{written}" if "above" in settings else written
    written = written.replace(",", ";") if ";" in settings else written
    with pytest.raises(DataProblem, match="several columns 'Net'"):
        read_history(configured(tmp_path, written, settings))


def test_the_file_of_several_is_named(tmp_path: Path) -> None:
    (folder := tmp_path / "folder").mkdir()
    (folder / "a.csv").write_text(f"{HEADER}\n{ROW}\n")
    (folder / "b.csv").write_text(f"{HEADER},Net\n{ROW},7\n")
    with pytest.raises(DataProblem, match=r"b\.csv, setting"):
        read_history(configured(tmp_path, "", 'path = "folder"'))
