"""Labels: equal to a plain reference, watched over the right days, null until mature."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the reference implementation and its histories

from customers import OPTIONAL, Line
from histories import ANYBODY, EVERYTHING, Situation, day, situations, to_store
from table_rows import RawTable

from features.engine.plan import Population, build
from features.engine.store import day_number
from features.engine.view import HistoryView
from models import observation as watching
from models.observation import observe
from models.target import Definition, OutcomeView, OutcomeWindow, declare
from tests.models.watched_labels import (
    ACTS,
    BUSY,
    HORIZON,
    ONE_WINDOW,
    REGULAR,
    TARGETS,
    T,
    at,
    expected,
    same,
    shifted,
    watched,
)  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("gap", [0, 14])
@given(asked=situations(most_lines=30))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_labels_equal_reference_on_random_histories(name, gap, asked):
    assert same(watched(asked, at(gap, name), gap), expected(asked, name, gap))


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("horizon", [90, 108, 180, 365])
def test_labels_of_a_busy_supplier_equal_reference(name, horizon):
    asked = replace(BUSY, horizon=horizon)
    assert same(watched(asked, at(14, name), 14), expected(asked, name, 14))


@pytest.mark.parametrize(("name", "act"), ACTS)
def test_busy_supplier_shows_every_act_done_and_not_done(name, act):
    assert {acts[act] for acts in watched(replace(BUSY, horizon=90), TARGETS[name]).values()} >= {0.0, 1.0}


# The days of the outcome window


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


@pytest.mark.parametrize(("last_day", "mature"), [(21, False), (22, True)])
def test_an_own_window_that_ends_within_a_day_is_known_once_that_day_is_covered(last_day, mature):
    def early(before: HistoryView, after: OutcomeView) -> Definition:
        """Silent.

        Idea: none.
        Source: none.
        """
        return Definition({"silent": 1 - (after.total("days") > 0)}, closes=before.horizon * 0.25)  # 22.5 days

    asked = Situation((*REGULAR, Line("b", "end", day(last_day))), (T,), HORIZON)
    assert np.isnan(watched(asked, declare("churn", early))["a", T]["label"]) != mature


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
