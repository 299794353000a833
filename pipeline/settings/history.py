"""Settings that every history table shares: how its files are written, and what its columns are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pipeline.settings.filters import ColumnName, Condition, Filter, Section


class NotProducts(Section):
    """Codes in the product column that are no products: postage, bank charges, manual corrections."""

    values: list[str] = Field(default_factory=list)
    prefixes: list[str] = Field(default_factory=list)
    ignore_case: bool = True
    how: Literal["keep_amount", "remove"] = "keep_amount"


class Returns(Section):
    """How lines that take goods back are recognised, and what becomes of them."""

    when: list[Condition] = Field(default_factory=list)
    how: Literal["flag", "remove"] = "flag"
    sign: Literal["as_given", "negate"] = "as_given"
    same_day: Literal["keep", "cancel"] = "keep"


class Product(Section):
    """A number that is the product of several columns, such as price times quantity."""

    multiply: list[ColumnName] = Field(min_length=2)


Key = ColumnName | Annotated[list[ColumnName], Field(min_length=1)]
Number = ColumnName | Product
MadeOf = str | list[str] | Product
"""What a column of the history is made of."""


def read_from(mapped: MadeOf) -> list[str]:
    """The columns of the user's files that a column of the history is read from."""
    if isinstance(mapped, Product):
        return mapped.multiply
    return [mapped] if isinstance(mapped, str) else mapped


Meaning = str | float | bool | date
"""What a word of the user may stand for."""

READ_BY_THE_DATABASE = ("utf-8", "latin-1", "utf-16")
Encoding = Literal[
    "utf-8", "latin-1", "utf-16", "windows-1250", "windows-1251", "windows-1252", "gb18030", "big5", "shift_jis"
]


class Csv(Section):
    """How text files are written. Parquet files need none of it."""

    delimiter: str = Field(max_length=1)
    quote: str = Field(max_length=1)
    encoding: Encoding
    null_values: list[str]
    lines_above: int = Field(ge=0, le=1000)


def _no_number(unit: str) -> str:
    """A unit without the blanks around it."""
    unit = unit.strip()
    if not unit or any(sign.isdigit() for sign in unit):
        raise ValueError("a unit is a word or a sign without digits")
    return unit


class EveryTable(Section):
    """How tables are written and checked. `[history.every_table]` states it for all, the section of a table for one."""

    format: Literal["auto", "csv", "parquet"]
    date_format: str
    timestamps_in: str
    decimal: Literal[".", ","]
    thousands: str = Field(max_length=1)
    units: list[Annotated[str, AfterValidator(_no_number)]]
    filters: list[Filter]
    uppercase: Sequence[str]
    duplicates: Literal["quarantine", "drop", "keep"]
    duplicate_key: list[ColumnName]
    newest_by: str
    csv: Csv

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [rule.name for rule in self.filters]
        if len(set(names)) < len(names):
            raise ValueError("two filters have the same name")
        return self

    @model_validator(mode="after")
    def _separators_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("`decimal` and `thousands` are the same sign")
        return self


class TableSettings(EveryTable):
    """One history table: where it lies and how it is mapped. `values`: what the user's words mean."""

    path: str
    columns: Section

    @model_validator(mode="after")
    def _versions_have_a_key(self) -> Self:
        if self.newest_by and not self.duplicate_key:
            raise ValueError("`newest_by` needs `duplicate_key`: versions of what")
        return self

    @property
    def mapped(self) -> dict[str, MadeOf]:
        """History column -> what it is made of, without the columns the supplier does not have."""
        return {name: value for name, value in self.columns if value is not None}

    @property
    def meanings(self) -> dict[str, dict[str, Meaning]]:
        """History column -> the user's word -> the choice, number, day, yes or no it stands for; "" for nothing."""
        return {name: dict(words) for name, words in getattr(self, "values", ())}
