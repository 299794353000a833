"""Settings that say which rows count: conditions on the user's columns, put together to named filters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

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
