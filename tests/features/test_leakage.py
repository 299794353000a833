"""No feature knows what was not known before the cutoff. Every check is shown to kill the mutants it is there for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from customers import OPTIONAL, Line, known_before
from histories import busy_supplier, day, tables_of, to_store
from leakage_rows import absurd, as_seen_before, ending_on, known_day, with_rows
from table_histories import Tables
from table_rows import RawTable

from features.catalogue import FEATURES
from features.engine import kernels, leaf_values, plan, primitives_of_tables, store
from features.engine.days import Days
from features.engine.declaration import Feature, Registry, feature
from features.engine.plan import Population, build
from features.engine.primitives import LONGEST_WINDOW, Pass
from features.engine.store import LineStore
from features.engine.table_leaf import TableLeaf
from features.engine.tables import ENDED, TableEvents

T = day(0)
NAMES = [declared.name for declared in FEATURES]
FOLLOWED = {"distinct", "first_time", "first_time_repeated", "first_time_spend"}
ALL_LINES = busy_supplier()
ALL_TABLES = tables_of(ALL_LINES)
PAST = known_before(ALL_LINES, T, frozenset(OPTIONAL))
PAST_TABLES = as_seen_before(ALL_TABLES, T)
CUSTOMERS = sorted({line.customer for line in PAST})


def absurd_lines(customer: str, ago: int, known: int = 0) -> list[Line]:
    """Purchases and a return that would show in any feature that saw them, and in others' ranks: sizes differ."""
    size = 1 + CUSTOMERS.index(customer)
    new = Line(customer, f"absurd {ago}", day(-ago), "unheard of", 1e6, 10**11 * size, "unheard of", False, day(known))
    more = [replace(new, product=f"new {size} {number}") for number in range(size)]
    more += [replace(new, product=f"launched {ago}")]
    old = [replace(new, product=f"p{number}", category=category) for number in range(25) for category in "abcde"]
    return [new, *more, *old, replace(new, quantity=-1e5, cents=-(10**11), is_return=True)]


TOUCHED = CUSTOMERS[::2]  # not everybody, or ranks would stay
ADDED = {
    "what happened later": [line for line in ALL_LINES if line.day >= T]
    + [line for name in TOUCHED for ahead in (1, 20, 89) for line in absurd_lines(name, -ahead)],
    "orders on the day of the cutoff": [line for name in TOUCHED for line in absurd_lines(name, 0)]
    + [replace(line, known=T, day=T) for line in PAST if line.day > day(-90)],
    "rows that were known too late": [
        line for name in TOUCHED for ago in (1, 40, 100, 300, 500, 5000) for line in absurd_lines(name, ago)
    ]
    + [replace(line, day=day(-60), known=T) for line in PAST if day(-60) > line.day > day(-200)],
}
"""Rows that nobody knew of before T, though their `known_on` is as early as it can be."""


def poisoned(tables: Tables, ages: tuple[int, ...], known: int = 0) -> Tables:
    """The tables with absurd rows of these ages, known `known` days after T or when they happened."""
    for name in TOUCHED:
        for ago in ages:
            added = absurd(name, 1 + CUSTOMERS.index(name), day(-ago), day(known))
            if ago > 0:  # attributes are known from their first day: no row of theirs can be late
                added["customers"] = RawTable(added["customers"].columns, ())
            tables = with_rows(tables, added)
    return tables


def later(name: str, table: RawTable) -> RawTable:
    """The rows that were not known before T."""
    return RawTable(table.columns, tuple(row for row in table.rows if known_day(name, row) >= T))


TABLES = {
    # as they are, with what came of the rows known before
    "what happened later": poisoned(ALL_TABLES, (-1, -20, -29)),
    "orders on the day of the cutoff": poisoned(ending_on(PAST_TABLES, T, TOUCHED), (0,)),
    "rows that were known too late": poisoned(
        with_rows(PAST_TABLES, {name: later(name, table) for name, table in ALL_TABLES.items()}),
        (1, 2, 40, 100, 300, 500, 700),
    ),
}
"""The same for the optional tables: rows added to those known, and what came of them after T."""


def ends_later(days: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Every window ends `days` days after the cutoff, the clamp notwithstanding; tables are asked so much later."""
    right = primitives_of_tables.table_values

    def mutate(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Pass, "ago", lambda self, length: min(length.resolve(self.horizon_days), LONGEST_WINDOW) - days)
        patch.setattr(
            leaf_values, "table_values", lambda store, cutoffs, *rest: right(store, cutoffs + np.int32(days), *rest)
        )

    return mutate


def lines_known(change: Callable[[LineStore], LineStore]) -> Callable[[pytest.MonkeyPatch], None]:
    def mutate(patch: pytest.MonkeyPatch) -> None:
        right = leaf_values.asked_values
        for module in (leaf_values, plan):
            patch.setattr(module, "asked_values", lambda store, *others: right(change(store), *others))

    return mutate


def day_early(store: LineStore) -> LineStore:
    tables = {name: replace(events, known=events.known_on - 1) for name, events in store.tables.items()}
    return replace(store, known=store.known - 1, tables=tables, market=None)


def unknowing(store: LineStore) -> LineStore:
    return replace(store.settled(), market=None)


MUTANTS = {
    ("what happened later", "windows end a month late"): ends_later(30),
    ("orders on the day of the cutoff", "windows end a day late"): ends_later(1),
    ("rows that were known too late", "known_on is ignored"): lines_known(unknowing),
    ("rows that were known too late", "rows known on T count as known before it"): lines_known(day_early),
}


@contextmanager
def mutated(mutate: Callable[[pytest.MonkeyPatch], None] | None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if mutate is not None:
            mutate(patch)
        yield


def values_at_cutoff(
    lines: list[Line], tables: Tables, features: tuple[Feature, ...] = FEATURES
) -> tuple[bytes, np.ndarray]:
    matrix = build(to_store(lines, tables=tables), [T], features, horizon_days=365, population=Population(1, 10_000))
    return matrix.spine.customer.tobytes() + matrix.spine.status.tobytes(), matrix.values


def changes(added: list[Line], tables: Tables, mutate: Callable[[pytest.MonkeyPatch], None] | None = None) -> set[str]:
    """The features whose bits `added` and `tables` change at T, under a mutant; `rows` if they change who is there."""
    with mutated(mutate):
        rows, without = values_at_cutoff(PAST, PAST_TABLES)
        rows_too, values = values_at_cutoff(PAST + added, tables)
    if rows != rows_too:
        return {"rows"}
    differs = without.view(np.int32) != values.view(np.int32)
    return {name for name, column in zip(NAMES, differs.T, strict=True) if column.any()}


@cache
def changed_by(what: str, mutant: str | None = None) -> set[str]:
    return changes(ADDED[what], TABLES[what], MUTANTS[what, mutant] if mutant else None)


@pytest.mark.parametrize("name", ["rows", *NAMES])
@pytest.mark.parametrize("what", ADDED)
def test_feature_does_not_see(what, name):
    assert name not in changed_by(what)


FAR = {
    "tenure_days", "order_days_season_two_years_ago", "volume_kept_after_late_deliveries_730d",
    "severe_complaints_unsettled",
}  # fmt: skip
"""What depends on the first order alone, or on a window that ends long before T: no row near T shows in it."""
NEVER_LATE = {declared.name for declared in FEATURES if {leaf.table for leaf in declared.inputs} == {"customers"}}
"""Attributes are known from their first day."""
FLAGS = {declared.name for declared in FEATURES if declared.name.startswith("has_")}
"""Whether anything is known at all: tested below, with tables of which nothing was."""


CALENDAR = {declared.name for declared in FEATURES if {leaf.table for leaf in declared.inputs} == {"calendar"}}
"""What depends on the date of the cutoff alone: no row can show in it, whatever the engine does."""


@pytest.mark.parametrize(
    ("what", "mutant", "name"),
    [
        (what, mutant, name)
        for what, mutant in MUTANTS
        for name in NAMES
        if name not in CALENDAR | FLAGS | (NEVER_LATE if what == "rows that were known too late" else FAR)
    ],
)
def test_feature_would_be_caught_if(what, mutant, name):
    assert name in changed_by(what, mutant)


def test_removing_rows_not_known_before_the_cutoff_changes_no_feature():
    known = set(PAST)
    late_and_later = [line for line in ALL_LINES if line not in known]
    assert any(line.day < T for line in late_and_later), "some rows are late"
    assert changes(late_and_later, ALL_TABLES) == set()


@pytest.mark.parametrize("mutant", [None, *MUTANTS], ids=str)
def test_a_table_of_which_nothing_was_known_is_not_there(mutant):
    nothing = {name: RawTable(table.columns, ()) for name, table in ALL_TABLES.items()}
    flags = tuple(declared for declared in FEATURES if declared.name in FLAGS)
    what = mutant[0] if mutant else "what happened later"
    tables = poisoned(nothing, {"what happened later": (-1,), "rows that were known too late": (1,)}.get(what, (0,)))
    with mutated(MUTANTS[mutant] if mutant else None):
        _, values = values_at_cutoff(PAST, tables, flags)
    late = what == "rows that were known too late"
    expected = [bool(mutant) and not (late and declared.name in NEVER_LATE) for declared in flags]
    assert values[0].tolist() == expected


LEARNED_LATER = {"resolutions", "cancellations", "arrivals", "decisions"}
"""Events that are facts of earlier rows, on the day they became known."""


def facts_early(patch: pytest.MonkeyPatch) -> None:
    """What comes of a row is taken as known long before it is."""

    def early(name: str, events: TableEvents) -> TableEvents:
        numbers = {column: value - 300 * (column == ENDED) for column, value in events.numbers.items()}
        if name in LEARNED_LATER:
            events = replace(events, day=events.day - 300, known=events.known_on - 300)
        return replace(events, numbers=numbers)

    right = store.events_of
    patch.setattr(store, "events_of", lambda *given: {name: early(name, e) for name, e in right(*given).items()})


def test_a_fact_known_before_it_came_about_is_caught_by_every_feature_that_rests_on_it():
    caught = changes([], ALL_TABLES, facts_early)
    rests = {
        declared.name
        for declared in FEATURES
        for leaf in declared.inputs
        if leaf.table in LEARNED_LATER or (leaf.primitive == "standing" and leaf.table != "customers")
    }
    assert caught >= rests and len(rests) > 15


def primitives(declared: Feature) -> set[str]:
    """Those over order lines; features that rest on another table are left out."""
    if any(isinstance(leaf, TableLeaf) for leaf in declared.inputs):
        return set()
    return {leaf.primitive for leaf in declared.inputs}


def one_day_off(patch: pytest.MonkeyPatch) -> None:
    right = kernels.boundaries
    patch.setattr(kernels, "boundaries", lambda *asked: right(*asked[:-2], asked[-2] - 1, asked[-1]))


def test_a_boundary_kernel_one_day_off_is_caught_by_every_feature_that_uses_it():
    caught = changes(ADDED["orders on the day of the cutoff"], PAST_TABLES, one_day_off)
    assert caught >= {declared.name for declared in FEATURES if primitives(declared) - FOLLOWED} - FAR - CALENDAR


def map_one_day_off(patch: pytest.MonkeyPatch) -> None:
    right = Pass.boundary_map
    patch.setattr(Pass, "boundary_map", lambda self, windows, days, zero: right(self, windows, days, zero - 1))


def test_a_boundary_map_one_day_off_is_caught_by_every_feature_that_uses_it():
    caught = changes(ADDED["orders on the day of the cutoff"], PAST_TABLES, map_one_day_off)
    assert caught >= {declared.name for declared in FEATURES if primitives(declared) & FOLLOWED}


FORESIGHT = Registry()


@feature(family="rhythm", unit="orders", high="{value}", low="{value}", registry=FORESIGHT)
def order_days_around_the_cutoff(h):
    """Order days from 30 days before the cutoff to 30 days after it, under a horizon of 365.

    Idea: a mistake that no declaration shows, since under a shorter horizon the window ends in time.
    Source: a careless colleague.
    """
    return h.order_days.count(60, ending=Days(335, -1))


def test_window_declared_past_the_cutoff_ends_at_it():
    past, later = [Line("a", "1", day(-10))], [Line("a", "2", day(5))]
    assert values_at_cutoff(past + later, {}, tuple(FORESIGHT.values()))[1] == 1


def test_window_declared_past_the_cutoff_would_be_caught_without_the_clamp():
    past, later = [Line("a", "1", day(-10))], [Line("a", "2", day(5))]
    with mutated(ends_later(0)):
        assert values_at_cutoff(past + later, {}, tuple(FORESIGHT.values()))[1] == 2
