"""How a history table is declared: its columns and their types, and what must hold between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Kind = Literal["key", "date", "number", "money", "text", "flag"]
ARROW_TYPE: dict[Kind, pa.DataType] = {
    "key": pa.dictionary(pa.int32(), pa.string()),
    "date": pa.date32(),
    "number": pa.float64(),
    "money": pa.int64(),
    "text": pa.dictionary(pa.int32(), pa.string()),
    "flag": pa.bool_(),
}
"""How each kind of column is held in memory. Money is whole cents, so sums and differences are exact."""


@dataclass(frozen=True)
class Column:
    """One column of a history table.

    `choices`: the only values of a text, in the order of their strength where there is one. `lowest`, `highest`: the
    bounds of a number, both included. `ahead`: a date that may lie after today, because it was agreed or promised.
    `shown`: shown to people and never learned from, so that today's value gives nothing away.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    ahead: bool = False
    shown: bool = False


@dataclass(frozen=True)
class Rule:
    """What must hold between two columns of a row: `left` is `must` `right`, where neither is missing.

    `otherwise`: the row is put aside, or `left` is raised to `right` and the row counted.
    """

    left: str
    must: Literal["after", "not before", "at least", "at most"]
    right: str
    otherwise: Literal["quarantine", "raise"] = "quarantine"


@dataclass(frozen=True)
class Pending:
    """A column `date` that has no day as long as the row's `state` is `while_it_is`: what stands there is a plan."""

    date: str
    state: str
    while_it_is: str


@dataclass(frozen=True)
class Table:
    """One history table: what a row is, its columns, when it happened and when it was known.

    A row is known from the earliest of its dates in `seen` (the day it happened, where there are none) or from `known`
    on, whichever is later; a row of a `monthly` table from the first of the next month. `unique`: columns that no two
    rows share; `added`: what adds up where they are of several accounts that became one customer. `periods`: first
    day and the day after the last of a validity that no two rows of a customer share. `pending`: what has no day yet.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    happened: str
    known: str = "known_on"
    seen: tuple[str, ...] = ()
    monthly: bool = False
    rules: tuple[Rule, ...] = ()
    unique: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    periods: tuple[str, str] | None = None
    pending: Pending | None = None
    by_name: dict[str, Column] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns without which the table cannot be used."""
        return tuple(column for column in self.columns if column.required)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Of a table of validity periods: the columns whose values hold for a time, by name."""
        return tuple(c.name for c in self.columns if not c.required and self.periods and c.name not in self.periods)
