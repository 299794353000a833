"""What comparing two predictions came to: for programs and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.evaluation.bootstrap import shown
from models.evaluation.interval import Interval
from pipeline.promotion.designs import UNKNOWN, Designs

FIRST, SECOND = "first", "second"
COMPARED = {"roc_auc": "AUC", "average_precision": "AP", "brier": "Brier", "calibration_error": "calibration"}
BETTER_HIGH = ("roc_auc", "average_precision")


@dataclass(frozen=True)
class Contest:
    """Two predictions of one target on the same rows: figures of each, and second minus first, paired.

    `by_date` is that difference in AUC at each cutoff alone, where there are several and it is asked for.
    """

    title: str
    rows: int
    customers: int
    base_rate: float
    first: Mapping[str, Interval]
    second: Mapping[str, Interval]
    difference: Mapping[str, Interval]
    by_date: Mapping[str, Interval] = field(default_factory=dict)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        own = {"rows": self.rows, "customers": self.customers, "base_rate": self.base_rate}
        sides = {FIRST: self.first, SECOND: self.second, "second_minus_first": self.difference}
        dates: dict[str, object] = {
            "auc_difference_by_date": {day: found.summary() for day, found in self.by_date.items()}
        }
        return own | dates | {name: {m: found.summary() for m, found in side.items()} for name, side in sides.items()}

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.title}: {self.rows:,} rows of {self.customers:,} customers, base rate {self.base_rate:.3f}"
        yield f"  {'':12}{'first':>24}{'second':>24}{'second - first':>28}"
        for metric, name in COMPARED.items():
            sides = "".join(f"{shown(metric, side[metric]):>24}" for side in (self.first, self.second))
            yield f"  {name:12}{sides}{self.difference[metric]!s:>28}  {_said(metric, self.difference[metric])}"
        for day, found in self.by_date.items():
            yield f"  {f'AUC at {day}':60}{found!s:>28}  {_said('roc_auc', found)}"


def _said(metric: str, difference: Interval) -> str:
    if difference.holds(0.0):
        return "may be chance"
    higher = difference.value > 0
    return "second is better" if higher == (metric in BETTER_HIGH) else "first is better"


OF_CUSTOMERS = (
    "Brackets tell what other customers would have shown. They know nothing of the chance in growing trees: another "
    "[training] seed alone moves these figures, too."
)


@dataclass(frozen=True)
class CompareOutcome:
    """The contests, target by target, how many rows only one side had, and in what the two sides differ."""

    first: str
    second: str
    contests: tuple[Contest, ...]
    notes: tuple[str, ...]
    designs: Designs = UNKNOWN

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        found = {contest.title: contest.summary() for contest in self.contests}
        return {FIRST: self.first, SECOND: self.second, "contests": found, "notes": list(self.notes)} | (
            {"designs": self.designs.summary()} if self.designs.known else {}
        )

    def text(self) -> str:
        """For people."""
        parts = ["\n".join(contest.lines()) for contest in self.contests]
        head = "\n".join([f"first:  {self.first}", f"second: {self.second}", *self.designs.lines()])
        return "\n\n".join([head, *parts, *self.notes, OF_CUSTOMERS])
