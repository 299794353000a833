"""Evidence names the tables that said something before the day."""

import pytest
from customers import Line
from histories import day, to_store
from table_histories import of_rows

from features.engine.store import day_number
from features.evidence import evidence_level

CONTRACT = {"contract_id": "k", "customer_id": "a", "signed_on": day(-5), "starts_on": day(0), "ends_on": day(99)}
VISIT = {"customer_id": "a", "happened_on": day(-9), "kind": "visit", "known_on": day(3)}
TABLES = {"interactions": of_rows("interactions", [VISIT]), "contracts": of_rows("contracts", [CONTRACT])}


@pytest.mark.parametrize(
    ("at", "level"),
    [(-5, "order lines only"), (-4, "order lines, contracts"), (4, "order lines, interactions, contracts")],
)
def test_a_table_is_evidence_once_a_row_of_it_is_known(at, level):
    store = to_store([Line("a", "1", day(-20))], tables=TABLES)
    assert evidence_level(store, day_number(day(at))) == level


def test_rows_of_strangers_are_no_evidence():
    store = to_store([Line("b", "1", day(-20))], tables=TABLES)
    assert evidence_level(store, day_number(day(9))) == "order lines only"
