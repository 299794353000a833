"""Labels: equal to a plain reference, watched over the right days, null until mature, blind to all else."""

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the reference implementation and its histories

import outcomes
from customers import OPTIONAL, Line, cohort_at
from histories import ANYBODY, EVERYTHING, Situation, busy_supplier, day, situations, tables_of, to_history, to_store
from table_histories import Tables
from table_rows import RawTable

from features.engine.plan import Population, build
from features.engine.store import LineStore, day_number
from models import contract_acts
from models import observation as watching
from models.churn import ChurnThresholds, contract, own_rhythm, partial, silence
from models.event_rows import Asked
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
    kept = {name: row[name] if name in table.columns else None for name in row}
    days = {name: None if kept[name] is None else day_number(kept[name]) for name in kept if name.endswith("_on")}
    known = max(days["signed_on"], days["known_on"] or 0)
    return {**kept, **days, "customer": row["customer_id"], "happened": days["signed_on"], "known": known}


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(list(one[key].values()), [other[key][act] for act in one[key]], equal_nan=True) for key in one
    )


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("gap", [0, 14])
@given(asked=situations(most_lines=30))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_labels_equal_reference_on_random_histories(name, gap, asked):
    assert same(watched(asked, at(gap, name), gap), expected(asked, name, gap))


LINES = busy_supplier()
BUSY = Situation(tuple(LINES), (day(-300), T, day(30), day(270)), HORIZON, EVERYTHING, Population(), tables_of(LINES))


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("horizon", [90, 108, 180, 365])
def test_labels_of_a_busy_supplier_equal_reference(name, horizon):
    asked = replace(BUSY, horizon=horizon)
    assert same(watched(asked, at(14, name), 14), expected(asked, name, 14))


@pytest.mark.parametrize(("name", "act"), ACTS)
def test_busy_supplier_shows_every_act_done_and_not_done(name, act):
    assert {acts[act] for acts in watched(replace(BUSY, horizon=90), TARGETS[name]).values()} >= {0.0, 1.0}


# The days of the outcome window

REGULAR = [Line("a", str(ago), day(-ago)) for ago in (1, 30, 60)]


def silent(order_on: int, gap: int = 0, mutate: Callable[[pytest.MonkeyPatch], None] = lambda patch: None) -> float:
    """The silence label at T of a customer who orders once more, `order_on` days after T."""
    lines = (*REGULAR, Line("a", "next", day(order_on)), Line("b", "end", day(900)))
    with pytest.MonkeyPatch.context() as patch:
        mutate(patch)
        return watched(Situation(lines, (T,), HORIZON), TARGETS["silence"], gap)["a", T]["label"]


DAYS = [
    (0, 0, 0.0),  # order on the day of the cutoff: inside
    (89, 0, 0.0),
    (90, 0, 1.0),  # the day the window closes: outside
    (0, 14, 1.0),  # in the gap
    (13, 14, 1.0),
    (14, 14, 0.0),
    (103, 14, 0.0),
    (104, 14, 1.0),
]


@pytest.mark.parametrize(("order_on", "gap", "label"), DAYS)
def test_an_order_counts_on_the_days_from_gap_to_gap_and_horizon(order_on, gap, label):
    assert silent(order_on, gap) == label


def shifted(days: int) -> Callable[[pytest.MonkeyPatch], None]:
    """The outcome window lies `days` days later."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        right = OutcomeWindow.days_to
        patch.setattr(OutcomeWindow, "days_to", lambda self, ahead: right(self, ahead) + days)

    return mutate


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("gap", [0, 14])
def test_an_outcome_window_one_day_off_would_be_caught(days, gap):
    found = [silent(order_on, asked, shifted(days)) == label for order_on, asked, label in DAYS if asked == gap]
    assert not all(found)


@pytest.mark.parametrize("change", [{"cents": 0}, {"cents": -100}, {"is_return": True}, {"quantity": -1.0}], ids=str)
def test_a_line_that_is_no_purchase_leaves_a_customer_silent(change):
    lines = (*REGULAR, replace(Line("a", "next", day(5)), **change), Line("b", "end", day(900)))
    assert watched(Situation(lines, (T,), HORIZON), TARGETS["silence"])["a", T]["label"] == 1


def test_an_order_that_became_known_after_the_window_still_counts():
    lines = (*REGULAR, Line("a", "next", day(5), known=day(400)), Line("b", "end", day(900)))
    assert watched(Situation(lines, (T,), HORIZON), TARGETS["silence"])["a", T]["label"] == 0


# Blindness: label after label

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
LABELLED = Situation((*BUSY.lines, END), (T,), HORIZON, EVERYTHING, Population())


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


def test_labels_do_not_depend_on_the_order_of_rows():
    backwards = replace(BUSY, lines=BUSY.lines[::-1])
    assert all(same(watched(BUSY, target), watched(backwards, target)) for target in TARGETS.values())


def test_labels_of_cutoffs_together_equal_each_alone():
    for target in TARGETS.values():
        together = watched(BUSY, target)
        assert same(
            together, {k: v for T in BUSY.cutoffs for k, v in watched(replace(BUSY, cutoffs=(T,)), target).items()}
        )


@pytest.mark.parametrize("customers", [1, 7])
def test_labels_do_not_depend_on_chunks(monkeypatch, customers):
    whole = {name: watched(BUSY, target) for name, target in TARGETS.items()}
    monkeypatch.setattr(watching, "CUSTOMERS_A_CHUNK", customers)
    assert all(same(watched(BUSY, target), whole[name]) for name, target in TARGETS.items())


# Maturity


AGREED = {"contract_id": "c", "customer_id": "a", "signed_on": day(-9), "starts_on": day(-9), "ends_on": day(500)}
IN_FORCE = {"contracts": RawTable(tuple(AGREED), (AGREED,))}


@pytest.mark.parametrize(
    ("gap", "last_day", "mature"), [(0, 88, False), (0, 89, True), (14, 102, False), (14, 103, True)]
)
@pytest.mark.parametrize("name", ONE_WINDOW)
def test_a_label_is_mature_once_the_last_day_of_its_window_is_covered(name, gap, last_day, mature):
    asked = Situation((*REGULAR, Line("b", "end", day(last_day))), (T,), HORIZON, tables=IN_FORCE)
    acts = watched(asked, TARGETS[name], gap)["a", T]
    assert all(np.isnan(acts[act]) != mature for target, act in ACTS if target == name)


def test_an_immature_label_is_null_even_where_the_customer_has_ordered():
    asked = Situation((*REGULAR, Line("a", "next", day(5))), (T,), HORIZON)
    assert np.isnan(watched(asked, TARGETS["silence"])["a", T]["label"])


@pytest.mark.parametrize("name", TARGETS)
def test_an_engine_that_forgot_maturity_would_be_caught(name):
    asked = Situation((*REGULAR, Line("b", "end", day(88))), (T,), HORIZON, tables=IN_FORCE)
    assert not np.isnan(watched(asked, TARGETS[name], end=10_000)["a", T]["label"])


def test_from_what_was_known_by_a_day_only_windows_closed_by_then_are_mature():
    store = to_store(BUSY.lines)
    matrix = build(store, BUSY.cutoffs, (), horizon_days=HORIZON, population=ANYBODY)
    known = store.known_before(day_number(T + timedelta(days=HORIZON)))
    labels = observe(known, matrix, TARGETS["silence"], OutcomeWindow(0, HORIZON)).label
    cutoffs = np.array(matrix.cutoffs)[matrix.spine.cutoff]
    assert np.isnan(labels).tolist() == (cutoffs > T).tolist()


# What is missing


def test_no_eligible_customer_gives_no_labels():
    asked = Situation(tuple(REGULAR), (T,), HORIZON, EVERYTHING, Population(min_order_days=9))
    assert all(watched(asked, target) == {} for target in TARGETS.values())


@pytest.mark.parametrize("lacking", OPTIONAL)
@pytest.mark.parametrize("name", TARGETS)
def test_labels_without_an_optional_column_equal_reference(name, lacking):
    asked = replace(BUSY, has=EVERYTHING - {lacking})
    assert same(watched(asked, TARGETS[name]), expected(asked, name, 0))
