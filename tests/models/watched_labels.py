"""Labels of made-up histories, as the product watches them and as plain Python does."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the reference implementation and its histories

import outcomes
from customers import Line, cohort_at
from histories import EVERYTHING, Situation, busy_supplier, day, tables_of, to_history, to_store
from table_rows import RawTable

from features.engine.plan import Population, build
from features.engine.store import LineStore, day_number
from features.history import CONTRACTS
from models.churn import ChurnThresholds, contract, own_rhythm, partial, silence
from models.observation import observe
from models.outcome_tables import outcome_tables
from models.partnership import partnership
from models.target import OutcomeWindow, Target
from tests.models.table_outcomes import Question, contract_lost

PATIENT = ChurnThresholds(rhythm_most_days=90)  # so that no window of its own is longer than the horizon of these tests
TARGETS = {
    "silence": silence(),
    "partnership": partnership(),
    "own_rhythm": own_rhythm(PATIENT),
    "partial": partial(),
    "contract": contract(),
}
GRACE_DAYS = 30


def at(gap: int, name: str) -> Target:
    """The target as it is with a gap; only the season of `partial` needs to know it."""
    return partial(gap_days=gap) if name == "partial" else TARGETS[name]


ONE_WINDOW = ("silence", "partnership", "partial", "contract")  # the same for everybody
ACTS = [
    (name, act)
    for name, target in TARGETS.items()
    for act in ("label", *target.acts)
    if act not in outcomes.NEEDS_A_TABLE
]
T, HORIZON = day(0), 90


def watched(
    asked: Situation, target: Target, gap: int = 0, hindsight: LineStore | None = None, end: int | None = None
) -> dict[tuple, dict[str, float]]:
    """Acts and label by customer and cutoff; churn by contract sees contracts, the others order lines alone."""
    kept = {name: table for name, table in asked.tables.items() if (name, target.name) == ("contracts", "contract")}
    store = to_store(asked.lines, asked.has)
    tables = outcome_tables(to_history(asked.lines, EVERYTHING - {"list_amount"}, kept), store)
    matrix = build(store, asked.cutoffs, (), horizon_days=asked.horizon, population=asked.population)
    window = OutcomeWindow(gap, asked.horizon)
    seen = store if end is None else replace(store, end=store.end + end)
    found = observe(hindsight or seen, matrix, target, window, tables)
    rows = np.flatnonzero(matrix.spine.status == 0)
    keys = [(store.customer_ids[matrix.spine.customer[row]], matrix.cutoffs[matrix.spine.cutoff[row]]) for row in rows]
    columns = {"label": found.label, **found.acts}
    return {key: {name: float(column[row]) for name, column in columns.items()} for row, key in enumerate(keys)}


def expected(asked: Situation, name: str, gap: int) -> dict[tuple, dict[str, float]]:
    end = max(line.day for line in asked.lines) + timedelta(days=1)
    found = {}
    for cutoff in asked.cutoffs:
        cohort = cohort_at(asked.lines, cutoff, asked.horizon, asked.has, **asked.population.__dict__)
        by_customer = (
            contracts_lost([c.name for c in cohort.eligible()], cutoff, asked, gap, end)
            if name == "contract"
            else outcomes.labels(cohort, asked.lines, gap, name, end)
        )
        found |= {(customer, cutoff): acts for customer, acts in by_customer.items()}
    return found


def contracts_lost(names: list[str], cutoff: date, asked: Situation, gap: int, end: date) -> dict[str, dict]:
    """Churn by contract of customers at one cutoff, from the raw rows."""
    table = asked.tables.get("contracts", RawTable((), ()))
    opens = day_number(cutoff) + gap
    found = {}
    for name in names:
        question = Question(name, day_number(cutoff), opens, opens + asked.horizon)
        lost = contract_lost(question, [as_days(table, row) for row in table.of(name)], GRACE_DAYS)
        seen = math.nan if lost is None or question.closes > day_number(end) else lost
        found[name] = {"lost": seen, "label": seen}
    return found


def as_days(table: RawTable, row: dict) -> dict:
    """A raw contract as the reference of findings reads it: days as numbers, null what the supplier does not keep."""
    names = [column.name for column in CONTRACTS.columns]
    kept = {name: row.get(name) if name in table.columns else None for name in names}
    days = {name: None if kept[name] is None else day_number(kept[name]) for name in kept if name.endswith("_on")}
    known = max(days["signed_on"], days["known_on"] or 0)
    return {**kept, **days, "customer": row["customer_id"], "happened": days["signed_on"], "known": known}


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(list(one[key].values()), [other[key][act] for act in one[key]], equal_nan=True) for key in one
    )


LINES = busy_supplier()
BUSY = Situation(tuple(LINES), (day(-300), T, day(30), day(270)), HORIZON, EVERYTHING, Population(), tables_of(LINES))
REGULAR = [Line("a", str(ago), day(-ago)) for ago in (1, 30, 60)]


def shifted(days: int) -> Callable[[pytest.MonkeyPatch], None]:
    """The outcome window lies `days` days later."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        right = OutcomeWindow.days_to
        patch.setattr(OutcomeWindow, "days_to", lambda self, ahead: right(self, ahead) + days)

    return mutate
