"""The optional tables as events: sorted, joined, dated on the day they became known."""

import numpy as np
import pytest
from customers import Line
from histories import busy_supplier, day, to_matrix, to_store
from table_histories import of_rows

from features.engine import plan
from features.engine.leaf_values import leaf_values
from features.engine.store import LineStore, day_number
from features.engine.tables import ENDED
from features.engine.view import HistoryView

H = HistoryView()
LINES = [Line("a", "o1", day(-30)), Line("b", "o2", day(-20))]
T = day(0)


def store_of(name: str, *rows: dict[str, object], lines: list[Line] = LINES) -> LineStore:
    return to_store(lines, tables={name: of_rows(name, [{"customer_id": "a", **row} for row in rows])})


def value(store: LineStore, leaf, at: int = 0, customer: int = 0) -> float:
    days = np.array([day_number(day(at))], dtype=np.int32)
    return float(leaf_values(store, days, {leaf}, 90)[leaf][customer, 0])


def test_rows_of_a_customer_without_orders_are_left_out_and_one_without_rows_has_none():
    store = store_of("interactions", {"happened_on": day(-3), "kind": "call", "customer_id": "a stranger"})
    assert store.tables["interactions"].day.size == 0
    assert value(store, H.interactions.count()) == 0
    assert np.isnan(value(store, H.interactions.since_last()))


def test_a_table_the_supplier_lacks_is_null_even_where_it_would_be_counted():
    assert np.isnan(value(to_store(LINES), H.interactions.count()))


def test_rows_are_sorted_by_customer_and_day_and_cut_with_their_customers():
    contact = {"kind": "call"}
    store = store_of(
        "interactions",
        {**contact, "customer_id": "b", "happened_on": day(-5)},
        {**contact, "happened_on": day(-1)},
        {**contact, "happened_on": day(-9)},
    )
    events = store.tables["interactions"]
    assert events.offsets.tolist() == [0, 2, 3]
    assert events.day.tolist() == [day_number(day(-9)), day_number(day(-1)), day_number(day(-5))]
    assert store.slice(1, 2).tables["interactions"].day.tolist() == [day_number(day(-5))]


@pytest.mark.parametrize(
    ("promised", "delivered", "at", "late", "judged"),
    [
        (-5, -7, -6, 0, 1),  # early: in time as soon as it is there
        (-5, -7, -7, np.nan, 0),
        (-5, -5, -4, 0, 1),
        (-5, -1, -4, 1, 1),  # late from the day after the promise
        (-5, -1, -5, np.nan, 0),
        (-5, None, 0, 1, 1),  # never came
    ],
)
def test_lateness_is_known_once_the_promise_has_passed(promised, delivered, at, late, judged):
    came = None if delivered is None else day(delivered)
    store = store_of("deliveries", {"order_id": "o1", "promised_on": day(promised), "delivered_on": came})
    assert value(store, H.deliveries.count(), at) == judged
    share = value(store, H.deliveries.total("late"), at) / max(judged, 1)
    assert share == (0 if np.isnan(late) else late)


def test_lead_time_goes_by_the_line_of_the_order_that_was_known_first():
    lines = [Line("a", "o1", day(-30)), Line("a", "o1", day(-90), known=day(-10)), *LINES]
    delivery = {"order_id": "o1", "promised_on": day(-9), "delivered_on": day(-9)}
    store = store_of("deliveries", delivery, {**delivery, "order_id": "of nobody"}, lines=lines)
    assert (value(store, H.leads.total("days")), value(store, H.leads.count())) == (21, 1)


@pytest.mark.parametrize(
    ("decided", "known", "first_seen"), [(-50, None, -49), (None, -40, -39), (None, None, 31)], ids=str
)
def test_an_outcome_is_known_when_it_is_dated_else_when_known_else_ninety_days_later(decided, known, first_seen):
    dates = {name: None if at is None else day(at) for name, at in (("decided_on", decided), ("known_on", known))}
    store = store_of("quotes", {"quoted_on": day(-60), "amount": 5, "outcome": "won", **dates})
    assert [value(store, H.decisions.count(), at) for at in (first_seen - 1, first_seen)] == [0, 1]
    assert value(store, H.quotes.standing(), first_seen) == 0
    assert known or value(store, H.quotes.standing(), first_seen - 1) == 1


def test_an_open_quote_is_never_decided():
    store = store_of("quotes", {"quoted_on": day(-60), "amount": 5, "outcome": "open", "decided_on": day(-9)})
    assert (value(store, H.decisions.count(), 400), value(store, H.quotes.standing(), 400)) == (0, 1)


@pytest.mark.parametrize("month", [day(-31), day(-17), day(-1)])
def test_a_month_of_the_wallet_is_known_on_the_first_of_the_next(month):
    store = store_of("wallet", {"month": month, "category": "c", "our_amount": 3, "total_amount": 4})
    assert [value(store, H.wallet.total("ours"), at) for at in (0, 1)] == [0, 3]


def test_a_cancelled_contract_holds_until_its_cancellation_is_known():
    term = {"contract_id": "k", "signed_on": day(-100), "starts_on": day(-100), "ends_on": day(100)}
    store = store_of("contracts", {**term, "cancelled_on": day(-10), "committed_amount": 1000})
    left = [value(store, H.contracts.stock("committed"), at) for at in (-20, -10, -9)]
    assert left == pytest.approx([600, 550, 0])
    assert [value(store, H.cancellations.count(), at) for at in (-10, -9)] == [0, 1]


@pytest.mark.parametrize(("at", "left"), [(-200, 0), (-99, 1000), (-50, 1000), (0, 1000), (50, 500), (100, 0)])
def test_stock_falls_evenly_from_start_to_end(at, left):
    term = {"contract_id": "k", "signed_on": day(-100), "starts_on": day(0), "ends_on": day(100)}
    store = store_of("contracts", {**term, "committed_amount": 1000})
    assert value(store, H.contracts.stock("committed"), at) == pytest.approx(left)


def test_a_renewal_is_known_once_both_contracts_are():
    first = {"contract_id": "k1", "signed_on": day(-90), "starts_on": day(-90), "ends_on": day(-9)}
    second = {"contract_id": "k2", "signed_on": day(-50), "starts_on": day(-9), "ends_on": day(300), "renewal_of": "k1"}
    store = store_of("contracts", {**first, "known_on": day(-20)}, second)
    assert [value(store, H.renewals.count(), at) for at in (-20, -19)] == [0, 1]
    assert value(store, H.renewals.total("days_early")) == 41
    assert (value(store, H.renewals.where(longer=1).count()), value(store, H.renewals.where(wider=1).count())) == (1, 0)


@pytest.mark.parametrize(("at", "employees"), [(-10, np.nan), (-9, 5), (-3, 5), (-2, np.nan), (1, np.nan), (2, 7)])
def test_an_attribute_is_what_held_on_the_day_before(at, employees):
    periods = [(day(-10), day(-3), 5.0), (day(1), None, 7.0)]
    rows = [{"valid_from": first, "valid_to": last, "employees": number} for first, last, number in periods]
    found = value(store_of("customers", *rows), H.customers.latest("employees"), at)
    assert found == employees or (np.isnan(found) and np.isnan(employees))


def test_what_was_known_before_a_day_does_not_say_what_ended_later():
    complaint = {"happened_on": day(-9), "kind": "complaint", "resolved_on": day(5)}
    known = store_of("interactions", complaint).known_before(day_number(T)).tables
    assert np.isnan(known["interactions"].numbers[ENDED]).all()
    assert known["resolutions"].day.size == 0


def test_hindsight_takes_rows_as_known_when_they_happened():
    store = store_of("interactions", {"happened_on": day(-9), "kind": "call", "known_on": day(50)})
    assert [value(each, H.interactions.count()) for each in (store, store.settled())] == [0, 1]


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_the_market_is_that_of_all_customers_however_they_are_taken(monkeypatch, chunk):

    lines, cutoffs = busy_supplier(customers=12), [day(-50), day(0)]
    whole = to_matrix(lines, cutoffs)
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", chunk)
    assert to_matrix(lines, cutoffs).values.tobytes() == whole.values.tobytes()
