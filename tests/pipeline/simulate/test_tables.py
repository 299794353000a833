"""Every table keeps its contract: columns, choices, bounds, dates in order, and nothing after the history."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.history import TABLES
from pipeline.simulate import world as worlds
from pipeline.simulate.catalogue import CATEGORIES
from pipeline.simulate.world import TELLERS, World, blocks, tell

LAST = pd.Timestamp("2024-06-30").date()
LATER = {"contracts": {"starts_on", "ends_on"}, "deliveries": {"promised_on"}, "customers": {"valid_to"}}
"""Dates that may lie after the history: they were agreed in it."""
IN_ORDER = {
    "order_lines": [("ordered_on", "known_on")],
    "customers": [("valid_from", "valid_to")],
    "interactions": [("happened_on", "resolved_on")],
    "contracts": [("signed_on", "starts_on"), ("starts_on", "ends_on"), ("signed_on", "cancelled_on")],
    "investments": [("invested_on", "known_on")],
    "deliveries": [("known_on", "promised_on"), ("known_on", "delivered_on")],
    "quotes": [("quoted_on", "decided_on")],
    "wallet": [("month", "known_on")],
    "treatments": [("treated_on", "known_on")],
}


@pytest.fixture(scope="module")
def told(seen) -> dict[str, pa.Table]:
    return {name: tell(seen.world, 0, seen.block, name) for name in TELLERS}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_keeps_its_contract(told, name):
    table, contract = told[name], TABLES[name]
    assert table.num_rows > 50
    assert set(table.column_names) == {column.name for column in contract.columns}
    for column in contract.columns:
        values = table.column(column.name)
        assert not column.required or values.null_count == 0, column.name
        if column.choices:
            assert set(values.unique().to_pylist()) - {None} <= set(column.choices), column.name
        if column.lowest is not None:
            assert pc.min(values).as_py() >= column.lowest, column.name
        if column.highest is not None:
            assert pc.max(values).as_py() <= column.highest, column.name
        if column.kind == "date":
            assert values.type == pa.date32()
            assert column.name in LATER.get(name, ()) or pc.max(values).as_py() <= LAST, column.name


@pytest.mark.parametrize("name", TABLES)
def test_dates_are_in_order(told, name):
    rows = told[name].to_pandas()
    for earlier, later in IN_ORDER[name]:
        both = rows[[earlier, later]].dropna()
        assert len(both) > 10
        assert (both[earlier] <= both[later]).all(), (earlier, later)


@pytest.mark.parametrize("name", TABLES)
def test_everybody_in_a_table_orders(told, name):
    ordering = set(told["order_lines"].column("customer_id").unique().to_pylist())
    assert set(told[name].column("customer_id").unique().to_pylist()) <= ordering


def test_money_is_consistent(told):
    lines = told["order_lines"].to_pandas()
    assert (lines["net_amount"].abs() <= lines["list_amount"].abs()).all()
    assert (lines["is_return"] == (lines["net_amount"] < 0)).all()
    assert (lines["is_return"] == (lines["quantity"] < 0)).all()
    assert 0.005 < lines["is_return"].mean() < 0.05
    assert lines.groupby("order_id")["customer_id"].nunique().max() == 1
    assert not lines.duplicated(["order_id", "product_id"]).any()
    assert (np.round(lines["net_amount"] * 100) / 100 == lines["net_amount"]).all()


def test_orders_fall_on_working_days_within_the_history(told):
    sold = told["order_lines"].filter(pc.invert(told["order_lines"].column("is_return")))
    assert pc.max(pc.day_of_week(sold.column("ordered_on"))).as_py() <= 4
    assert str(pc.min(sold.column("ordered_on")).as_py()) >= "2021-07-01"


def test_names_are_invented_and_inert(told):
    name = told["order_lines"].column("customer_id").unique()
    assert pc.all(pc.match_substring_regex(name, "^[A-Z][a-z]+ [A-Z][a-z]+ [0-9]{5}$")).as_py()
    assert pc.all(pc.match_substring_regex(told["order_lines"].column("product_id"), "^[A-Z0-9-]+$")).as_py()


def test_a_wallet_holds_what_the_lines_hold(told, seen):
    lines, wallet = told["order_lines"].to_pandas(), told["wallet"].to_pandas()
    sold = lines[~lines["is_return"]].assign(month=lines["ordered_on"].map(lambda day: day.replace(day=1)))
    ours = sold.groupby(["customer_id", "month", "category"])["net_amount"].sum()
    told_of = wallet.set_index(["customer_id", "month", "category"])["our_amount"]
    assert (told_of - ours.reindex(told_of.index).fillna(0)).abs().max() < 0.01
    assert (wallet["total_amount"] >= wallet["our_amount"]).all()
    assert set(wallet["category"]) <= set(CATEGORIES)


def test_a_delivery_belongs_to_an_order(told):
    orders = set(told["order_lines"].column("order_id").unique().to_pylist())
    assert set(told["deliveries"].column("order_id").to_pylist()) <= orders
    rows = told["deliveries"].to_pandas()
    assert (rows["quantity_defective"] <= rows["quantity_delivered"]).all()
    assert (rows["quantity_delivered"] <= rows["quantity_ordered"]).all()
    late = rows["delivered_on"] > rows["promised_on"]
    assert 0.03 < late.mean() < 0.25


def test_a_renewal_names_an_agreement_of_the_same_customer(told):
    rows = told["contracts"].to_pandas().set_index("contract_id")
    renewals = rows[rows["renewal_of"].notna()]
    renewed = rows.loc[renewals["renewal_of"]]
    assert len(renewals) > 50
    assert (renewed["customer_id"].to_numpy() == renewals["customer_id"].to_numpy()).all()
    assert (renewed["ends_on"].to_numpy() == renewals["starts_on"].to_numpy()).all()


def test_a_fifth_of_what_customers_invest_is_joint_and_tells_what_both_paid(told, seen):
    rows = told["investments"].to_pandas()
    theirs = rows[rows["paid_by"] != "supplier"]
    joint = theirs["paid_by"] == "joint"
    lost = theirs["amount"] * (1 - theirs["redeployable_share"])
    usual = np.log(lost[joint]).median() - np.log(lost[~joint]).median()
    assert joint.mean() == pytest.approx(seen.world.of.pledges.joint, abs=0.03)
    assert usual == pytest.approx(np.log(2), abs=0.25)


def test_a_smaller_world_is_the_beginning_of_a_larger_one(monkeypatch):
    """Blocks draw from streams of their own: a further block changes nothing in those before it."""
    monkeypatch.setattr(worlds, "CUSTOMERS_A_BLOCK", 40)
    small, large = (World(seed=2, customers=count, days=200) for count in (40, 100))
    first, same, *others = [
        tell(world, number, block, "order_lines") for world in (small, large) for number, block, _ in blocks(world)
    ]
    assert first.equals(same)
    everybody = [set(table.column("customer_id").unique().to_pylist()) for table in (same, *others)]
    assert sum(map(len, everybody)) == len(set.union(*everybody))
