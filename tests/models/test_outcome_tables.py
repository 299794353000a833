"""History tables as rows that outcomes are seen in: whose, when known, and what was known of them by a day."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the histories of the feature tests

from customers import Line
from histories import ANYBODY, EVERYTHING, day, to_history

from features.engine.plan import build
from features.engine.store import LineStore
from features.history import TABLES, History
from features.table_declaration import ARROW_TYPE
from models import observation
from models.churn import contract, partial
from models.event_rows import Rows, Window, pairs, rows_of_lines, sums
from models.observation import Labels, observe
from models.outcome_tables import known_before, outcome_tables
from models.partnership import partnership
from models.target import OutcomeWindow

EPOCH = date(1970, 1, 1)


def priced(lines: pa.Table, cents: list[int]) -> pa.Table:
    """The lines with these list prices, in place of those they may have."""
    return unpriced(lines).append_column("list_amount", pa.array(cents, pa.int64()))


def unpriced(lines: pa.Table) -> pa.Table:
    """The lines without list prices."""
    return lines.drop_columns([name for name in ("list_amount",) if name in lines.column_names])


def number(days: int) -> int:
    return (day(days) - EPOCH).days


def table(name: str, **columns: list) -> pa.Table:
    kinds = TABLES[name].by_name
    return pa.table(
        {
            key: pa.array(values, pa.string()).dictionary_encode()
            if pa.types.is_dictionary(ARROW_TYPE[kinds[key].kind])
            else pa.array(values, ARROW_TYPE[kinds[key].kind])
            for key, values in columns.items()
        }
    )


ORDERS = [
    Line(name, f"{name}{ago}", day(-ago), cents=10_000) for name in ("ann", "bo", "cy") for ago in range(1, 360, 30)
]
ORDERS += [Line(name, f"{name}+{on}", day(on), cents=10_000) for name in ("ann", "bo", "cy") for on in (15, 45, 75)]
ORDERS.append(Line("zoe", "end", day(2000)))


def history(**tables: pa.Table) -> History:
    return replace(to_history(ORDERS), optional=tables)


def test_rows_belong_to_the_customers_of_the_store_and_strangers_are_left_out():
    found = history(
        investments=table(
            "investments",
            customer_id=["cy", "who", "ann"],
            invested_on=[day(1)] * 3,
            kind=["money"] * 3,
            amount=[5, 6, 7],
        )
    )
    rows = outcome_tables(found, LineStore.from_history(found))["investments"]
    assert (rows.customer.tolist(), rows.numbers("amount").tolist()) == ([2, 0], [5, 7])
    assert rows.happened.tolist() == rows.known.tolist() == [number(1)] * 2


def test_a_row_is_known_on_its_own_day_at_the_earliest_and_a_month_when_it_is_over():
    quotes = table(
        "quotes",
        customer_id=["ann"] * 3,
        quoted_on=[day(5)] * 3,
        amount=[1] * 3,
        outcome=["won"] * 3,
        known_on=[day(9), day(1), None],
    )
    wallet = table(
        "wallet", customer_id=["ann"], month=[date(2021, 2, 10)], category=["c"], our_amount=[1], total_amount=[2]
    )
    found = history(quotes=quotes, wallet=wallet)
    rows = outcome_tables(found, LineStore.from_history(found))
    assert rows["quotes"].known.tolist() == [number(9), number(5), number(5)]
    assert rows["wallet"].known.tolist() == [(date(2021, 3, 1) - EPOCH).days]


def test_customers_of_whom_nothing_ever_changes_are_no_outcome():
    found = history(customers=table("customers", customer_id=["ann", "bo"], industry=["wood", None]))
    assert "customers" not in outcome_tables(found, LineStore.from_history(found))


def test_deliveries_get_the_day_of_their_order():
    sent = table(
        "deliveries", customer_id=["bo", "ann", "ann"], order_id=["bo31", "nothing", "ann1"], promised_on=[day(0)] * 3
    )
    found = history(deliveries=sent)
    rows = outcome_tables(found, LineStore.from_history(found))["deliveries"]
    np.testing.assert_array_equal(rows.numbers("ordered_on"), [number(-31), np.nan, number(-1)])


def test_list_prices_bring_the_order_lines_with_them():
    lines = to_history(ORDERS).order_lines
    listed = priced(lines, [12_000] * len(lines))
    found = History(listed)
    store = LineStore.from_history(found)
    rows, plain = outcome_tables(found, store)["priced_lines"], rows_of_lines(store)
    assert set(rows.numbers("list_cents")) == {12_000}
    for name in ("cents", "thousandths"):
        assert sorted(rows.numbers(name)) == sorted(plain.numbers(name))
    assert outcome_tables(History(unpriced(lines)), store) == {}


def test_what_became_of_a_row_later_was_not_known_before():
    rows = Rows(
        np.zeros(3, dtype=np.int64),
        np.array([1, 1, 9]),
        np.array([1, 1, 9]),
        {
            "decided_on": np.array([4.0, 8.0, np.nan]),
            "outcome": np.array(["won", "won", "lost"], dtype=object),
            "cancelled_on": np.array([7.0, 8.0, np.nan]),
        },
    )
    seen = known_before({"any": rows}, 8)["any"]
    assert seen.texts("outcome").tolist() == ["won", "open"]
    np.testing.assert_array_equal(seen.numbers("decided_on"), [4, np.nan])
    np.testing.assert_array_equal(seen.numbers("cancelled_on"), [7, np.nan])


# Sums over windows


rows_at_random = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-5, 20), st.integers(0, 9), st.integers(-3, 9)), max_size=25
)
windows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-6, 22), st.integers(-6, 22), st.integers(-6, 25)), max_size=8
)


@given(rows=rows_at_random, asked=windows, hindsight=st.booleans())
def test_sums_equal_going_through_the_rows_one_by_one(rows, asked, hindsight):
    customer, happened, late, value = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    owner, start, stop, known_by = np.array(asked, dtype=np.int64).reshape(-1, 4).T
    table = Rows(customer, happened, happened + late, {})
    window = Window(owner, start, stop, None if hindsight else known_by)
    expected = [
        sum(v for c, on, late, v in rows if c == who and low <= on < high and (hindsight or on + late < seen))
        for who, low, high, seen in asked
    ]
    assert sums(table, value, window).tolist() == expected


@given(left=st.lists(st.integers(0, 5), max_size=9), right=st.lists(st.integers(0, 5), max_size=9))
def test_pairs_are_all_that_agree(left, right):
    i, j = pairs(np.array(left, dtype=np.int64), np.array(right, dtype=np.int64))
    expected = {(a, b) for a in range(len(left)) for b in range(len(right)) if left[a] == right[b]}
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected and i.size == len(expected)


# Labels that need other tables


def observed(target, tables: History) -> Labels:
    store = LineStore.from_history(tables)
    matrix = build(store, [day(0)], (), horizon_days=90, population=ANYBODY)
    return observe(store, matrix, target, OutcomeWindow(0, 90), outcome_tables(tables, store))


AGREED = {
    "contract_id": ["a", "b"],
    "customer_id": ["ann", "bo"],
    "signed_on": [day(-300)] * 2,
    "starts_on": [day(-300)] * 2,
}


def test_churn_by_contract_is_seen_where_there_are_contracts():
    found = observed(contract(), history(contracts=table("contracts", **AGREED, ends_on=[day(30), day(500)])))
    np.testing.assert_array_equal(found.label, [1, 0, np.nan])


def partners(**tables: pa.Table) -> tuple[list[float], dict[str, list[float]]]:
    found = observed(partnership(), history(**tables))
    return found.label.tolist(), {name: act.tolist() for name, act in found.acts.items()}


def test_with_order_lines_only_acts_of_other_tables_are_null_and_nobody_here_expands():
    label, acts = partners()
    assert label == [0, 0, 0]
    assert all(np.isnan(acts[name]).all() for name in ("invests", "renews", "withstands", "concentrates"))


def test_an_investment_beside_planning_makes_a_partner_of_who_stays():
    paid = table(
        "investments",
        customer_id=["ann", "bo"],
        invested_on=[day(10), day(10)],
        kind=["money"] * 2,
        amount=[500, 500],
        paid_by=["customer", "supplier"],
    )
    label, acts = partners(investments=paid)
    assert (acts["plans"], acts["invests"], label) == ([1, 1, 1], [1, 0, 0], [1, 0, 0])


def test_volume_kept_through_a_failed_delivery_is_withstanding_and_without_a_failure_there_is_nothing_to_see():
    sent = table(
        "deliveries",
        customer_id=["ann", "bo"],
        order_id=["ann+15", "bo+15"],
        promised_on=[day(20), day(20)],
        delivered_on=[day(35), day(20)],
    )
    label, acts = partners(deliveries=sent)
    np.testing.assert_array_equal(acts["withstands"], [1, np.nan, np.nan])
    assert label == [1, 0, 0]


def test_a_delivery_fails_whether_or_not_prices_can_be_compared():
    late = {"promised_on": [day(20)], "delivered_on": [day(35)]}
    sent = table("deliveries", customer_id=["ann"], order_id=["ann+15"], **late)
    without_products = to_history(ORDERS, EVERYTHING - {"product_id"})
    found = observed(partnership(), replace(without_products, optional={"deliveries": sent}))
    np.testing.assert_array_equal(found.acts["withstands"], [1, np.nan, np.nan])


def test_a_wider_wallet_share_concentrates():
    months = [date(2020, 11, 1), date(2021, 2, 1)]
    bought = table(
        "wallet",
        customer_id=["ann"] * 2 + ["bo"] * 2,
        month=months * 2,
        category=["c"] * 4,
        our_amount=[50, 60, 50, 40],
        total_amount=[100] * 4,
    )
    label, acts = partners(wallet=bought)
    np.testing.assert_array_equal(acts["concentrates"], [1, 0, np.nan])
    assert label == [1, 0, 0]


def test_an_act_must_look_ahead():
    """Fewer months with an order than before: neither regular nor planned, so two other acts are not enough."""
    fewer = [line for line in ORDERS if not (line.customer == "ann" and day(0) <= line.day < day(90))]
    fewer += [Line("ann", "all at once", day(5), cents=40_000)]
    bought = table(
        "wallet",
        customer_id=["ann"] * 2,
        month=[date(2020, 11, 1), date(2021, 2, 1)],
        category=["c"] * 2,
        our_amount=[50, 60],
        total_amount=[100] * 2,
    )
    late = {"promised_on": [day(8)], "delivered_on": [day(35)]}
    sent = table("deliveries", customer_id=["ann"], order_id=["all at once"], **late)
    tables = replace(to_history(fewer), optional={"wallet": bought, "deliveries": sent})
    found = observed(partnership(), tables)
    shown = {name: act[0] for name, act in found.acts.items()}
    assert (shown["withstands"], shown["concentrates"], shown["plans"], found.label[0]) == (1, 1, 0, 0)


def test_deeper_discounts_are_no_planning():
    lines = to_history(ORDERS).order_lines
    cheap = [15_000 if line.customer == "ann" and line.day >= day(0) else 10_000 for line in ORDERS]
    found = observed(partnership(), History(priced(lines, cheap)))
    assert found.acts["plans"].tolist() == [0, 1, 1]


@pytest.mark.parametrize("customers", [1, 2])
def test_acts_do_not_depend_on_chunks(monkeypatch, customers):
    agreed = table("contracts", **AGREED, ends_on=[day(30), day(500)])
    whole = observed(contract(), history(contracts=agreed)).label, observed(partial(), history()).label
    monkeypatch.setattr(observation, "CUSTOMERS_A_CHUNK", customers)
    parts = observed(contract(), history(contracts=agreed)).label, observed(partial(), history()).label
    np.testing.assert_array_equal(parts, whole)
