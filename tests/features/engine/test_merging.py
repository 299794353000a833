"""Rows added to a store make the store, and the matrix, of all rows read together."""

import numpy as np
import pytest
from customers import Line
from histories import ANYBODY, EVERYTHING, busy_supplier, day, situations, to_history
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from features.catalogue import FEATURES
from features.engine import everybody, plan
from features.engine.merging import NamedStore
from features.engine.plan import build
from features.engine.store import ROW_COLUMNS
from features.errors import DataProblem


def named(lines, has=EVERYTHING) -> NamedStore:
    return NamedStore.of(to_history(lines, has))


def assert_same(one: NamedStore, other: NamedStore) -> None:
    """Array by array and name by name."""
    for name in (*ROW_COLUMNS, "offsets", "customer_ids"):
        left, right = getattr(one.store, name), getattr(other.store, name)
        assert (left is None) == (right is None), name
        np.testing.assert_array_equal(left, right, err_msg=name)
        assert left is None or left.dtype == right.dtype, name
    assert one.store.end == other.store.end
    assert one.store.nameless == other.store.nameless
    assert {key: texts.to_pylist() for key, texts in one.names.items()} == {
        key: texts.to_pylist() for key, texts in other.names.items()
    }


@given(situations(), st.data())
@settings(max_examples=60)
def test_merged_equals_read_together(asked, data):
    cut = data.draw(st.integers(1, max(1, len(asked.lines) - 1)))
    before, after = asked.lines[:cut], asked.lines[cut:]
    assume(after)
    has = asked.has & EVERYTHING
    assert_same(named(before, has).merged(named(after, has)), named(asked.lines, has))


@given(situations(), st.data())
@settings(max_examples=60)
def test_customers_of_rows_beside_each_other_are_those_of_merged_rows(asked, data):
    cut = data.draw(st.integers(1, max(1, len(asked.lines) - 1)))
    assume(asked.lines[cut:])
    has = asked.has & EVERYTHING
    one, other = named(asked.lines[:cut], has), named(asked.lines[cut:], has)
    both, whole = one.beside(other), one.merged(other)
    first, last = sorted(data.draw(st.lists(st.integers(0, both.customers), min_size=2, max_size=2)))
    assert both.customers == whole.store.customers and both.products == whole.store.products
    assert_same(*(NamedStore(each.slice(first, last), whole.names) for each in (both, whole.store)))


@given(situations(most_lines=25), st.data())
@settings(max_examples=20)
def test_matrix_of_rows_beside_each_other_is_the_same_bytes_in_any_parts(asked, data):
    cut = data.draw(st.integers(1, max(1, len(asked.lines) - 1)))
    assume(asked.lines[cut:])
    stores = named(asked.lines[:cut]).beside(named(asked.lines[cut:])), named(asked.lines).store
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plan, "CUSTOMERS_A_CHUNK", data.draw(st.integers(1, 3)))
        patched.setattr(everybody, "CUSTOMERS_A_PART", data.draw(st.integers(1, 3)))
        one = build(stores[0], asked.cutoffs, FEATURES, horizon_days=90, population=ANYBODY, threads=2)
    other = build(stores[1], asked.cutoffs, FEATURES, horizon_days=90, population=ANYBODY)
    assert one.values.tobytes() == other.values.tobytes()
    assert one.spine.customer.tobytes() == other.spine.customer.tobytes()


@given(situations(most_lines=25), st.data())
@settings(max_examples=20)
def test_matrix_of_merged_rows_is_the_same_bytes_with_late_rows(asked, data):
    cut = data.draw(st.integers(1, max(1, len(asked.lines) - 1)))
    assume(asked.lines[cut:])
    stores = named(asked.lines[:cut]).merged(named(asked.lines[cut:])).store, named(asked.lines).store
    one, other = (build(s, asked.cutoffs, FEATURES, horizon_days=90, population=ANYBODY) for s in stores)
    assert one.values.tobytes() == other.values.tobytes()
    assert one.spine.customer.tobytes() == other.spine.customer.tobytes()


def test_day_after_day_equals_all_at_once():
    lines = sorted(busy_supplier(customers=12, days=200), key=lambda line: line.known or line.day)
    kept = named(lines[:-60])
    for first in range(len(lines) - 60, len(lines), 20):
        kept = kept.merged(named(lines[first : first + 20]))
    assert_same(kept, named(lines))


def test_a_fee_that_comes_later_names_no_product_either():
    kept = named([Line("b", "1", day(0), product="p")])
    fee = named([Line("a", "2", day(1), product="q"), Line("a", "2", day(1), product=None)])
    assert kept.store.nameless == {}
    assert kept.merged(fee).store.nameless == kept.beside(fee).slice(0, 2).nameless == {"product": 2}


def test_a_new_customer_takes_its_place_in_the_order():
    kept = named([Line("b", "1", day(0)), Line("d", "2", day(1))]).merged(named([Line("c", "3", day(-9))]))
    assert kept.store.customer_ids.tolist() == ["b", "c", "d"] and kept.store.offsets.tolist() == [0, 1, 2, 3]


def test_rows_of_the_same_day_come_after_those_there_were():
    kept = named([Line("a", "1", day(0), cents=1)]).merged(named([Line("a", "2", day(0), cents=2)]))
    assert kept.store.cents.tolist() == [1, 2]


def test_other_columns_are_refused():
    kept, later = named([Line("a", "1", day(0))]), named([Line("a", "2", day(1))], EVERYTHING - {"category"})
    for joined in (kept.merged, kept.beside):
        with pytest.raises(DataProblem, match="other columns than those that are kept"):
            joined(later)
