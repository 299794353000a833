"""The algebra: text is canonical, missing stays missing, lengths are whole days."""

import math
import re

import numpy as np
import pytest

from features.cohort import BUYING
from features.engine.arithmetic import OPERATIONS
from features.engine.days import Days, Window
from features.engine.evaluation import Columns, among_everybody, cohorts, frontier
from features.engine.expression import Cohort, Constant, Horizon, leaves, lift, needs_cohort
from features.engine.kernels_of_prices import CHANGES
from features.engine.view import HistoryView, window

H = HistoryView()
COUNT, LAST = H.order_days.count(90), H.order_days.since_last()
NULL = math.nan


def value(written, x=0.0, y=0.0, horizon=90) -> float:
    """The value of an expression in two leaves, x for COUNT and y for LAST."""
    columns = Columns(1, horizon, {COUNT: np.array([float(x)]), LAST: np.array([float(y)])})
    return float(columns.value(lift(written))[0])


@pytest.mark.parametrize(
    ("written", "x", "y", "expected"),
    [
        (COUNT + LAST, 2, 3, 5),
        (COUNT - LAST, 2, 3, -1),
        (COUNT * LAST, 2, 3, 6),
        (COUNT / LAST, 3, 2, 1.5),
        (COUNT / LAST, 3, 0, NULL),
        (COUNT / LAST, 0, 0, NULL),
        (1 + COUNT, 2, 0, 3),
        (1 - COUNT, 2, 0, -1),
        (2 * COUNT, 2, 0, 4),
        (1 / COUNT, 2, 0, 0.5),
        (1 / COUNT, 0, 0, NULL),
        (COUNT.at_most(LAST), 2, 3, 2),
        (COUNT.at_most(1), 2, 0, 1),
        (COUNT.rounded_up(), 2.1, 0, 3),
        (COUNT.rounded_up(), 2, 0, 2),
        (COUNT >= LAST, 2, 2, 1),
        (COUNT > LAST, 2, 2, 0),
        (COUNT > LAST, NULL, 2, NULL),
        (COUNT >= LAST, 2, NULL, NULL),
        (COUNT.log1p(), 0, 0, 0),
        (COUNT.log1p(), -1, 0, NULL),
        (COUNT.sqrt(), 4, 0, 2),
        (COUNT.sqrt(), -4, 0, NULL),
        (COUNT.where(LAST > 1), 5, 2, 5),
        (COUNT.where(LAST > 1), 5, 1, NULL),
        (COUNT.where(LAST > 1), 5, NULL, NULL),
        (H.horizon * 1, 0, 0, 90),
        (7, 0, 0, 7),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("error")
def test_value(written, x, y, expected):
    assert value(written, x, y) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, NULL, 0), (NULL, 0, 0), (1, NULL, NULL), (NULL, 1, NULL), (NULL, NULL, NULL)],
)
def test_both_is_false_as_soon_as_one_is_and_unknown_otherwise(left, right, both):
    assert value(COUNT & LAST, left, right) == pytest.approx(both, nan_ok=True)


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"both"}))
def test_missing_stays_missing(name):
    arguments = {"log1p": 1, "sqrt": 1, "rounded_up": 1}.get(name, 2)
    assert np.isnan(OPERATIONS[name](*[np.array([NULL])] * arguments)).all()


def test_text_is_canonical():
    written = (COUNT / (LAST + 1)).where(H.order_days.since_first() >= 365)
    assert str(written) == (
        "where(divide(order_days.total(days,[T-90d,T-0d)),add(order_days.age(last,[T-ever,T-0d)),1.0)),"
        "at_least(order_days.age(first,[T-ever,T-0d)),365.0))"
    )


@pytest.mark.parametrize(
    ("length", "days"),
    [(Days(30), 30), (Days(0, 1), 90), (Days(0, 1).times(3), 270), (365 - Days(0, 1), 275), (Days(0, 1) + 5, 95)],
    ids=str,
)
def test_a_length_is_days_and_horizons(length, days):
    assert length.resolve(90) == days


def test_a_window_ends_where_it_says_and_reaches_back_from_there():
    assert str(window(90, ending=30)) == "[T-120d,T-30d)" and str(window(None)) == "[T-ever,T-0d)"


def test_leaves_are_found_inside_cohorts_and_operations():
    assert leaves(1 + H.peer_median(COUNT / LAST)) == {COUNT, LAST}


def test_cohorts_are_found_inner_before_outer():
    inner = H.peer_median(COUNT)
    outer = H.peer_rank(COUNT - inner)
    assert cohorts([outer * 2, inner]) == [inner, outer]


def test_frontier_is_what_a_customer_alone_can_tell():
    ratio = COUNT / LAST
    assert frontier([ratio - H.peer_median(ratio), H.peer_median(LAST) * 2]) == [ratio, LAST]
    assert not needs_cohort(ratio) and needs_cohort(H.peer_median(ratio))


def test_frontier_stops_at_what_is_given():
    known = H.days_covered()
    assert frontier([COUNT.where(known >= 365), H.peer_rank(LAST)], [known]) == [COUNT, LAST]


def test_cohorts_that_look_at_everybody_take_theirs_along():
    inner, alone = H.peer_rank(LAST), H.peer_median(COUNT)
    outer = Cohort("everybody", "largest", (inner,))
    assert among_everybody(cohorts([outer + alone, H.days_covered()])) == [inner, outer, H.days_covered()]


def test_a_leaf_that_was_not_given_is_named():
    with pytest.raises(KeyError, match="no value was given for order_days"):
        Columns(1, 90, {}).value(COUNT)


def test_constants_and_horizon_fill_every_row():
    columns = Columns(3, 90, {})
    assert columns.value(Constant(2.0)).tolist() == [2] * 3 and columns.value(Horizon()).tolist() == [90] * 3


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (lambda: COUNT > 3 and LAST, "join conditions with & and |"),
        (lambda: not COUNT, "join conditions with & and |"),
        (lambda: 1 < COUNT < 3, "join conditions with & and |"),
        (lambda: lift(COUNT == 3), "not False; ask for values with >= and >, not with =="),
        (lambda: COUNT.where(LAST == 3), "not False; ask for values with >="),
        (lambda: (COUNT > 3) & (LAST == 3), "not False; ask for values with >="),
        (lambda: (COUNT > 3) | None, "expected an expression or a number, not None"),
        (lambda: COUNT + "3", "expected an expression or a number, not '3'"),
        (lambda: H.order_days.count(9.5), "a whole number of days, not 9.5"),
        (lambda: H.order_days.count("9"), "a whole number of days, not '9'"),
        (lambda: H.lines.concentration("product", "gini"), "no 'gini', only herfindahl entropy largest"),
        (lambda: H.among_known("alife"), "no 'alife', only expected alive silent active"),
        (lambda: H.order_days.gaps_at_least("than"), "no 'than', only since_last since_last_and_horizon horizon"),
        (lambda: H.purchases.price_changes(90, 0.1, "mett"), "no 'mett', only met answered contrary"),
    ],
)
def test_what_would_mean_something_else_without_a_word_is_refused(written, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        written()


def test_the_words_there_are_name_outputs_that_there_are():
    assert BUYING == ("expected", "alive", "silent", "active")
    assert set(CHANGES) == {"met", "answered", "contrary"}


@pytest.mark.parametrize(
    ("given", "mistaken"),
    [
        (Window(Days(90)), False),
        (Window(Days(1)), False),
        (Window(Days(0)), True),
        (Window(Days(90), Days(90)), True),
        (Window(Days(0), Days(-90)), True),
        (Window(Days(365), Days(365, -1)), False),  # the same season last year: a horizon long
        (Window(Days(0, 1), Days(0)), False),
        (Window(Days(0), Days(0, -1)), True),  # it ends a horizon after the cutoff
    ],
)
def test_a_window_without_a_day_is_told(given, mistaken):
    assert bool(given.mistake) is mistaken
