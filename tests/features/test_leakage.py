"""No feature knows what was not known before the cutoff. Every check is shown to kill the mutants it is there for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from customers import OPTIONAL, Line, known_before
from histories import busy_supplier, day, to_store

from features.catalogue import FEATURES
from features.engine import kernels, plan
from features.engine.declaration import Feature, Registry, feature
from features.engine.plan import Population, build
from features.engine.primitives import LONGEST_WINDOW, Pass
from features.engine.store import LineStore

T = day(0)
NAMES = [declared.name for declared in FEATURES]
FOLLOWED = {"distinct", "first_time", "first_time_repeated", "first_time_spend"}
ALL_LINES = busy_supplier()
PAST = known_before(ALL_LINES, T, frozenset(OPTIONAL))
CUSTOMERS = sorted({line.customer for line in PAST})


def absurd(customer: str, ago: int, known: int = 0) -> list[Line]:
    """Purchases and a return that would show in any feature that saw them, and in others' ranks: sizes differ."""
    size = 1 + CUSTOMERS.index(customer)
    new = Line(customer, f"absurd {ago}", day(-ago), "unheard of", 1e6, 10**11 * size, "unheard of", False, day(known))
    more = [replace(new, product=f"new {size} {number}") for number in range(size)]
    old = [replace(new, product=f"p{number}", category=category) for number in range(25) for category in "abcde"]
    return [new, *more, *old, replace(new, quantity=-1e5, cents=-(10**11), is_return=True)]


TOUCHED = CUSTOMERS[::2]  # not everybody, or ranks would stay
ADDED = {
    "what happened later": [line for line in ALL_LINES if line.day >= T]
    + [line for name in TOUCHED for ahead in (1, 20, 89) for line in absurd(name, -ahead)],
    "orders on the day of the cutoff": [line for name in TOUCHED for line in absurd(name, 0)]
    + [replace(line, known=T, day=T) for line in PAST if line.day > day(-90)],
    "rows that were known too late": [
        line for name in TOUCHED for ago in (1, 40, 100, 300, 500, 5000) for line in absurd(name, ago)
    ]
    + [replace(line, day=day(-60), known=T) for line in PAST if day(-60) > line.day > day(-200)],
}
"""Rows that nobody knew of before T, though their `known_on` is as early as it can be."""


def ends_later(days: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Every window ends `days` days after the cutoff, the clamp notwithstanding."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Pass, "ago", lambda self, length: min(length.resolve(self.horizon_days), LONGEST_WINDOW) - days)

    return mutate


def lines_known(change: Callable[[LineStore], LineStore]) -> Callable[[pytest.MonkeyPatch], None]:
    def mutate(patch: pytest.MonkeyPatch) -> None:
        right = plan.leaf_values
        patch.setattr(plan, "leaf_values", lambda store, *others: right(change(store), *others))

    return mutate


def day_early(store: LineStore) -> LineStore:
    return replace(store, known=store.known - 1)


MUTANTS = {
    ("what happened later", "windows end a month late"): ends_later(30),
    ("orders on the day of the cutoff", "windows end a day late"): ends_later(1),
    ("rows that were known too late", "known_on is ignored"): lines_known(LineStore.settled),
    ("rows that were known too late", "rows known on T count as known before it"): lines_known(day_early),
}


@contextmanager
def mutated(mutate: Callable[[pytest.MonkeyPatch], None] | None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if mutate is not None:
            mutate(patch)
        yield


def values_at_cutoff(lines: list[Line], features: tuple[Feature, ...] = FEATURES) -> tuple[bytes, np.ndarray]:
    matrix = build(to_store(lines), [T], features, horizon_days=365, population=Population(1, 10_000))
    return matrix.spine.customer.tobytes() + matrix.spine.status.tobytes(), matrix.values


def changes(added: list[Line], mutate: Callable[[pytest.MonkeyPatch], None] | None = None) -> set[str]:
    """The features whose bits `added` changes at T, under a mutant; `rows` if it changes who is in the matrix."""
    with mutated(mutate):
        (rows, without), (rows_too, values) = values_at_cutoff(PAST), values_at_cutoff(PAST + added)
    if rows != rows_too:
        return {"rows"}
    differs = without.view(np.int32) != values.view(np.int32)
    return {name for name, column in zip(NAMES, differs.T, strict=True) if column.any()}


@cache
def changed_by(what: str, mutant: str | None = None) -> set[str]:
    return changes(ADDED[what], MUTANTS[what, mutant] if mutant else None)


@pytest.mark.parametrize("name", ["rows", *NAMES])
@pytest.mark.parametrize("what", ADDED)
def test_feature_does_not_see(what, name):
    assert name not in changed_by(what)


FAR = {"tenure_days", "order_days_season_two_years_ago"}
"""What depends on the first order alone, or on a window that ends a year before T: no order near T shows in it."""


CALENDAR = {declared.name for declared in FEATURES if {leaf.table for leaf in declared.inputs} == {"calendar"}}
"""What depends on the date of the cutoff alone: no row can show in it, whatever the engine does."""


@pytest.mark.parametrize(
    ("what", "mutant", "name"),
    [
        (what, mutant, name)
        for what, mutant in MUTANTS
        for name in NAMES
        if name not in CALENDAR and (what == "rows that were known too late" or name not in FAR)
    ],
)
def test_feature_would_be_caught_if(what, mutant, name):
    assert name in changed_by(what, mutant)


def test_removing_rows_not_known_before_the_cutoff_changes_no_feature():
    known = set(PAST)
    late_and_later = [line for line in ALL_LINES if line not in known]
    assert any(line.day < T for line in late_and_later), "some rows are late"
    assert changes(late_and_later) == set()


def primitives(declared: Feature) -> set[str]:
    return {leaf.primitive for leaf in declared.inputs}


def one_day_off(patch: pytest.MonkeyPatch) -> None:
    right = kernels.boundaries
    patch.setattr(kernels, "boundaries", lambda offsets, d, cutoffs, ago, out: right(offsets, d, cutoffs, ago - 1, out))


def test_a_boundary_kernel_one_day_off_is_caught_by_every_feature_that_uses_it():
    caught = changes(ADDED["orders on the day of the cutoff"], one_day_off)
    assert caught >= {declared.name for declared in FEATURES if primitives(declared) - FOLLOWED} - FAR - CALENDAR


def map_one_day_off(patch: pytest.MonkeyPatch) -> None:
    right = Pass.boundary_map
    patch.setattr(Pass, "boundary_map", lambda self, windows, days, zero: right(self, windows, days, zero - 1))


def test_a_boundary_map_one_day_off_is_caught_by_every_feature_that_uses_it():
    caught = changes(ADDED["orders on the day of the cutoff"], map_one_day_off)
    assert caught >= {declared.name for declared in FEATURES if primitives(declared) & FOLLOWED}


FORESIGHT = Registry()


@feature(family="rhythm", unit="orders", high="{value}", low="{value}", registry=FORESIGHT)
def order_days_around_the_cutoff(h):
    """Order days from 30 days before the cutoff to 30 days after it.

    Idea: a mistake.
    Source: a careless colleague.
    """
    return h.order_days.count(60, ending=-30)


def test_window_declared_past_the_cutoff_ends_at_it():
    past, later = [Line("a", "1", day(-10))], [Line("a", "2", day(5))]
    assert values_at_cutoff(past + later, tuple(FORESIGHT.values()))[1] == 1


def test_window_declared_past_the_cutoff_would_be_caught_without_the_clamp():
    past, later = [Line("a", "1", day(-10))], [Line("a", "2", day(5))]
    with mutated(ends_later(0)):
        assert values_at_cutoff(past + later, tuple(FORESIGHT.values()))[1] == 2
