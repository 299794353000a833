"""Order lines that outcomes are seen in for their prices: purchases, from the day they are known, by product."""

import numpy as np
import pytest

from features.engine.store import LineStore
from features.history import History
from models.event_rows import rows_of_lines
from models.outcome_tables import outcome_tables
from models.partnership import partnership
from tests.models.test_outcome_tables import (
    EVERYTHING,
    ORDERS,
    Line,
    day,
    number,
    observed,
    table,
    to_history,
    unpriced,
)


def test_without_list_prices_deliveries_bring_the_order_lines_with_them():
    sent = table("deliveries", customer_id=["bo"], order_id=["bo31"], promised_on=[day(0)])
    found = History(unpriced(to_history(ORDERS).order_lines), optional={"deliveries": sent})
    rows = outcome_tables(found, LineStore.from_history(found))["priced_lines"]
    assert np.isnan(rows.numbers("list_cents")).all() and rows.happened.size == len(ORDERS)


BACK = {
    "a sale": Line("ann", "a", day(-9), "p", list_cents=120),
    "another": Line("ann", "b", day(-8), "q", list_cents=120),
    "said to be a return": Line("ann", "c", day(-7), "p", is_return=True, list_cents=120),
    "money back": Line("ann", "d", day(-6), "p", cents=-100, list_cents=120),
    "pieces back": Line("ann", "e", day(-5), "p", quantity=-1.0, list_cents=120),
    "for nothing": Line("ann", "f", day(-4), "p", cents=0, list_cents=120),
    "sold again": Line("ann", "g", day(-3), "p", quantity=2.5, list_cents=120),
}


@pytest.mark.parametrize(
    ("without", "days"),
    [("", [-9, -8, -3]), ("net_amount", [-9, -8, -6, -4, -3]), ("is_return", [-9, -8, -7, -3])],
)
def test_priced_lines_are_purchases_as_far_as_the_columns_tell(without, days):
    found = to_history([*BACK.values()], [name for name in EVERYTHING if name != without])
    rows = outcome_tables(found, LineStore.from_history(found))["priced_lines"]
    assert rows.happened.tolist() == [number(each) for each in days]
    codes = rows.numbers("product")
    assert (codes[0] == codes[-1], codes[0] == codes[1]) == (True, False)
    assert rows.numbers("thousandths").tolist() == [1000] * (len(days) - 1) + [2500]


def test_a_fee_is_of_no_product():
    lines = [Line("ann", "a", day(-9), product, list_cents=120) for product in ("p", None)]
    found = to_history(lines)
    rows = outcome_tables(found, LineStore.from_history(found))["priced_lines"]
    assert rows.numbers("product").tolist() == rows_of_lines(LineStore.from_history(found)).numbers("product").tolist()
    assert rows.numbers("product").tolist() == [0, -1]


@pytest.mark.parametrize(("product", "expands"), [("something new", 1), (None, 0)])
def test_a_fee_paid_for_the_first_time_is_no_expansion(product, expands):
    paid = [Line("ann", f"ann+{on}", day(on), product, cents=1_000, category=product) for on in (15, 45)]
    found = observed(partnership(), to_history([*ORDERS, *paid]))
    assert (found.acts["expands"][0], found.acts["new_category"][0]) == (expands, expands)


def test_an_order_line_is_known_from_the_day_that_is_said():
    lines = [Line("ann", "a", day(-9), known=day(-2)), Line("ann", "b", day(-8))]
    rows = rows_of_lines(LineStore.from_history(to_history(lines)))
    assert rows.happened.tolist() == [number(-9), number(-8)]
    assert rows.known.tolist() == [number(-2), number(-8)]
