"""The columns of an export as people read them: headings, meanings, and words of ours inside them, in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from features.history import OPTIONAL_TABLES
from features.peers import LEVELS
from models.explanation.language import Language
from pipeline.contract.field import Field
from pipeline.contract.predictions import FIELDS

NUMBERED = " {number}"
LIST = ", "
"""What stands between the codes of one cell."""
CODES: Mapping[str, Sequence[str]] = {
    **{field.name: field.words for field in FIELDS if field.words},
    "peer_group": LEVELS,
    "evidence_level": ("order lines only", "order lines", *(table.name for table in OPTIONAL_TABLES)),
}
"""Columns that hold words of ours, alone or as a `LIST`, and those words."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    named = [text for field in FIELDS for text in (_above(field), field.meaning)]
    return [*named, *(code for codes in CODES.values() for code in codes)]


def field_of(column: str) -> Field:
    """The declared field of an exported column; `reason_2` is one of `reasons`."""
    stem, _, number = column.rpartition("_")
    names = (stem, f"{stem}s") if number.isdigit() else (column,)
    return next(field for field in FIELDS if field.name in names)


def heading(column: str, language: Language) -> str:
    """What stands above an exported column: "Churn rank", "Reason 2"."""
    stem, _, number = column.rpartition("_")
    if number.isdigit():
        return language.text(_heading(stem) + NUMBERED).format(number=number)
    return language.text(field_of(column).above or _heading(column))


def in_words(rows: pa.Table, language: Language) -> pa.Table:
    """The rows with the columns of `CODES` in the language."""
    for column in set(CODES).intersection(rows.column_names):
        codes = rows.column(column).to_pylist()
        said = {code: language.listed(code.split(LIST)) for code in set(codes) - {None}}
        spoken = pa.array([said.get(code) for code in codes], pa.string())
        rows = rows.set_column(rows.column_names.index(column), column, spoken)
    return rows


def _above(field: Field) -> str:
    """The heading of a field; lists have a column a member in files for people, but for lists of codes."""
    if field.above:
        return field.above
    if pa.types.is_list(field.type) and not field.name.endswith("codes"):
        return _heading(field.name.removesuffix("s")) + NUMBERED
    return _heading(field.name)


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()
