"""Rows written as XML are byte by byte what xlsxwriter makes of them cell by cell."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from pipeline.report.sheet_rows import AT_ONCE, LONGEST, write_rows
from pipeline.report.workbook import INERT

HOSTILE = ["=1+1", "<b>&amp;\"'", "_x0041_", "  before", "after ", "", "http://a.b", "0123", "\U0001f600" * 20_000]
ROWS = pa.table({
    "text": pa.array([*HOSTILE, None, "a" * 40_000], pa.string()),
    "number": pa.array([0.1, -1e-9, 1e17, 1 / 3, 0.0, -0.0, 5e-324, 1e300, None, 12.0, 7.5], pa.float64()),
    "count": pa.array([0, 1, -1, 10**6, 2**31 - 1, 7, 8, 9, None, 10, 11], pa.int32()),
    "flag": pa.array([True, False, None] * 3 + [True, True], pa.bool_()),
    "day": pa.array([date(1970, 1, 1), date(2024, 2, 29), None, *[date(2026, 12, 31)] * 8], pa.date32()),
})  # fmt: skip


def cell_by_cell(sheet: Any, rows: pa.Table, look: Any) -> None:
    """The plain reference."""
    for number, row in enumerate(rows.to_pylist(), start=1):
        for place, value in enumerate(row.values()):
            if isinstance(value, str):
                sheet.write_string(number, place, value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…", look)
            elif isinstance(value, bool):
                sheet.write_boolean(number, place, value, look)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, look)
            elif value is not None:
                sheet.write_number(number, place, value, look)


def as_xml(sheet: Any, rows: pa.Table, look: Any) -> None:
    """Ours, as `workbook` does it."""
    sheet._check_dimensions(rows.num_rows, rows.num_columns - 1)
    sheet._write_single_row(1)
    write_rows(sheet.row_data_fh.write, rows, [look._get_xf_index()] * rows.num_columns)


def sheet_of(path: Path, write: Callable[[Any, pa.Table, Any], None], rows: pa.Table) -> bytes:
    """The file of the sheet within a workbook."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **INERT})
    sheet, look = book.add_worksheet("rows"), book.add_format({"valign": "top"})
    sheet.write_string(0, 0, "header")
    write(sheet, rows, look)
    book.close()
    return zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


@pytest.mark.filterwarnings("ignore")
def test_every_kind_of_cell_is_what_xlsxwriter_makes_of_it(tmp_path: Path) -> None:
    ours, theirs = (sheet_of(tmp_path / each.__name__, each, ROWS) for each in (as_xml, cell_by_cell))
    assert ours == theirs


def test_rows_beyond_a_stretch_go_on_where_it_ended(tmp_path: Path) -> None:
    rows = pa.table({"count": pa.array(range(2 * AT_ONCE + 3), pa.int64())})
    ours, theirs = (sheet_of(tmp_path / each.__name__, each, rows) for each in (as_xml, cell_by_cell))
    assert ours == theirs


def test_a_row_of_nulls_alone_is_no_row() -> None:
    written: list[str] = []
    write_rows(written.append, pa.table({"count": pa.array([None, 1], pa.int64())}), [0])
    assert written == ['<row r="3"><c r="A3"><v>1</v></c></row>']


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        write_rows(lambda _: None, pa.table({"number": [1.0, number]}), [0])
