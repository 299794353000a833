"""Labels see nothing of after their window, nor of a past that was known too late; each check kills its mutants."""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the reference implementation and its histories

from customers import Line
from histories import EVERYTHING, Situation, day
from table_histories import Tables
from table_rows import RawTable

from features.engine.plan import Population
from models import contract_acts
from models import observation as watching
from models.event_rows import Asked
from tests.models.watched_labels import ACTS, BUSY, HORIZON, ONE_WINDOW, TARGETS, T, shifted, watched

PEOPLE = sorted({line.customer for line in BUSY.lines})
END = Line("the end", "end", day(2000))
UNTIL = {"what happened after the window": day(500), "rows that were known too late": day(20)}
"""When the contracts run out that half of the people have on top of theirs."""


def contracts(what: str, *, added: bool) -> Tables:
    """The contracts of the busy supplier, and what nobody may see: an end after the window, or one known too late."""
    table = BUSY.tables["contracts"]
    late = what == "rows that were known too late"
    usual = dict.fromkeys(table.rows[0]) | {"signed_on": day(-200), "starts_on": day(-200), "ends_on": UNTIL[what]}
    rows = [{**usual, "contract_id": "further", "customer_id": name, "known_on": T if late else None} for name in HALF]
    if late:  # they have no other: with hindsight it may take the place of an older one
        own = tuple(row for row in table.rows if row["customer_id"] not in HALF)
        return {"contracts": RawTable(table.columns, own + (tuple(rows) if added else ()))}
    news = [{**row, "cancelled_on": day(HORIZON) if added else None} for row in rows]
    return {"contracts": RawTable(table.columns, (*table.rows, *news))}


HALF = PEOPLE[::2]
NEW = [Line(name, f"new {on}", day(on), "new") for name in HALF[::3] for on in (10, 40)]
"""What some of them buy first in the window, and again: somebody expands."""
LABELLED = Situation((*BUSY.lines, *NEW, END), (T,), HORIZON, EVERYTHING, Population())


def absurd(customer: str, on: int, **changes: object) -> list[Line]:
    """Purchases that would show in any label that saw them: huge, of new products, of old ones."""
    line = Line(customer, f"absurd {on}", day(on), "unheard of", 1e6, 10**13, "unheard of", **changes)
    return [line, *(replace(line, product=f"p{number}", category="abcde"[number % 5]) for number in range(25))]


ADDED = {
    "what happened after the window": [
        line for name in PEOPLE[::2] for ahead in (90, 91, 120, 500) for line in absurd(name, ahead)
    ],
    "rows that were known too late": [
        replace(line, cents=10**13 * (1 + PEOPLE.index(line.customer)))
        for name in PEOPLE[::2]
        for ago in range(10, 360, 30)
        for line in absurd(name, -ago, known=T)[:1]
    ],
}


def known_too_early(patch: pytest.MonkeyPatch) -> None:
    right = watching.leaf_values
    patch.setattr(watching, "leaf_values", lambda store, *others: right(store.settled(), *others))
    year = Asked.before
    patch.setattr(Asked, "before", lambda asked, days: replace(year(asked, days), known_by=None))
    risk = contract_acts._at_risk
    patch.setattr(contract_acts, "_at_risk", lambda rows, asked: risk(replace(rows, known=rows.happened), asked))


MUTANTS = {
    ("what happened after the window", "the window closes a day late"): shifted(1),
    ("what happened after the window", "the window lies a month late"): shifted(30),
    ("rows that were known too late", "known_on is ignored"): known_too_early,
}


@cache
def changed_by(what: str, mutant: str | None = None) -> set[tuple[str, str]]:
    """Acts and labels that the added rows change, under a mutant; only those of people eligible both times."""
    changed = set()
    with pytest.MonkeyPatch.context() as patch:
        if mutant:
            MUTANTS[what, mutant](patch)
        for name, target in TARGETS.items():
            before = watched(replace(LABELLED, tables=contracts(what, added=False)), target)
            more = LABELLED.lines + tuple(ADDED[what])
            after = watched(replace(LABELLED, lines=more, tables=contracts(what, added=True)), target)
            differ = {(name, act) for key in before for act in before[key] if other(before[key][act], after[key][act])}
            changed |= differ & set(ACTS)
    return changed


def other(one: float, two: float) -> bool:
    return one != two and not (np.isnan(one) and np.isnan(two))


@pytest.mark.parametrize(("name", "act"), ACTS)
@pytest.mark.parametrize("what", ADDED)
def test_label_does_not_see(what, name, act):
    assert (name, act) not in changed_by(what)


AFTER = {(name, act) for name, act in ACTS if name in ONE_WINDOW}
BEFORE = {("partnership", act) for act in ("stays", "expands", "plans", "label")}
BEFORE |= {("partial", "dropped"), ("partial", "category_stopped"), ("partial", "label")}
BEFORE |= {("contract", "lost"), ("contract", "label")}


@pytest.mark.parametrize(("what", "mutant"), MUTANTS, ids=str)
def test_label_would_be_caught_if(what, mutant):
    late = what == "rows that were known too late"
    assert changed_by(what, mutant) >= (BEFORE if late else AFTER)
