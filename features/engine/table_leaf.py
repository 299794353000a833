"""The leaf over an optional history table: one primitive over the rows of a window that pass its conditions."""

from __future__ import annotations

from dataclasses import dataclass

from features.engine.expression import Leaf
from features.history import TABLES

EVENTS = {
    "customers": "customers",
    "interactions": "interactions",
    "resolutions": "interactions",
    "contracts": "contracts",
    "renewals": "contracts",
    "cancellations": "contracts",
    "investments": "investments",
    "deliveries": "deliveries",
    "leads": "deliveries",
    "arrivals": "deliveries",
    "quotes": "quotes",
    "decisions": "quotes",
    "wallet": "wallet",
    "treatments": "treatments",
    "purchases": "order_lines",
}
"""Events, and the history table that tells of them."""

COLUMNS = {
    "customers": "rows employees annual_revenue credit_score payment_terms_days ended industry region",
    "interactions": "rows severity ended kind contact_id contact_level initiated_by",
    "resolutions": "rows severity days kind",
    "contracts": "rows committed exclusive starts ends ended term renewal kind",
    "renewals": "rows days_early longer wider",
    "cancellations": "rows",
    "investments": "rows amount specific starts ends people kind paid_by",
    "deliveries": "rows late in_time_in_full ended",
    "leads": "rows days",
    "arrivals": "rows ordered delivered defective days_late",
    "quotes": "rows amount ended category",
    "decisions": "rows amount won won_amount to_price gap category",
    "wallet": "rows ours total bought own category month",
    "treatments": "rows holdout cost play",
    "purchases": "rows amount listed list_amount discount cost costed integrated channelled product category",
}
"""What may be asked of each kind of event. A column no table has would be null for everybody."""

UNSHARED = "unshared"
"""Option of spend on rare products: those that nobody else buys."""


@dataclass(frozen=True)
class Condition:
    """A row passes if its `column` is a text or number (`is`), is at least or below a number, or is not null."""

    column: str
    test: str
    value: str | float = ""

    def __str__(self) -> str:
        return f"{self.column} {self.test} {self.value}".strip()


@dataclass(frozen=True)
class TableLeaf(Leaf):
    """A leaf over the events `table`, of the rows that pass all `conditions`."""

    conditions: tuple[Condition, ...] = ()
    __hash__ = Leaf.__hash__

    def __str__(self) -> str:
        conditions = "".join(f",{condition}" for condition in self.conditions)
        return f"{super().__str__()[:-1]}{conditions})"

    @property
    def source(self) -> str:
        """The history table that the events come from."""
        return EVENTS[self.table]


def mistake_in(leaf: TableLeaf) -> str:
    """What the leaf asks for that no supplier can have; "" where nothing is wrong."""
    there_are = COLUMNS[leaf.table].split()
    for column in (leaf.column, *(condition.column for condition in leaf.conditions)):
        if column not in there_are:
            return f"there is no {column!r}, only {' '.join(there_are)}"
    for condition in leaf.conditions:
        declared = TABLES[leaf.source].by_name.get(condition.column)
        if declared and declared.choices and condition.test == "is" and condition.value not in declared.choices:
            return f"{condition.column} is never {condition.value!r}, only {' '.join(declared.choices)}"
    return ""
