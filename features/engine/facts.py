"""What each history table says as events, each on the day it became known.

What is learned later than the row itself is an event of its own: a complaint settled, a contract cancelled, a quote
decided, a delivery that came. So nothing known after a cutoff can be used before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.facts_of_contracts import contract_facts
from features.engine.facts_of_deliveries import delivery_facts
from features.engine.tables import MISSING, Facts, Floats, Ints, Rows, TableEvents, Texts, arranged, texts
from features.history import CUSTOMERS, History

DAYS_A_MONTH = 365.2425 / 12
UNDECIDED_DAYS = 90
"""A quote whose outcome has no date, nor a day of knowing, is taken as decided so many days after it was made."""


def events_of(history: History, customer_ids: npt.NDArray[np.object_]) -> dict[str, TableEvents]:
    """The events of every optional table the history has, by name; rows of customers without an order are left out.

    Args:
        history: order lines and optional tables.
        customer_ids: (C,), ascending; events are sorted by them.
    """
    found: dict[str, TableEvents] = {}
    for name, table in history.optional.items():
        rows = Rows(table, _owners(table, customer_ids))
        for event, facts in BUILDERS[name](rows, history).items():
            found[event] = arranged(facts, len(customer_ids))
    return found


def _owners(table: pa.Table, customer_ids: npt.NDArray[np.object_]) -> Ints:
    """Whom each row is about, as an index into `customer_ids`; -1 where there is none such."""
    codes, names = texts(table.column("customer_id"))
    place = {name: index for index, name in enumerate(customer_ids)}
    return np.array([*(place.get(name, MISSING) for name in names), MISSING], dtype=np.int32)[codes]


def _interactions(rows: Rows, history: History) -> dict[str, Facts]:
    happened, known, settled = (rows.day(name) for name in ("happened_on", "known_on", "resolved_on"))
    ended = rows.number("resolved_on")
    texts_of = {name: rows.text(name) for name in ("kind", "contact_id", "contact_level", "initiated_by")}
    severity = rows.number("severity")
    found = {
        "interactions": Facts(rows.customer, happened, known, {"severity": severity, "ended": ended}, texts_of),
    }
    if ended is not None:
        numbers = {"severity": severity, "days": settled - happened}
        settled_known = np.fmax(settled, known)
        found["resolutions"] = Facts(rows.customer, settled, settled_known, numbers, {"kind": texts_of["kind"]})
    return found


def _investments(rows: Rows, history: History) -> dict[str, Facts]:
    """Without a redeployable share an investment counts in full: the table is of relationship-specific ones."""
    invested, amount, months = rows.day("invested_on"), rows.number("amount"), rows.number("life_months")
    kept = 1 - np.nan_to_num(rows.day("redeployable_share"))
    numbers = {
        "amount": amount,
        "specific": None if amount is None else amount * kept,
        "starts": invested,
        "ends": None if months is None else invested + np.rint(months * DAYS_A_MONTH),
        "people": rows.number("people"),
    }
    texts_of = {name: rows.text(name) for name in ("kind", "paid_by")}
    return {"investments": Facts(rows.customer, invested, rows.day("known_on"), numbers, texts_of)}


def _quotes(rows: Rows, history: History) -> dict[str, Facts]:
    """An outcome is known from the day it was decided; without that, from `known_on`, else 90 days after the offer."""
    quoted, known, amount = rows.day("quoted_on"), rows.day("known_on"), rows.number("amount")
    won, lost = _is(rows.text("outcome"), "won"), _is(rows.text("outcome"), "lost")
    presumed = np.where(np.isnan(known), quoted + UNDECIDED_DAYS, np.fmax(quoted, known))
    decided = np.where(np.isnan(rows.day("decided_on")), presumed, rows.day("decided_on"))
    decided = np.where((won == 1) | (lost == 1), decided, np.nan)
    lost_to = rows.text("lost_to")
    numbers = {
        "amount": amount,
        "won": won,
        "won_amount": None if amount is None else amount * won,
        "to_price": None if lost_to is None else lost * _is(lost_to, "price"),
        "gap": rows.number("price_gap"),
    }
    category = {"category": rows.text("category")}
    return {
        "quotes": Facts(rows.customer, quoted, known, {"amount": amount, "ended": decided}, category),
        "decisions": Facts(rows.customer, decided, np.fmax(quoted, known), numbers, category),
    }


def _is(text: Texts | None, word: str) -> Floats:
    """1 where the text is this word, whatever its capitals, else 0; (n,)."""
    codes, found = text or (np.zeros(0, dtype=np.int32), ())
    return np.array([*(float(each.strip().lower() == word) for each in found), 0.0])[codes]


def _wallet(rows: Rows, history: History) -> dict[str, Facts]:
    """A month stands on the first day of the next, when it is known."""
    dated = rows.day("month")
    month = np.nan_to_num(dated).astype("datetime64[D]").astype("datetime64[M]")
    day = np.where(np.isnan(dated), np.nan, (month + 1).astype("datetime64[D]").astype(np.int64))
    ours, total = rows.day("our_amount"), rows.day("total_amount")
    numbers = {"ours": ours, "total": total, "bought": 1.0 * ((total > 0) | (ours > 0)), "own": 1.0 * (ours > 0)}
    names, code = np.unique(month.astype(str), return_inverse=True)
    texts_of = {"category": rows.text("category"), "month": (code.astype(np.int32), tuple(names))}
    return {"wallet": Facts(rows.customer, day, rows.day("known_on"), numbers, texts_of)}


NAMED = frozenset({
    "customer_id", *(CUSTOMERS.periods or ()), *(column.name for column in CUSTOMERS.columns if column.shown)
})  # fmt: skip
"""Columns of the table of customers that say of nobody what it is like."""


def _customers(rows: Rows, history: History) -> dict[str, Facts]:
    """A period stands on its first day. Without `valid_from` the table is static and held from the beginning.

    A table that holds names alone tells nothing: it must not pass for more than order lines, on which nobody is called
    captive.
    """
    if not set(rows.table.column_names) - NAMED:
        return {}
    dated = "valid_from" in rows.table.column_names
    starts = rows.day("valid_from") if dated else np.zeros(rows.table.num_rows)
    names = ("employees", "annual_revenue", "credit_score", "payment_terms_days")
    numbers = {name: rows.number(name) for name in names} | {"ended": rows.day("valid_to")}
    texts_of = {name: rows.text(name) for name in ("industry", "region")}
    return {"customers": Facts(rows.customer, starts, starts, numbers, texts_of)}


def _treatments(rows: Rows, history: History) -> dict[str, Facts]:
    """Without a word on a hold-out, the action was taken."""
    numbers = {"holdout": np.nan_to_num(rows.day("holdout")), "cost": rows.number("cost")}
    texts_of = {"play": rows.text("play")}
    return {"treatments": Facts(rows.customer, rows.day("treated_on"), rows.day("known_on"), numbers, texts_of)}


BUILDERS: Mapping[str, Callable[[Rows, History], dict[str, Facts]]] = {
    "customers": _customers,
    "interactions": _interactions,
    "contracts": contract_facts,
    "investments": _investments,
    "deliveries": delivery_facts,
    "quotes": _quotes,
    "wallet": _wallet,
    "treatments": _treatments,
}
