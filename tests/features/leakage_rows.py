"""Rows of the optional tables around a cutoff T: what was known before it, and what must not show at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from histories import Tables
from table_histories import of_rows
from table_rows import RawTable, Row, latest, next_month
from trade_reference import decided_on, judged

from features.history import INTERACTION_KINDS, INVESTMENT_KINDS

HAPPENED = {
    "customers": lambda row: row["valid_from"],
    "interactions": lambda row: row["happened_on"],
    "contracts": lambda row: row["signed_on"],
    "investments": lambda row: row["invested_on"],
    "deliveries": judged,
    "quotes": lambda row: row["quoted_on"],
    "wallet": lambda row: next_month(row["month"]),
    "treatments": lambda row: row["treated_on"],
}
"""The day a row tells of something."""
FACTS = {
    "customers": "valid_to",
    "interactions": "resolved_on",
    "contracts": "cancelled_on",
    "deliveries": "delivered_on",
}
"""Days of a row that may lie after what the row tells of first."""
OF_ARRIVAL = ("quantity_delivered", "quantity_defective")


def known_day(name: str, row: Row) -> date:
    return latest(HAPPENED[name](row), row.get("known_on"))


def as_seen_before(tables: Tables, cutoff: date) -> Tables:
    """The rows known before the cutoff, without what came of them later."""
    return {
        name: RawTable(
            table.columns, tuple(_told(name, row, cutoff) for row in table.rows if known_day(name, row) < cutoff)
        )
        for name, table in tables.items()
    }


def _told(name: str, row: Row, cutoff: date) -> Row:
    fact = FACTS.get(name)
    if fact and row[fact] is not None and row[fact] >= cutoff:
        row = {**row, fact: None, **(dict.fromkeys(OF_ARRIVAL) if name == "deliveries" else {})}
    if name == "quotes" and (decided_on(row) or cutoff) >= cutoff:
        row = {**row, "outcome": "open", "decided_on": None, "lost_to": None, "price_gap": None}
    return row


def with_rows(tables: Tables, added: Tables) -> Tables:
    return {name: RawTable(table.columns, table.rows + added[name].rows) for name, table in tables.items()}


def ending_on(tables: Tables, day: date, customers: Sequence[str]) -> Tables:
    """What is open for these customers ends on `day`: complaints settled, contracts cancelled, deliveries made."""

    def ended(name: str, row: Row) -> Row:
        fact = FACTS.get(name)
        if row["customer_id"] not in customers:
            return row
        if fact and row[fact] is None:
            return {**row, fact: day, **(dict.fromkeys(OF_ARRIVAL, 7.0) if name == "deliveries" else {})}
        if name == "quotes" and row["outcome"] == "open":
            return {**row, "outcome": "won", "decided_on": day}
        return row

    return {
        name: RawTable(table.columns, tuple(ended(name, row) for row in table.rows)) for name, table in tables.items()
    }


def absurd(customer: str, size: int, on: date, known: date) -> Tables:
    """Rows of every table that would show in any feature that saw them, and in others' ranks: sizes differ."""
    known = max(on, known)
    own = {"customer_id": customer, "known_on": known}
    half, next_year = on + timedelta(days=400), on + timedelta(days=4000)
    spoken = {"contact_id": "somebody new", "contact_level": f"rank {size}", "severity": 5.0, "resolved_on": on}
    contacts = [
        {**own, **spoken, "happened_on": on - timedelta(days=9 * size if settled else 0), "kind": kind,
         "initiated_by": ("customer", "supplier")[size % 2], "resolved_on": on if settled else None}
        for kind in INTERACTION_KINDS for settled in (False, True)
    ]  # fmt: skip
    contract = {"signed_on": on, "starts_on": on, "committed_amount": 10**12 * size, "exclusive": True}
    contracts = [
        {**own, **contract, "contract_id": f"new {size}", "ends_on": half},
        *({**own, **contract, "contract_id": f"newer {old}", "renewal_of": old, "ends_on": next_year}
          for old in ("k1", "k2", "k3", "k4", f"new {size}")),
        {**own, **contract, "contract_id": "gone", "ends_on": next_year, "cancelled_on": on},
    ]  # fmt: skip
    put = {"invested_on": on, "amount": 10**11 * size, "redeployable_share": 0.0, "people": 1000.0 * size}
    investments = [
        {**own, **put, "kind": kind, "paid_by": payer, "life_months": 600.0 / size}
        for kind, payer in zip(INVESTMENT_KINDS, ("customer", "customer", "supplier", "customer", "joint"), strict=True)
    ]
    came = {"quantity_ordered": 10.0, "quantity_delivered": 9.0 * size, "quantity_defective": 8.0, "promised_on": on}
    orders = [f"{customer}-{number}" for number in range(1, 4)]
    deliveries = [
        {**own, **came, "order_id": order, "delivered_on": day}
        for order in orders for day in (None, on, on + timedelta(days=90 + size), on - timedelta(days=1))
    ]  # fmt: skip
    quotes = [
        {**own, "quoted_on": on, "amount": 10**10 * size, "decided_on": on, "outcome": outcome, "lost_to": lost_to,
         "price_gap": float(size)}
        for outcome, lost_to in (("won", None), ("won", None), ("lost", "price"), ("open", None))
    ]  # fmt: skip
    month = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    wallet = [
        {**own, "month": month, "category": f"new {number}", "our_amount": ours, "total_amount": 10**11 * size}
        for number, ours in ((0, 10**11 * size * (size % 4 > 1)), (1, 0), (size, 5 * (size % 4 > 1)))
    ]
    attributes = dict.fromkeys(("employees", "credit_score", "payment_terms_days"), 1e6 * size)
    customers = [{"customer_id": customer, "valid_from": on, "annual_revenue": 10**13 * size, **attributes}]
    treatments = [{**own, "treated_on": on, "play": "call", "holdout": False}]
    rows = dict(zip(
        HAPPENED, (customers, contacts, contracts, investments, deliveries, quotes, wallet, treatments), strict=True
    ))  # fmt: skip
    return {name: of_rows(name, found) for name, found in rows.items()}
