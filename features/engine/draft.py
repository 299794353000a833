"""A matrix in the making: who is in it, the programs that fill it, and the memory they fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.dealt import Dealt
from features.engine.evaluation import among_everybody, cohorts, frontier
from features.engine.expression import Cohort, Expression, Leaf, needs_cohort
from features.engine.part_values import PartValues
from features.engine.program import Program, compiled
from features.engine.room import Room
from features.engine.store import Ints

ELIGIBLE, NEW, LAPSED = 0, 1, 2
STATUS = ("eligible", "new", "lapsed")


@dataclass(frozen=True)
class Population:
    """Who is scored: customers with `min_order_days` order days, the last within `activity_days` of the cutoff."""

    min_order_days: int = 3
    activity_days: int = 365

    def status(self, order_days: npt.NDArray[Any], silent_days: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
        """`ELIGIBLE`, `NEW` (too few order days) or `LAPSED` (silent for longer than the activity window), (n,)."""
        lapsed = np.where(silent_days > self.activity_days, LAPSED, ELIGIBLE)
        return np.where(order_days < self.min_order_days, NEW, lapsed).astype(np.int8)


@dataclass(frozen=True)
class Spine:
    """One row per cutoff and customer known before it, by customer, then by cutoff.

    `customer` (rows,) indexes the store's `customer_ids`, `cutoff` (rows,) the sorted cutoffs; `status` (rows,)
    is an index into `STATUS`.
    """

    customer: Ints
    cutoff: Ints
    status: npt.NDArray[np.int8]

    @property
    def eligible(self) -> npt.NDArray[np.bool_]:
        """Which rows (rows,) are of customers that are trained on and scored."""
        return np.asarray(self.status == ELIGIBLE)

    def __len__(self) -> int:
        return self.customer.size


@dataclass(frozen=True)
class Question:
    """What to compute: expressions at cutoffs under a horizon, for a population."""

    expressions: tuple[Expression, ...]
    cutoffs: Ints
    horizon_days: int
    population: Population


@dataclass(frozen=True)
class Programs:
    """How a customer's own values are written: once per build, for all chunks.

    `own` writes the features that need no cohort, and keeps the parts `kept` of the others; both of eligible rows.
    `shared` keeps the parts `everybody` of every known row, for the `cohorts` that look at all customers.
    """

    own: Program
    kept: tuple[Expression, ...]
    shared: Program
    everybody: tuple[Expression, ...]
    cohorts: tuple[Cohort, ...]

    @classmethod
    def of(cls, question: Question) -> Programs:
        """The programs that answer a question."""
        known = among_everybody(cohorts(question.expressions))
        own = [(place, part) for place, part in enumerate(question.expressions) if not needs_cohort(part)]
        kept = frontier(filter(needs_cohort, question.expressions), known)
        everybody = frontier(argument for node in known for argument in node.arguments)
        days = question.horizon_days
        programs = compiled(own, kept, days), compiled([], everybody, days)
        return cls(programs[0], tuple(kept), programs[1], tuple(everybody), tuple(known))

    @property
    def leaves(self) -> set[Leaf]:
        """Every leaf that has to be computed."""
        return {*self.own.inputs, *self.shared.inputs}


@dataclass(frozen=True)
class Draft:
    """A matrix that is being filled, chunk by chunk.

    `status` (customers, K) is -1 where a customer is not known; `values` (eligible rows, features); `kept` of eligible
    rows and `shared` of known ones are what cohorts are computed from, dealt by cutoff: `own` are the eligible rows,
    `everybody` all that are known. All large arrays come from `room`.
    """

    status: npt.NDArray[np.int8]
    values: npt.NDArray[np.float32]
    own: Dealt
    kept: PartValues
    everybody: Dealt
    shared: PartValues
    room: Room

    @classmethod
    def empty(cls, status: npt.NDArray[np.int8], programs: Programs, features: int, room: Room) -> Draft:
        """Room for the rows that `status` says there are; untouched until it is written."""
        own, everybody = Dealt.of(status == ELIGIBLE), Dealt.of(status >= 0)
        kept = PartValues.empty(programs.kept, own.place.size, room)
        shared = PartValues.empty(programs.everybody, everybody.place.size, room)
        values = room.empty((own.place.size, features), np.float32, "F")
        return cls(status, values, own, kept, everybody, shared, room)

    def spine(self) -> Spine:
        """The rows of everybody known."""
        customer, cutoff = (part.astype(np.int32) for part in np.nonzero(self.status >= 0))
        return Spine(customer, cutoff, self.status[customer, cutoff])
