"""Settings that every history table shares: how its files are written, which rows count, what makes up a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Value = bool | int | float | datetime | date | str


class Section(BaseModel):
    """A frozen group of settings; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _printable(text: str) -> str:
    if not text or any(ord(sign) < 32 for sign in text):
        raise ValueError("is empty or holds control characters")
    return text


ColumnName = Annotated[str, AfterValidator(_printable)]
"""The name of a column in the user's files, spelled exactly as there."""


class Range(Section):
    """Values in the half-open interval `[from, before)`; either end may be left out."""

    start: int | float | datetime | date | None = Field(default=None, alias="from")
    before: int | float | datetime | date | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.start is None and self.before is None:
            raise ValueError("a range needs `from`, `before`, or both")
        return self


class Condition(Section):
    """One test of one column of the user's files. Exactly one test; a missing value equals nothing."""

    column: ColumnName
    equals: Value | None = None
    not_equals: Value | None = None
    is_in: list[Value] | None = Field(default=None, alias="in")
    not_in: list[Value] | None = None
    prefix: str | None = None
    not_prefix: str | None = None
    range: Range | None = None
    is_null: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        tests = self.model_fields_set - {"column"}
        if len(tests) != 1:
            raise ValueError(f"needs exactly one test beside `column`, found {len(tests)}")
        return self


class Filter(Section):
    """A named rule that leaves rows out: if every condition of `exclude` holds, or not every one of `keep`."""

    name: ColumnName
    keep: list[Condition] = []
    exclude: list[Condition] = []

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if bool(self.keep) == bool(self.exclude):
            raise ValueError("a filter needs conditions either under `keep` or under `exclude`")
        return self


class NotProducts(Section):
    """Codes in the product column that are no products: postage, bank charges, manual corrections."""

    values: list[str] = []
    prefixes: list[str] = []
    ignore_case: bool = True
    how: Literal["keep_amount", "remove"] = "keep_amount"


class Returns(Section):
    """How lines that take goods back are recognised, and what becomes of them."""

    when: list[Condition] = []
    how: Literal["flag", "remove"] = "flag"
    sign: Literal["as_given", "negate"] = "as_given"


class Product(Section):
    """A number that is the product of several columns, such as price times quantity."""

    multiply: list[ColumnName] = Field(min_length=2)


Key = ColumnName | Annotated[list[ColumnName], Field(min_length=1)]
Number = ColumnName | Product
Mapped = str | list[str] | Product
"""What a column of the history is made of."""


class Csv(Section):
    """How text files are written. Parquet files need none of it."""

    delimiter: str = Field(max_length=1)
    quote: str = Field(max_length=1)
    encoding: Literal["utf-8", "latin-1", "utf-16"]
    null_values: list[str]


class EveryTable(Section):
    """How tables are written and checked. `[history.every_table]` states it for all, the section of a table for one."""

    format: Literal["auto", "csv", "parquet"]
    date_format: str
    decimal: Literal[".", ","]
    thousands: str = Field(max_length=1)
    filters: list[Filter]
    uppercase: Sequence[str]
    duplicates: Literal["quarantine", "drop", "keep"]
    duplicate_key: list[ColumnName]
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
    """One history table: where it lies and how it is mapped. `values`: what the user's words for a choice mean."""

    path: str
    columns: Section

    @property
    def mapped(self) -> dict[str, Mapped]:
        """History column -> what it is made of, without the columns the supplier does not have."""
        return {name: value for name, value in self.columns if value is not None}

    @property
    def meanings(self) -> dict[str, dict[str, str]]:
        """History column -> the user's word -> the choice it stands for."""
        return {name: dict(words) for name, words in getattr(self, "values", ())}
