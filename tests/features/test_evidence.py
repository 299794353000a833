"""Evidence names the tables that said something before the day: of anybody, and of each customer."""

from datetime import timedelta

import pytest
from customers import Line
from histories import busy_supplier, day, tables_of, to_store
from table_histories import of_rows

from features.engine.store import day_number
from features.evidence import RECENT_DAYS, evidence_levels, tables_known
from features.history import CUSTOMERS

CONTRACT = {"contract_id": "k", "customer_id": "a", "signed_on": day(-5), "starts_on": day(0), "ends_on": day(99)}
VISIT = {"customer_id": "a", "happened_on": day(-9), "kind": "visit", "known_on": day(3)}
TABLES = {"interactions": of_rows("interactions", [VISIT]), "contracts": of_rows("contracts", [CONTRACT])}
BOTH = [Line("a", "1", day(-20)), Line("b", "1", day(-20))]


@pytest.mark.parametrize(
    ("at", "level"),
    [
        (-5, "order lines only"),
        (-4, "order lines, contracts"),
        (4, "order lines, interactions, contracts"),
        (-9 + RECENT_DAYS, "order lines, interactions, contracts"),  # the visit is as old as still counts
        (-8 + RECENT_DAYS, "order lines, contracts"),
        (-4 + RECENT_DAYS, "order lines only"),
    ],
)
def test_a_table_is_evidence_of_whom_it_spoke_of_lately(at: int, level: str) -> None:
    store = to_store(BOTH, tables=TABLES)
    assert evidence_levels(store, day_number(day(at))) == [level, "order lines only"]


def test_a_contract_that_still_holds_is_evidence_however_old_it_is() -> None:
    """Without the day it ends, two years after it was signed, it is none any more."""
    long = {**CONTRACT, "ends_on": day(RECENT_DAYS + 50)}
    store = to_store(BOTH, tables={"contracts": of_rows("contracts", [long])})
    for at, level in ((RECENT_DAYS + 49, "order lines, contracts"), (RECENT_DAYS + 50, "order lines only")):
        assert evidence_levels(store, day_number(day(at)))[0] == level


def test_what_is_known_of_a_customer_itself_does_not_grow_old() -> None:
    row = {"customer_id": "b", "valid_from": day(-15), "region": "north"}
    store = to_store(BOTH, tables={"customers": of_rows("customers", [row])})
    assert evidence_levels(store, day_number(day(3000))) == ["order lines only", "order lines, customers"]


@pytest.mark.parametrize(("told", "tables"), [({}, ()), ({"region": "north"}, ("customers",))])
def test_what_a_customer_is_called_is_no_evidence(told: dict[str, str], tables: tuple[str, ...]) -> None:
    row = {"customer_id": "b", "valid_from": day(-15), "name": "Bee Keepers", **told}
    lacking = frozenset(CUSTOMERS.attributes) - set(row)
    store = to_store(BOTH, tables={"customers": of_rows("customers", [row], lacking)})
    assert tables_known(store, day_number(day(0))) == tables
    assert evidence_levels(store, day_number(day(0)))[1] == ("order lines, customers" if tables else "order lines only")


def test_rows_of_strangers_are_no_evidence() -> None:
    store = to_store([Line("b", "1", day(-20))], tables=TABLES)
    assert evidence_levels(store, day_number(day(9))) == ["order lines only"]
    assert tables_known(store, day_number(day(9))) == ()


@pytest.mark.parametrize("at", [-400, 0, 200, 900, 1300])
def test_visits_are_evidence_as_a_plain_loop_over_the_rows_has_it(at: int) -> None:
    """By a second way, over the rows of a whole supplier."""
    lines, now = busy_supplier(), day(at)
    rows = tables_of(lines)["interactions"].rows
    store = to_store(lines, tables={"interactions": tables_of(lines)["interactions"]})
    since = now - timedelta(days=RECENT_DAYS)
    seen = {
        row["customer_id"]
        for row in rows
        for happened in (row["happened_on"], row["resolved_on"])  # a matter settled is news of its own
        if happened and since <= happened and max(filter(None, (happened, row["happened_on"], row["known_on"]))) < now
    }
    expected = ["order lines, interactions" if who in seen else "order lines only" for who in store.customer_ids]
    assert evidence_levels(store, day_number(now)) == expected
