"""What everybody bought, dealt out by product, against counting customer by customer."""

import numpy as np
import pytest
from customers import Line
from histories import busy_supplier, day, situations, to_store
from hypothesis import assume, given, settings

from features.catalogue import FEATURES
from features.engine import everybody
from features.engine.everybody import ALONE, RARE, Market, with_market
from features.engine.expression import leaves
from features.engine.kernels_of_everybody import NEVER
from features.engine.store import LineStore, day_number
from features.engine.view import HistoryView

FEW, MANY = 0.05, 0.3
LEAVES = set().union(*(feature.inputs for feature in FEATURES), leaves(HistoryView().purchases.rare_spend(365, MANY)))


def market(store: LineStore, cutoffs: list[int]) -> Market:
    found = with_market(store, np.array(sorted(cutoffs), dtype=np.int32), LEAVES, 90).market
    assert isinstance(found, Market)
    return found


def plain(store: LineStore, product: int, cutoff: int, span: tuple[int, int], few: float) -> tuple[float, bool, bool]:
    """Price, rare and alone of a product, and nothing shared with the engine but the rows."""
    known = store.day if store.known is None else store.known
    owner = np.repeat(np.arange(store.customers), np.diff(store.offsets))
    there = (store.cents > 0) & ~store.taken_back & (known < cutoff)
    there &= (store.day >= cutoff - span[0]) & (store.day < cutoff - span[1])
    own = there & (store.product == product)
    if product == store.nameless.get("product"):
        return 0.0, False, False
    buyers, others = len({*owner[own]}), len({*owner[there]}) - 1
    paid = own & (store.thousandths > 0)
    cents, pieces = int(store.cents[paid].sum()), int(store.thousandths[paid].sum())
    return cents / pieces if buyers > 1 and pieces else 0.0, buyers - 1 <= few * others, buyers <= 1


@given(situations(most_lines=30))
@settings(max_examples=40)
def test_prices_and_rare_products_are_those_of_plain_counting(asked):
    assume(asked.has >= {"product_id", "net_amount", "quantity"})
    store = to_store(asked.lines, asked.has)
    found = market(store, [day_number(cutoff) for cutoff in asked.cutoffs])
    for span, there in found.windows.items():
        for k, cutoff in enumerate(found.cutoffs):
            for product in range(len(there.prices)):
                for few, marks in there.few.items():
                    told = there.prices[product, k], marks[product, k] >= RARE, marks[product, k] >= ALONE
                    assert told == plain(store, product, int(cutoff), span, few)


def test_each_share_that_is_few_has_marks_of_its_own():
    found = market(to_store(busy_supplier()), [day_number(day(0))]).windows
    assert {span: sorted(there.few) for span, there in found.items()} == {
        (365, 0): [FEW, MANY], (180, 0): [0.0], (360, 180): [0.0],
    }  # fmt: skip
    rare = [int((found[365, 0].few[few] >= RARE).sum()) for few in (FEW, MANY)]
    assert rare[0] < rare[1]


def test_where_the_first_line_that_names_no_product_is_not_known_yet_there_is_none_to_leave_out():
    lines = [Line("a", "1", day(0), product="p"), *(Line("a", "2", day(50), product=name) for name in ("q", None))]
    store = to_store(lines)
    early = store.known_before(day_number(day(20)))
    assert (early.nameless, early.products) == ({"product": 2}, 1)
    found = market(early, [day_number(day(20))])
    assert found.launched.tolist() == [[day_number(day(0))]]
    assert market(store, [day_number(day(60))]).launched[:, 0].tolist() == [
        day_number(day(0)), day_number(day(50)), NEVER,
    ]  # fmt: skip


def test_a_product_is_launched_on_the_first_day_known_of_any_purchase():
    lines = [
        Line("a", "1", day(-9), product="x", known=day(2)),
        Line("b", "2", day(-5), product="x"),
        Line("b", "3", day(-20), product="x", cents=-100),
    ]
    found = market(to_store(lines), [day_number(day(at)) for at in (-5, 0, 3)])
    assert found.launched.tolist() == [[NEVER, day_number(day(-5)), day_number(day(-9))]]
    assert found.latest.tolist() == [day_number(day(-5))]


PARTS = [("LINES_A_PART", 1), ("LINES_A_PART", 7), ("LINES_A_PART", 40), ("CUSTOMERS_A_PART", 1)]


@pytest.mark.parametrize(("what", "most"), [*PARTS, ("CUSTOMERS_A_PART", 7)])
def test_parts_of_products_or_customers_change_nothing(monkeypatch, what, most):
    store, cutoffs = to_store(busy_supplier(customers=20)), [day_number(day(at)) for at in (-100, 0, 3)]
    whole = market(store, cutoffs)
    monkeypatch.setattr(everybody, what, most)
    parts = market(store, cutoffs)
    assert parts.launched.tolist() == whole.launched.tolist()
    for span, there in whole.windows.items():
        assert np.array_equal(parts.windows[span].prices, there.prices)
        assert all(np.array_equal(parts.windows[span].few[few], marks) for few, marks in there.few.items())
