"""Settings that say where the order lines lie and how the user's columns become the history's columns."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Value = bool | int | float | datetime | date | str
Mapped = Literal["customer_id", "order_id", "product_id", "category", "channel"]


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


class Columns(Section):
    """History column = the user's column. What the supplier does not have is left out."""

    customer_id: Key
    ordered_on: ColumnName
    order_id: Key | None = None
    product_id: Key | None = None
    quantity: Number | None = None
    net_amount: Number | None = None
    category: Key | None = None
    list_amount: Number | None = None
    unit_cost: Number | None = None
    channel: Key | None = None
    is_return: ColumnName | None = None
    known_on: ColumnName | None = None
    currency: ColumnName | None = None


class Csv(Section):
    """How text files are written. Parquet files need none of it."""

    delimiter: str = Field(max_length=1)
    quote: str = Field(max_length=1)
    encoding: Literal["utf-8", "latin-1", "utf-16"]
    null_values: list[str]


class OrderLines(Section):
    """The order lines: where they lie and how they are mapped."""

    path: str
    format: Literal["auto", "csv", "parquet"]
    columns: Columns
    date_format: str
    decimal: Literal[".", ","]
    thousands: str = Field(max_length=1)
    filters: list[Filter]
    not_products: NotProducts
    returns: Returns
    uppercase: list[Mapped]
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


class HistorySettings(Section):
    """What holds for every history table."""

    time_zone: str
    currency: str
    max_quarantined_share: float = Field(ge=0, le=1)
    earliest_day: date
    last_day: date | Literal["today"]
    memory_limit_gb: float = Field(ge=0)
    order_lines: OrderLines


NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
