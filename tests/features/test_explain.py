"""An explanation holds the value of every part, and of each leaf the rows that entered and no others."""

import math
from collections.abc import Iterable

import pytest
from customers import Line
from histories import ANYBODY, EVERYTHING, busy_supplier, day, engine_values, tables_of, to_store
from table_histories import of_rows
from table_rows import RawTable

from features.catalogue import FEATURES
from features.errors import DataProblem
from features.explain import Part, explain, reasons

BY_NAME = {feature.name: feature for feature in FEATURES}
LINES = [Line("a", "1", day(-10), cents=500), Line("a", "2", day(-400), cents=900), Line("b", "3", day(-5))]
LINES += [Line("Z", "4", day(5))]  # stands before the others, and is not known yet


def explained(name: str, customer: str = "a", has: Iterable[str] = EVERYTHING, **tables: RawTable) -> Part:
    store = to_store(LINES, has, tables)
    return explain(BY_NAME[name], store, customer, day(0), horizon_days=90, population=ANYBODY)


def test_a_ratio_shows_both_parts_and_the_rows_of_each():
    found = explained("order_size_mean_ever")
    assert (found.text, found.value) == ("divide", 7)
    spend, days = found.parts
    assert (spend.value, days.value) == (14, 2)
    assert [(row["day"], row["amount"]) for row in spend.rows] == [(str(day(-400)), 9), (str(day(-10)), 5)]


def test_rows_outside_the_window_are_not_shown():
    assert [row["day"] for row in explained("spend_365d").rows] == [str(day(-10))]


def test_rows_of_a_table_that_pass_and_were_known_are_shown_with_their_texts():
    contact = {"customer_id": "a", "contact_id": "x", "kind": "visit"}
    dates = [(day(-3), None), (day(-4), day(9)), (day(-5), day(-1))]
    rows = [{**contact, "happened_on": on, "known_on": known} for on, known in dates]
    rows += [{**contact, "happened_on": day(-2), "kind": "call"}]
    visits, meetings = explained("meetings_and_visits_365d", interactions=of_rows("interactions", rows)).parts
    assert (visits.value, meetings.value) == (2, 0)
    assert [row["day"] for row in visits.rows] == [str(day(-5)), str(day(-3))]
    assert visits.rows[0]["kind"] == "visit" and visits.rows[0]["contact_id"] == "x"


@pytest.mark.parametrize(
    ("name", "has", "why"),
    [
        ("contacts_90d", EVERYTHING, "there is no table interactions"),
        ("spend_90d", EVERYTHING - {"net_amount"}, "not given: order_lines.net_amount"),
        ("products_first_bought_90d", EVERYTHING - {"product_id"}, "not given: order_lines.product_id"),
        ("gap_mean_365d", EVERYTHING, "too few rows in the window to say it"),
        ("probability_silent", EVERYTHING, "too few customers to fit a model"),
        ("late_share_change_180d", EVERYTHING, "there is no table deliveries"),
    ],
)
def test_a_null_says_what_is_missing(name: str, has: frozenset[str], why: str) -> None:
    found = explained(name, has=has)
    assert found.value is None
    assert [reason for reason in reasons(found) if why in reason]


def test_a_value_among_peers_says_so():
    found = explained("silence_rank")
    assert found.text == "rank among customers known then (eligible)" and found.value == 0.75


def test_a_customer_nobody_knew_is_refused():
    with pytest.raises(DataProblem, match="Nothing is known of this customer"):
        explained("spend_365d", customer="c")


def test_values_among_all_say_how_many_they_rest_on_and_what_was_fitted() -> None:
    lines = busy_supplier(customers=40)
    asked = {"horizon_days": 90, "population": ANYBODY}
    silent, expected, rank = (
        explain(BY_NAME[name], to_store(lines), "k003", day(0), **asked).facts
        for name in ("probability_silent", "expected_order_days", "silence_rank")
    )
    assert 30 < silent["repeat_buyers"] <= silent["customers"] == expected["customers"] == rank["peers"] <= 40
    assert {*silent} == {"customers", "repeat_buyers", "r", "alpha", "a", "b"}
    assert {*expected} == {"customers", "repeat_buyers", "r", "alpha"}
    assert {*rank} == {"peers"}


def all_of(part: Part) -> list[Part]:
    return [part, *(each for below in part.parts for each in all_of(below))]


def test_rows_say_whether_they_count() -> None:
    assert [row["counted"] for row in explained("order_size_mean_ever").parts[1].rows] == [True, True]
    assert [row["counted"] for row in explained("tenure_days").rows] == [True, False]


@pytest.mark.parametrize("customer", ["k003", "k007"])
def test_every_feature_is_explained_as_it_is_computed(customer: str) -> None:
    lines = busy_supplier(customers=30)
    store = to_store(lines, tables=tables_of(lines))
    values, _ = engine_values(store, [day(0)], 90, ANYBODY, FEATURES)
    explained = {f: explain(f, store, customer, day(0), horizon_days=90, population=ANYBODY) for f in FEATURES}
    wrong = {}
    for feature, found in explained.items():
        value = values[customer, day(0), feature.name]
        if found.value != (None if math.isnan(value) else value) or bool(reasons(found)) != math.isnan(value):
            wrong[feature.name] = value, found.value, reasons(found)
    assert not wrong
    assert not [part for found in explained.values() for part in all_of(found) if part.value is not None and part.why]
    assert sum(found.value is not None for found in explained.values()) > 0.75 * len(FEATURES)
