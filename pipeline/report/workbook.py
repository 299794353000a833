"""The XLSX export: a sheet an analyst can filter at once, and a sheet that says what the columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pyarrow as pa
import xlsxwriter

from models.explanation.language import ENGLISH, Language
from pipeline.contract.field import Field
from pipeline.contract.reading_order import SAID
from pipeline.report.column_words import field_of, heading, in_words
from pipeline.report.sheet_rows import write_rows

MOST_ROWS = 250_000
"""Rows of a sheet. It could hold 1,048,575, but not a file of 2 GB within the workbook: a row takes 4 kB of it."""
SHARE = '[=1]0.0%;[>=0.9995]">99.9%";0.0%'
"""A share that is not all does not read as if it were."""
FORMATS = {"text": {}, "share": {"num_format": SHARE}, "money": {"num_format": "#,##0"}, "count": {"num_format": "0"}}
SIZE = {"num_format": "0.00"}
LOOKS: dict[str, dict[str, Any]] = {**FORMATS, "size": SIZE, "day": {"num_format": "yyyy-mm-dd"}}
HEADER = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"}
BAR = {"type": "data_bar", "bar_solid": True, "bar_color": "#F4B183", "min_type": "num", "max_type": "num"}
TITLE, AS_OF, CUSTOMERS, ABOUT = "Moorings predictions", "As of", "customers", "about"
ORDER = "Order of the rows"
INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [TITLE, AS_OF, CUSTOMERS, ABOUT, ORDER]


def write_workbook(
    table: pa.Table, path: Path, cutoff: date, facts: Mapping[str, str], language: Language = ENGLISH
) -> None:
    """Write rows (with one column per reason) as an XLSX file; the same rows give the same bytes.

    Rows beyond `MOST_ROWS` go on to another sheet. Headings, meanings and words of ours are in `language`;
    facts and reasons are taken as they come.
    """
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **INERT})
    # a fixed date instead of the clock's: the file depends on nothing but its content
    created = datetime(cutoff.year, cutoff.month, cutoff.day)
    book.set_properties({"created": created, "title": language.text(TITLE)})
    formats = {look: book.add_format({"valign": "top", **number}) for look, number in LOOKS.items()}
    for number, first in enumerate(range(0, max(table.num_rows, 1), MOST_ROWS), start=1):
        name = language.text(CUSTOMERS) + ("" if number == 1 else f" {number}")
        _customers(book, name, in_words(table.slice(first, MOST_ROWS), language), formats, language)
    told = {language.text(AS_OF): str(cutoff), **facts, language.text(ORDER): language.text(SAID)}
    _about(book, table.column_names, told, language)
    book.close()


def _customers(book: Any, name: str, rows: pa.Table, formats: Mapping[str, Any], language: Language) -> None:
    sheet, header = book.add_worksheet(name), book.add_format(HEADER)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    fields = [field_of(column) for column in rows.column_names]
    for place, field in enumerate(fields):
        title = heading(rows.column_names[place], language)
        sheet.set_column(place, place, _width(field, title))
        sheet.write_string(0, place, title, header)
    sheet.autofilter(0, 0, max(rows.num_rows, 1), len(fields) - 1)
    write_rows(_below(sheet, rows), rows, [formats[field.look]._get_xf_index() for field in fields])
    if rows.num_rows and "churn_probability" in rows.column_names:
        place = rows.column_names.index("churn_probability")
        sheet.conditional_format(1, place, rows.num_rows, place, {**BAR, "min_value": 0, "max_value": 1})


def _width(field: Field, title: str) -> int:
    """In characters of a sheet: as declared, or what two lines of a heading need; a wide character takes two."""
    wide = sum(east_asian_width(sign) in "WF" for sign in title)
    return max(field.width, wide + 2)


def _below(sheet: Any, rows: pa.Table) -> Callable[[str], object]:
    """What takes the XML of a sheet's rows, once its header is written: xlsxwriter's own file of rows."""
    sheet._check_dimensions(rows.num_rows, rows.num_columns - 1)
    sheet._write_single_row(1)
    writing: Callable[[str], object] = sheet.row_data_fh.write
    return writing


def _about(book: Any, names: list[str], facts: Mapping[str, str], language: Language) -> None:
    """What the sheet is, from where, and what each column means."""
    sheet, bold = book.add_worksheet(language.text(ABOUT)), book.add_format({"bold": True})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    meanings = ((heading(name, language), language.text(field_of(name).meaning)) for name in names)
    lines = [*facts.items(), ("", ""), *meanings]
    for row, (label, text) in enumerate(lines):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text)
