"""The row store: sorting, exact parts of amounts, what was known when."""

import numpy as np
import pyarrow as pa
import pytest
from customers import Line
from histories import EVERYTHING, busy_supplier, day, to_history, to_store

from features.engine.store import ROW_COLUMNS, LineStore, day_number
from features.errors import DataProblem
from features.history import History


def with_column(history: History, name: str, values: pa.Array) -> History:
    lines = history.order_lines
    return History(lines.set_column(lines.column_names.index(name), name, values))


def rows(store: LineStore) -> list[tuple[str, int, int]]:
    """Customer, day and cents of every row."""
    owner = np.repeat(store.customer_ids, np.diff(store.offsets))
    return list(zip(owner, store.day.tolist(), store.cents.tolist(), strict=True))


D = day_number(day(0))


def test_rows_are_sorted_by_customer_then_day():
    store = to_store([Line("b", "1", day(2)), Line("a", "2", day(3)), Line("b", "3", day(1))])
    assert [(name, at - D) for name, at, _ in rows(store)] == [("a", 3), ("b", 1), ("b", 2)]


def test_rows_of_one_customer_and_day_keep_their_order():
    store = to_store([Line("a", "1", day(0), cents=cents) for cents in (3, 1, 2)])
    assert store.cents.tolist() == [3, 1, 2]


def test_an_empty_history_is_refused_with_a_problem():
    with pytest.raises(DataProblem, match="There are no order lines") as problem:
        to_store([])
    assert problem.value.exit_code == 3 and "0 rows" in str(problem.value)


def test_lines_that_name_nothing_share_a_code_that_is_known_as_such():
    lines = [Line("a", "1", day(0), product=product, category="c") for product in ("p", None, "q", None)]
    store = to_store(lines)
    assert (store.product.tolist(), store.nameless) == ([0, 1, 2, 1], {"product": 1})
    assert to_store(lines[:1]).nameless == {}


def test_end_is_the_day_after_the_last():
    assert to_store([Line("a", "1", day(0)), Line("a", "1", day(9), cents=-5)]).end == D + 10


@pytest.mark.parametrize("names", [["b", "a"], ["10", "9"], ["é", "z", "Z"], ["a", "a\0"], ["🙂", "\uffff"], ["", " "]])
def test_customer_ids_are_sorted_by_character_and_kept_whole(names):
    store = to_store([Line(name, "1", day(0)) for name in names])
    assert store.customer_ids.tolist() == sorted(names)


def test_a_very_long_customer_id_costs_no_more_than_itself():
    store = to_store([Line(f"k{number}", "1", day(0)) for number in range(2000)] + [Line("x" * 10_000, "1", day(0))])
    assert store.customer_ids.dtype == object and store.customer_ids[-1] == "x" * 10_000


def test_customers_of_a_dictionary_that_no_row_uses_have_no_rows():
    history = to_history([Line("a", "1", day(0)), Line("b", "1", day(0))])
    store = LineStore.from_history(History(history.order_lines.slice(0, 1)))
    assert [name for name, _, _ in rows(store)] == ["a"]


def test_chunks_with_their_own_dictionaries_are_put_together():
    tables = [to_history([Line(name, "1", day(0))]).order_lines for name in ("b", "a", "b")]
    store = LineStore.from_history(History(pa.concat_tables(tables)))
    assert (store.customer_ids.tolist(), store.offsets.tolist()) == (["a", "b"], [0, 1, 3])


@pytest.mark.parametrize(
    ("quantity", "thousandths"), [(1, 1000), (0.1, 100), (12.3456, 12346), (-2.5, -2500), (None, 0)]
)
def test_quantity_is_held_in_whole_thousandths(quantity, thousandths):
    assert to_store([Line("a", "1", day(0), quantity=quantity)]).thousandths.tolist() == [thousandths]


def test_amounts_are_held_exactly():
    assert to_store([Line("a", "1", day(0), cents=2**60 + 1)]).cents.tolist() == [2**60 + 1]


@pytest.mark.parametrize(
    ("line", "back"),
    [
        ({}, False),
        ({"is_return": True}, True),
        ({"is_return": None}, False),
        ({"cents": -1}, True),
        ({"quantity": -1.0}, True),
        ({"cents": 0}, False),
        ({"cents": None, "quantity": None}, False),
    ],
    ids=str,
)
def test_line_takes_back_if_flagged_or_negative(line, back):
    assert to_store([Line("a", "1", day(0), **line)]).taken_back.tolist() == [back]


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("product_id", "product"), ("category", "category"), ("net_amount", "cents"), ("quantity", "thousandths")],
)
def test_a_column_the_supplier_lacks_is_none(column, attribute):
    assert getattr(to_store([Line("a", "1", day(0))], EVERYTHING - {column}), attribute) is None


@pytest.mark.parametrize("attribute", ["product", "category"])
def test_a_null_key_is_a_value_of_its_own(attribute):
    store = to_store([Line("a", str(value), day(0), **{attribute: value}) for value in ("p", None, "", "q", None)])
    codes = getattr(store, attribute).tolist()
    assert len(set(codes)) == 4 and codes[1] == codes[4] and min(codes) == 0


def test_known_is_none_where_every_row_was_known_at_once():
    assert to_store([Line("a", "1", day(0), known=day(0))]).known is None


def test_a_row_known_before_it_happened_counts_as_known_when_it_happened():
    assert to_store([Line("a", "1", day(5), known=day(1)), Line("a", "2", day(5), known=day(7))]).known.tolist() == [
        D + 5,
        D + 7,
    ]


@pytest.mark.filterwarnings("error")
def test_a_null_known_on_means_known_when_it_happened():
    history = to_history([Line("a", "1", day(5)), Line("a", "2", day(5))])
    known = pa.array([None, day(9)], pa.date32())
    assert LineStore.from_history(with_column(history, "known_on", known)).known.tolist() == [D + 5, D + 9]


LATE = [Line("a", "1", day(0)), Line("a", "2", day(1), known=day(4)), Line("b", "3", day(4))]


@pytest.mark.parametrize(("before", "kept"), [(0, 0), (1, 1), (4, 1), (5, 3)])
def test_known_before_keeps_rows_known_strictly_before(before, kept):
    assert to_store(LATE).known_before(D + before).day.size == kept


def test_known_before_keeps_the_customers_so_that_their_numbers_stay():
    store = to_store(LATE)
    assert store.known_before(D + 1).customer_ids.tolist() == store.customer_ids.tolist()


@pytest.mark.parametrize(("before", "end"), [(2, 2), (5, 5), (50, 5)])
def test_known_before_ends_the_history_then_or_earlier(before, end):
    assert to_store(LATE).known_before(D + before).end == D + end


def test_settled_is_the_same_rows_known_at_once():
    store = to_store(LATE)
    assert store.settled().known is None and rows(store.settled()) == rows(store)


def test_slices_put_together_are_the_store():
    store = to_store(busy_supplier(customers=7))
    parts = [store.slice(0, 3), store.slice(3, 3), store.slice(3, store.customers)]
    assert [row for part in parts for row in rows(part)] == rows(store)
    assert all(part.offsets[0] == 0 for part in parts)


def test_select_keeps_the_rows_of_each_customer_together():
    store = to_store(busy_supplier(customers=7))
    chosen = store.cents % 3 == 0
    assert rows(store.select(chosen)) == [row for row, keep in zip(rows(store), chosen, strict=True) if keep]


def test_select_and_slice_treat_every_column():
    store = to_store(LATE)
    for part in (store.select(np.ones(3, dtype=bool)), store.slice(0, 2)):
        for name in ROW_COLUMNS:
            np.testing.assert_array_equal(getattr(part, name), getattr(store, name))


@pytest.mark.parametrize("first", [day(-25_000), day(-80_000)])
def test_days_long_before_1970_are_sorted_too(first):
    assert to_store([Line("a", "1", day(0)), Line("a", "2", first)]).day.tolist() == [day_number(first), D]
