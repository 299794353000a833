"""The columns of an export that say who a customer is and how it orders, of every status."""

from __future__ import annotations

from datetime import date
from typing import Any

from features.engine.plan import Matrix
from features.engine.store import LineStore
from features.history import History
from pipeline.sources.shown_of_customers import latest_of
from pipeline.standing.ordering import ordering_at
from pipeline.standing.placing import rounded

GAP_DECIMALS = 1
"""Places kept of a median of days."""


def account_columns(store: LineStore, history: History, matrix: Matrix, cutoff: date) -> dict[str, list[Any]]:
    """Name, who looks after it, last order, and the orders and the spend of the year, one value a row of the spine.

    Args:
        store: what was known before the cutoff.
        history: the same, with the table of customers where there is one.
        matrix: whose spine holds everybody known.
        cutoff: the date.
    """
    rows, found = matrix.spine.customer, ordering_at(store, cutoff)
    everybody, last = store.customer_ids.tolist(), found.last_order_on()
    names, managers = (latest_of(history, column, everybody) for column in ("name", "account_manager"))
    return {
        "customer_name": [names[customer] for customer in rows],
        "account_manager": [managers[customer] for customer in rows],
        "last_order_on": [last[customer] for customer in rows],
        "usual_gap_days": rounded(found.gap[rows], GAP_DECIMALS),
        "order_days_of_year": found.days[rows].tolist(),
        "spend_of_year": rounded(found.spend[rows]),
    }
