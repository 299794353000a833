"""The rows said to count are those that the engine counted: their number, or the sum of their column, is its value."""

import numpy as np
import pytest
from customers import Line
from histories import busy_supplier, day, tables_of, to_store

from features.catalogue import FEATURES
from features.engine.everybody import with_market
from features.engine.expression import Leaf
from features.engine.leaf_values import leaf_values
from features.engine.store import LineStore, day_number
from features.engine.table_leaf import TableLeaf
from features.engine.view import HistoryView
from features.explained_counts import counted
from features.explained_rows import Looked, looked_at

LEAVES = sorted(set().union(*(feature.inputs for feature in FEATURES)), key=str)
H = HistoryView()
CUTOFF, HORIZON = day_number(day(0)), 90
COUNTS = {
    *("distinct", "first_time", "first_time_repeated", "adopted", "long_gaps", "periods"),
    *("price_changes", "floor_days", "own_periods"),
}
SPEND = {"first_time_spend", "rare_spend", "steady_spend", "staple_spend"}


def told(looked: Looked) -> float | None:
    """The leaf's value by the rows that count; None for a primitive that is no count, no sum and no single row."""
    leaf, rows = looked.leaf, counted(looked)
    numbers = {name: column[rows] for name, column in looked.events.numbers.items()}
    of_lines = leaf.primitive == "total" and not isinstance(leaf, TableLeaf)
    if leaf.primitive in COUNTS or (of_lines and leaf.column in ("days", "orders", "lines")):
        return float(rows.sum())
    if leaf.primitive in SPEND:
        return float(numbers["amount"].sum())
    if leaf.primitive == "held_alone":
        return float(numbers[leaf.option.split()[0]].sum())
    if leaf.primitive == "age":
        return float(CUTOFF - looked.events.day[rows][0]) if rows.any() else np.nan
    if leaf.primitive == "latest":
        return float(numbers[leaf.column][0]) if rows.any() else np.nan
    if leaf.primitive == "longest_left":
        return float(numbers["ends"].min() - CUTOFF) if rows.any() else 0.0
    return weighed(looked, rows, numbers) if leaf.primitive in WEIGHED else summed(leaf, numbers)


WEIGHED = {"price_index", "fading", "stock"}


def weighed(looked: Looked, rows: np.ndarray, numbers: dict[str, np.ndarray]) -> float:
    """What rows add by what is left of them, or what they cost over what they would have cost."""
    leaf = looked.leaf
    if leaf.primitive == "price_index":
        prices = looked.store.market.windows[looked.span].prices[looked.key[rows], 0]
        return float(numbers["amount"].sum() / (1000 * numbers["quantity"] @ prices)) if rows.any() else np.nan
    if leaf.primitive == "fading":
        return float(numbers[leaf.column] @ (1 - (CUTOFF - looked.events.day[rows]) / float(leaf.option)))
    return float(
        numbers[leaf.column] @ np.minimum(1, (numbers["ends"] - CUTOFF) / (numbers["ends"] - numbers["starts"]))
    )


def summed(leaf: Leaf, numbers: dict[str, np.ndarray]) -> float | None:
    """The sum of the column; returns count by their size, quantities are kept in thousandths."""
    if leaf.primitive not in ("total", "standing"):
        return None
    column = numbers["amount" if leaf.column == "spend" else leaf.column] * (1000 if leaf.column == "quantity" else 1)
    return float(np.nansum(abs(column) if leaf.table == "returns" else column))


@pytest.fixture(scope="module")
def store() -> LineStore:
    lines = busy_supplier(customers=12)
    found = to_store(lines, tables=tables_of(lines))
    return with_market(found, np.array([CUTOFF], dtype=np.int32), LEAVES, HORIZON)


@pytest.mark.parametrize("customer", [0, 3, 5, 7])
def test_what_counts_gives_the_value(store: LineStore, customer: int) -> None:
    values = leaf_values(store, np.array([CUTOFF], dtype=np.int32), set(LEAVES), HORIZON)
    looked = (looked_at(leaf, store.slice(customer, customer + 1), CUTOFF, HORIZON, {}) for leaf in LEAVES)
    compared = {each.leaf: (values[each.leaf][customer, 0], told(each)) for each in looked if each is not None}
    compared = {leaf: pair for leaf, pair in compared.items() if not (pair[1] is None or too_few_days(leaf, pair[0]))}
    wrong = {str(leaf): pair for leaf, pair in compared.items() if not np.isclose(*pair, rtol=1e-12, equal_nan=True)}
    assert not wrong and len(compared) > 170


def too_few_days(leaf: Leaf, value: float) -> bool:
    """Below four days nothing is said of staples."""
    return leaf.primitive == "staple_spend" and np.isnan(value)


@pytest.mark.parametrize(
    ("lines", "leaf", "days"),
    [
        ([("1", -9, "p"), ("1", -8, "q"), ("2", -8, "p")], H.order_days.total("orders", 90), [-9, -8]),
        ([("1", -91, "p"), ("1", -90, "q")], H.order_days.total("orders", 90), []),
        ([("1", -9, "p"), ("1", -9, "q"), ("2", -8, "p")], H.order_days.count(90), [-9, -8]),
        ([("1", -99, "p"), ("2", -9, "p"), ("2", -9, "q")], H.lines.first_time("product", 90), [-9]),
        (
            [("1", -9, "p"), ("2", -9, "p"), ("3", -8, "p")],
            H.lines.first_time_repeated("product", 90),
            [-8],
        ),
        ([("1", -99, "p"), ("2", -98, "p"), ("3", -50, "p")], H.order_days.gaps_at_least("horizon"), []),
        (
            [("1", -199, "p"), ("2", -98, "p"), ("3", -8, "p")],
            H.order_days.gaps_at_least("horizon"),
            [-98, -8],
        ),
    ],
    ids=[
        "an order once",
        "an order of before",
        "a day once",
        "first purchases",
        "bought again",
        "short gaps",
        "long gaps",
    ],
)
def test_rows_that_count(lines: list[tuple[str, int, str]], leaf: Leaf, days: list[int]) -> None:
    own = to_store([Line("a", order, day(when), product=product) for order, when, product in lines])
    looked = looked_at(leaf, own, CUTOFF, HORIZON, {})
    assert looked is not None
    assert [int(each) - CUTOFF for each in looked.events.day[counted(looked)]] == days


@pytest.mark.parametrize(
    ("bought", "others", "leaf", "days"),
    [
        ("pp.p", "", H.purchases.staple_spend("product", 365, on=(2, 3), fewest=4), [-90, -89, -87]),
        ("ppqp", "", H.purchases.staple_spend("product", 365, on=(2, 3), fewest=4), [-90, -89, -87]),
        ("ppqq", "", H.purchases.staple_spend("product", 365, on=(2, 3), fewest=4), []),
        ("pqrpqp", "", H.purchases.staple_spend("product", 365, on=(2, 3), fewest=4), []),
        ("pqppqp", "", H.purchases.staple_spend("product", 365, on=(2, 3), fewest=4), [-90, -88, -87, -85]),
        ("p", "p", H.purchases.rare_spend(365, at_most=0.05), []),
        ("p", "q", H.purchases.rare_spend(365, at_most=0.05), [-90]),
        ("p" * 7, "", H.purchases.adopted(365, within=90), [-90]),
        ("ppp", "", H.purchases.price_changes(365, by=0.05), []),
    ],
)
def test_rows_that_count_by_what_else_was_bought(bought: str, others: str, leaf: TableLeaf, days: list[int]) -> None:
    """One letter is one order, of that product, a day each from the 90th before the cutoff on."""
    named = [("a", bought), ("b", others)]
    lines = [Line(w, f"{w}{n}", day(n - 90), product=p) for w, ps in named for n, p in enumerate(ps) if p != "."]
    store = with_market(to_store(lines), np.array([CUTOFF], dtype=np.int32), [leaf], HORIZON)
    looked = looked_at(leaf, store.slice(0, 1), CUTOFF, HORIZON, {})
    assert looked is not None
    assert [int(each) - CUTOFF for each in looked.events.day[counted(looked)]] == days


def test_a_product_is_adopted_within_ninety_days_of_its_launch() -> None:
    leaf = H.purchases.adopted(365, within=90)
    lines = [Line("b", "1", day(-200), product="p"), Line("b", "2", day(-200), product="q")]
    lines += [Line("a", "3", day(-110), product="p"), Line("a", "4", day(-109), product="q")]
    store = with_market(to_store(lines), np.array([CUTOFF], dtype=np.int32), [leaf], HORIZON)
    looked = looked_at(leaf, store.slice(0, 1), CUTOFF, HORIZON, {})
    assert looked is not None and counted(looked).tolist() == [True, False]


@pytest.mark.parametrize(("which", "days"), [("met", [-8, -7, -5]), ("answered", [-8]), ("contrary", [-7])])
def test_a_price_changes_on_the_day_it_is_met(which: str, days: list[int]) -> None:
    deals = [(-9, 100, 1), (-8, 100, 2), (-7, 400, 4), (-6, 408, 4), (-5, 300, 4)]
    own = to_store([Line("a", str(when), day(when), quantity=got, cents=paid) for when, paid, got in deals])
    looked = looked_at(H.purchases.price_changes(365, by=0.05, which=which), own, CUTOFF, HORIZON, {})
    assert looked is not None
    assert [int(each) - CUTOFF for each in looked.events.day[counted(looked)]] == days


def test_days_at_the_floor_and_days_that_fill_own_periods() -> None:
    deals = [(-70, 50), (-60, 100), (-40, 500), (-20, 109), (-9, 400)]
    own = to_store([Line("a", str(when), day(when), cents=paid) for when, paid in deals])
    leaves = H.order_days.days_at_floor(365, 0.1), H.order_days.own_periods_with_order(365, 730)
    for leaf, days in zip(leaves, [[-60, -20], [-60, -40, -20, -9]], strict=True):
        looked = looked_at(leaf, own, CUTOFF, HORIZON, {})
        assert looked is not None
        assert [int(each) - CUTOFF for each in looked.events.day[counted(looked)]] == days


def test_an_order_of_many_lines_counts_by_its_first_line() -> None:
    own = to_store([Line("a", "1", day(-9), product=product) for product in "pqr"])
    looked = looked_at(H.order_days.total("orders", 90), own, CUTOFF, HORIZON, {})
    assert looked is not None and counted(looked).tolist() == [True, False, False]
