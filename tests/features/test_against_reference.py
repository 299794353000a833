"""Two independent implementations agree or neither is believed: the engine and the plain reference."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from edge_histories import EDGES
from histories import (
    ANYBODY,
    EVERYTHING,
    Situation,
    Values,
    busy_supplier,
    day,
    disagreements,
    engine_values,
    reference_values,
    situations,
    tables_of,
    to_matrix,
    to_store,
)
from hypothesis import given, settings
from reference import REFERENCE

from features.catalogue import FEATURES, computable
from features.engine.days import EVER, Days, Window
from features.engine.declaration import Feature
from features.engine.expression import Cohort, Expression, Leaf, Operation
from features.engine.plan import ELIGIBLE, STATUS, Population

NAMES = [feature.name for feature in FEATURES]
REFERRED = tuple(feature for feature in FEATURES if feature.name in REFERENCE)


def test_every_feature_has_a_reference():
    assert set(NAMES) - set(REFERENCE) == set(), "write it in tests/features/reference.py, from the docstring"


def assert_agree(asked: Situation) -> None:
    store = to_store(asked.lines, asked.has, asked.tables)
    values, statuses = engine_values(store, asked.cutoffs, asked.horizon, asked.population, REFERRED)
    expected, expected_statuses = reference_values(
        asked.lines, asked.cutoffs, asked.horizon, asked.population, asked.has, asked.tables
    )
    assert statuses == expected_statuses
    assert disagreements(values, expected) == {}


@given(situations())
@settings(max_examples=60)
def test_engine_equals_reference_on_random_histories(asked):
    assert_agree(asked)


@pytest.mark.slow
@given(situations(most_lines=90))
@settings(max_examples=300)
def test_engine_equals_reference_on_many_random_histories(asked):
    assert_agree(asked)


@cache
def on_an_edge(name: str, features: tuple[Feature, ...] = REFERRED) -> Values:
    asked = EDGES[name]
    store = to_store(asked.lines, asked.has, asked.tables)
    return engine_values(store, asked.cutoffs, asked.horizon, asked.population, features)[0]


@pytest.mark.parametrize("name", EDGES)
def test_engine_equals_reference_on_every_edge(name):
    asked = EDGES[name]
    expected, _ = reference_values(asked.lines, asked.cutoffs, asked.horizon, asked.population, asked.has, asked.tables)
    assert disagreements(on_an_edge(name), expected) == {}


def moved(expression: Expression, start: int, stop: int) -> Expression:
    """The expression with every window that begins, or ends, so many days earlier."""
    if isinstance(expression, Leaf):
        begins, ends = expression.window.start, expression.window.stop
        return replace(
            expression,
            window=Window(begins if begins == EVER else begins + start, ends if ends == Days(0) else ends + stop),
        )
    if isinstance(expression, (Operation, Cohort)):
        return replace(expression, arguments=tuple(moved(part, start, stop) for part in expression.arguments))
    return expression


UNMOVED = {
    (1, 0): {
        "share_of_horizons_with_order",  # a fifth horizon that is cut short does not count
        "trained_people",  # nothing is left on the last day
    },
    (-1, 0): {"trained_people"},
    (0, 1): set(),
    (0, -1): {"estimated_wallet_share_365d"},  # the day is of the last year too, which is then the best
}
"""Features that are the same however a window is moved, by what it is moved, in days before the cutoff."""


@pytest.mark.parametrize("by", UNMOVED, ids=str)
def test_a_window_that_is_a_day_off_would_be_noticed(by):
    """The mutant of every window of every feature: no edge may be one that no history sits on."""
    mutants = tuple(replace(feature, expression=moved(feature.expression, *by)) for feature in REFERRED)
    unseen = {one.name for one, other in zip(REFERRED, mutants, strict=True) if one.expression != other.expression}
    mutants = tuple(feature for feature in mutants if feature.name in unseen)
    for name in EDGES:
        right = {key: value for key, value in on_an_edge(name).items() if key[2] in unseen}
        wrong = {key: value for key, value in on_an_edge(name, mutants).items() if key[2] in unseen}
        unseen -= {feature for _, _, feature in disagreements(wrong, right)}
    assert unseen == UNMOVED[by]


@pytest.fixture(scope="module")
def busy():
    """Three irregular cutoffs of a busy supplier: engine and reference, for customers known and before rounding."""
    lines, cutoffs = busy_supplier(customers=26), (day(-100), day(0), day(37))
    tables = tables_of(lines)
    engine, _ = engine_values(to_store(lines, tables=tables), cutoffs, 90, Population(), REFERRED)
    reference, _ = reference_values(lines, cutoffs, 90, Population(), EVERYTHING, tables)
    return engine, reference


@pytest.mark.parametrize("name", [feature.name for feature in REFERRED])
def test_feature_of_a_busy_supplier_equals_reference(busy, name):
    engine, reference = ({key: value for key, value in values.items() if key[2] == name} for values in busy)
    assert disagreements(engine, reference) == {}
    if not name.startswith("has_"):  # the same for everybody
        assert len({value for value in engine.values() if not np.isnan(value)}) > 1, "the history does not exercise it"


@given(situations(most_lines=20))
@settings(max_examples=30)
def test_matrix_is_the_engine_values_of_eligible_rows_in_float32(asked):
    matrix = to_matrix(**_arguments(asked))
    values, statuses = engine_values(
        to_store(asked.lines, asked.has, asked.tables), asked.cutoffs, asked.horizon, asked.population, FEATURES
    )
    names = to_store(asked.lines, asked.has).customer_ids[matrix.spine.customer]
    rows = [(name, matrix.cutoffs[k]) for name, k in zip(names, matrix.spine.cutoff, strict=True)]
    assert [STATUS[code] for code in matrix.spine.status] == [statuses[row] for row in rows]
    eligible = [row for row, code in zip(rows, matrix.spine.status, strict=True) if code == ELIGIBLE]
    expected = np.array([[values[(*row, name)] for name in NAMES] for row in eligible], dtype=np.float32)
    np.testing.assert_array_equal(matrix.values, expected.reshape(len(eligible), len(NAMES)))


def _arguments(asked: Situation) -> dict:
    return {
        "lines": asked.lines,
        "cutoffs": asked.cutoffs,
        "horizon": asked.horizon,
        "has": asked.has,
        "population": asked.population,
        "tables": asked.tables,
    }


LACKING = {
    "net_amount": ("spend", "return_share", "order_size", "price", "concentration", "entropy", "largest_share",
                   "discount", "estimated", "margin", "specific_demand", "minimum"),
    "product_id": ("product", "price_against", "price_rise", "price_sensitivity", "specific_demand"),
    "category": ("categor",),
    "quantity": ("pieces", "per_piece", "price_against", "price_rise", "price_sensitivity", "margin"),
    "list_amount": ("discount",),
    "unit_cost": ("margin",),
    "channel": ("integrated",),
}  # fmt: skip
"""Words in the names of the features that rest on a column of order lines."""
OF_ORDERS = tuple(feature for feature in FEATURES if feature in computable(to_store(busy_supplier(customers=1))))


@pytest.mark.parametrize("lacking", LACKING)
def test_features_of_a_column_the_supplier_lacks_are_null_never_zero(lacking):
    matrix = to_matrix(busy_supplier(), [day(0)], has=EVERYTHING - {lacking}, population=ANYBODY, features=OF_ORDERS)
    null = {name for name, column in zip(matrix.names, matrix.values.T, strict=True) if np.isnan(column).all()}
    assert null == {name for name in matrix.names if any(word in name for word in LACKING[lacking])}


@pytest.mark.parametrize("lacking", LACKING)
def test_computable_leaves_out_what_would_be_null_for_everybody(lacking):
    there = {feature.name for feature in computable(to_store(busy_supplier(customers=1), EVERYTHING - {lacking}))}
    assert {feature.name for feature in OF_ORDERS} - there == {
        feature.name for feature in OF_ORDERS if any(word in feature.name for word in LACKING[lacking])
    }
