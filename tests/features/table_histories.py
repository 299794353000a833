"""Ways to make up the optional tables so that their rows sit on every edge, and to hand them to the product."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
from hypothesis import strategies as st
from table_rows import RawTable, Row

from features.history import INTERACTION_KINDS, INVESTMENT_KINDS, TABLES
from features.table_declaration import ARROW_TYPE

Tables = Mapping[str, RawTable]
LATE = (None, None, None, 0, 1, 5, 60, 400)
AMOUNTS = (0, 1, 99, 10_000, 123_456_789_012)
EDGES = (0, 1, 13, 14, 30, 31, 90, 91, 92, 180, 183, 360, 365, 366, 730, 731, 820)
WHO = ("ann", "bob", "cy", "a stranger")


def to_arrow(name: str, table: RawTable) -> pa.Table:
    """The table as the pipeline would hand it over, with the columns the supplier has."""
    columns = {}
    for column in table.columns:
        kind = ARROW_TYPE[TABLES[name].by_name[column].kind]
        values = [row[column] for row in table.rows]
        text = pa.types.is_dictionary(kind)
        columns[column] = pa.array(values, pa.string()).dictionary_encode() if text else pa.array(values, kind)
    return pa.table(columns)


def columns_of(name: str) -> tuple[str, ...]:
    return tuple(TABLES[name].by_name)


def of_rows(name: str, rows: Sequence[Row], without: frozenset[str] = frozenset()) -> RawTable:
    """The rows with every column of the table but these, missing values being null."""
    columns = tuple(column for column in columns_of(name) if column not in without)
    return RawTable(columns, tuple({column: row.get(column) for column in columns} for row in rows))


@st.composite
def tables(draw: st.DrawFn, cutoffs: Sequence[date]) -> Tables:
    """Some optional tables with rows on the edges of windows, late rows, nulls, duplicates and missing columns."""
    day = st.builds(
        lambda cutoff, ago, nudge: cutoff - timedelta(days=ago + nudge),
        st.sampled_from(cutoffs),
        st.sampled_from(EDGES),
        st.sampled_from((0, 1, -1)),
    )
    chance = random.Random(draw(st.integers(0, 2**32)))
    found = {}
    for name, make in MAKERS.items():
        if draw(st.integers(0, 3)):
            rows = [
                make(chance, who, on) for who, on in draw(st.lists(st.tuples(st.sampled_from(WHO), day), max_size=6))
            ]
            rows += rows[:1]
            optional = [column.name for column in TABLES[name].columns if not column.required]
            lacks = frozenset(chance.sample(optional, chance.choice((0, 0, 1, 2))))
            found[name] = RawTable(*_shuffled(chance, of_rows(name, _one_period_a_day(name, rows, lacks), lacks)))
    return found


def _shuffled(chance: random.Random, table: RawTable) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    rows = list(table.rows)
    chance.shuffle(rows)
    return table.columns, tuple(rows)


def _one_period_a_day(name: str, rows: list[Row], lacks: frozenset[str] = frozenset()) -> list[Row]:
    """Attributes of a customer on one day are those of one row; without a beginning, all its periods begin together."""
    key = [column for column in ("customer_id", "valid_from") if column not in lacks]
    return rows if name != "customers" else list({tuple(r[column] for column in key): r for r in rows}.values())


def _later(chance: random.Random, on: date, *days: int | None) -> date | None:
    late = chance.choice(days)
    return None if late is None else on + timedelta(days=late)


def _known(chance: random.Random, on: date) -> date | None:
    return _later(chance, on, *LATE)


def customer(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "valid_from": on,
        "valid_to": _later(chance, on, None, None, 1, 30, 365),
        "industry": chance.choice(("retail", "trade", None)),
        "region": chance.choice(("north", "south", None)),
        "employees": chance.choice((1.0, 40.0, 12_000.0, None)),
        "annual_revenue": chance.choice((*AMOUNTS[1:], None)),
        "credit_score": chance.choice((50.0, 99.5, None)),
        "payment_terms_days": chance.choice((0.0, 14.0, 30.0, None)),
    }


def interaction(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "happened_on": on,
        "kind": chance.choice((*INTERACTION_KINDS, "complaint", "complaint", "ticket")),
        "contact_id": chance.choice(("x", "y", "z", None)),
        "contact_level": chance.choice(("buyer", "board", None)),
        "initiated_by": chance.choice(("customer", "supplier", None)),
        "severity": chance.choice((1.0, 4.0, 5.0, None)),
        "resolved_on": _later(chance, on, None, 0, 1, 20, 90),
        "known_on": _known(chance, on),
    }


def contract(chance: random.Random, who: str, on: date) -> Row:
    starts = on + timedelta(days=chance.choice((-10, 0, 30)))
    return {
        "contract_id": chance.choice(("k1", "k2", "k3", "k4")),
        "customer_id": who,
        "signed_on": on,
        "starts_on": starts,
        "ends_on": starts + timedelta(days=chance.choice((0, 30, 365, 730))),
        "cancelled_on": _later(chance, on, None, None, None, 5, 100, 365),
        "kind": chance.choice(("frame", None)),
        "committed_amount": chance.choice((*AMOUNTS, None)),
        "exclusive": chance.choice((True, False, None)),
        "renewal_of": chance.choice((None, "k1", "k2", "k3", "none such")),
        "known_on": _known(chance, on),
    }


def investment(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "invested_on": on,
        "kind": chance.choice(INVESTMENT_KINDS),
        "amount": chance.choice(AMOUNTS),
        "paid_by": chance.choice(("customer", "supplier", "joint", None)),
        "life_months": chance.choice((0.0, 12.0, 36.5, None)),
        "redeployable_share": chance.choice((0.0, 0.3, 1.0, None)),
        "people": chance.choice((0.0, 3.0, None)),
        "known_on": _known(chance, on),
    }


def delivery(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "order_id": chance.choice([f"o{number}" for number in range(8)]),
        "promised_on": on,
        "delivered_on": _later(chance, on, None, -30, -1, 0, 0, 1, 15, 200),
        "quantity_ordered": chance.choice((1.0, 10.0, None)),
        "quantity_delivered": chance.choice((0.0, 1.0, 10.0, None)),
        "quantity_defective": chance.choice((0.0, 1.0, None)),
        "known_on": _known(chance, on),
    }


def quote(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "quoted_on": on,
        "amount": chance.choice(AMOUNTS),
        "outcome": chance.choice(("won", "lost", "lost", "open")),
        "category": chance.choice(("c", None)),
        "decided_on": _later(chance, on, None, None, -1, 0, 20, 100),
        "lost_to": chance.choice(("price", " Price", "a rival", None)),
        "price_gap": chance.choice((0.1, -0.05, None)),
        "known_on": _known(chance, on),
    }


def wallet_month(chance: random.Random, who: str, on: date) -> Row:
    ours = chance.choice((0, 0, 90, 100, -50, 123_456_789_012))
    return {
        "customer_id": who,
        "month": on,
        "category": chance.choice(("c", "d", "e")),
        "our_amount": ours,
        "total_amount": ours + chance.choice((0, 10, 1000, 5)),
        "known_on": _known(chance, on),
    }


def treatment(chance: random.Random, who: str, on: date) -> Row:
    return {
        "customer_id": who,
        "treated_on": on,
        "play": chance.choice(("call", "rebate")),
        "holdout": chance.choice((True, False, None)),
        "known_on": _known(chance, on),
    }


MAKERS = {
    "customers": customer,
    "interactions": interaction,
    "contracts": contract,
    "investments": investment,
    "deliveries": delivery,
    "quotes": quote,
    "wallet": wallet_month,
    "treatments": treatment,
}


def busy_tables(
    names: Sequence[str], orders: Sequence[tuple[str, str]], first: date, days: int, seed: int = 1
) -> Tables:
    """Every table, full, for these customers: rows of each from `first` on over `days` days, some known late.

    `orders` are pairs of customer and order that deliveries may be of.
    """
    chance, found = random.Random(seed), {}
    for name, make in MAKERS.items():
        rows = []
        for who in names:
            for _ in range(chance.choice((0, 8, 60))):
                rows.append(make(chance, who, first + timedelta(days=chance.randrange(days))))
        for row in rows:
            if name == "deliveries" and orders:
                row["customer_id"], row["order_id"] = chance.choice(orders)
        found[name] = of_rows(name, _one_period_a_day(name, rows))
    return found
