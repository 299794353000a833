"""An explanation holds the value of every part, and of each leaf the rows that entered and no others."""

import pytest
from customers import Line
from histories import ANYBODY, busy_supplier, day, engine_values, tables_of, to_store
from table_histories import of_rows
from table_rows import RawTable

from features.catalogue import FEATURES
from features.errors import DataProblem
from features.explain import Part, explain

BY_NAME = {feature.name: feature for feature in FEATURES}
LINES = [Line("a", "1", day(-10), cents=500), Line("a", "2", day(-400), cents=900), Line("b", "3", day(-5))]


def explained(name: str, customer: str = "a", **tables: RawTable) -> Part:
    store = to_store(LINES, tables=tables)
    return explain(BY_NAME[name], store, customer, day(0), horizon_days=90, population=ANYBODY)


def test_a_ratio_shows_both_parts_and_the_rows_of_each():
    found = explained("order_size_mean_ever")
    assert (found.text, found.value) == ("divide", 7)
    spend, days = found.parts[0].parts
    assert (spend.value, days.value) == (1400, 2)
    assert [(row["day"], row["amount"]) for row in spend.rows] == [(str(day(-400)), 900), (str(day(-10)), 500)]


def test_rows_outside_the_window_are_not_shown():
    (spend, _) = explained("spend_365d").parts
    assert [row["day"] for row in spend.rows] == [str(day(-10))]


def test_rows_of_a_table_that_pass_and_were_known_are_shown_with_their_texts():
    contact = {"customer_id": "a", "contact_id": "x", "kind": "visit"}
    dates = [(day(-3), None), (day(-4), day(9)), (day(-5), day(-1))]
    rows = [{**contact, "happened_on": on, "known_on": known} for on, known in dates]
    rows += [{**contact, "happened_on": day(-2), "kind": "call"}]
    visits, meetings = explained("meetings_and_visits_365d", interactions=of_rows("interactions", rows)).parts
    assert (visits.value, meetings.value) == (2, 0)
    assert [row["day"] for row in visits.rows] == [str(day(-5)), str(day(-3))]
    assert visits.rows[0]["kind"] == "visit" and visits.rows[0]["contact_id"] == "x"


def test_a_table_the_supplier_lacks_has_no_rows_and_no_value():
    found = explained("contacts_90d")
    assert found.value is None and found.rows == ()


def test_a_value_among_peers_says_so():
    found = explained("silence_rank")
    assert found.text == "rank among customers known then (eligible)" and found.value == 0.75


def test_a_customer_nobody_knew_is_refused():
    with pytest.raises(DataProblem, match="Nothing is known of this customer"):
        explained("spend_365d", customer="c")


def test_every_feature_is_explained_as_it_is_computed():
    lines = busy_supplier(customers=8)
    tables = tables_of(lines)
    store, customer = to_store(lines, tables=tables), "k003"
    values, _ = engine_values(store, [day(0)], 90, ANYBODY, FEATURES)
    for feature in FEATURES[:: len(FEATURES) // 20]:
        found = explain(feature, store, customer, day(0), horizon_days=90, population=ANYBODY)
        assert found.value == pytest.approx(values[customer, day(0), feature.name], nan_ok=True) or found.value is None
