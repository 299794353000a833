"""Contracts as events: signed, renewed (with how it compares to the agreement before), cancelled."""

from __future__ import annotations

import numpy as np

from features.engine.tables import Facts, Floats, Longs, Rows
from features.history import History


def contract_facts(rows: Rows, history: History) -> dict[str, Facts]:
    """`contracts` on the day of signing, `renewals` with the agreement they renew, `cancellations`.

    A renewal is known once both agreements are. What it renews is the row of that contract which was known first.
    """
    signed, known, starts, ends, cancelled = (
        rows.day(name) for name in ("signed_on", "known_on", "starts_on", "ends_on", "cancelled_on")
    )
    committed, renews = rows.number("committed_amount"), rows.text("renewal_of")
    numbers = {
        "committed": committed,
        "exclusive": rows.number("exclusive"),
        "starts": starts,
        "ends": ends,
        "ended": cancelled,
        "term": ends - starts,
        "renewal": None if renews is None else 1.0 * (renews[0] >= 0),
    }
    seen = np.fmax(signed, known)
    found = {"contracts": Facts(rows.customer, signed, known, numbers, {"kind": rows.text("kind")})}
    if "cancelled_on" in rows.table.column_names:
        found["cancellations"] = Facts(rows.customer, cancelled, seen)
    if renews is not None:
        found["renewals"] = _renewals(rows, seen, _renewed(rows, seen))
    return found


def _renewed(rows: Rows, seen: Floats) -> Longs:
    """The row that each row renews, (n,); -1 for none. Ties go to the later end, then to the larger amount."""
    ids, of = rows.text("contract_id"), rows.text("renewal_of")
    if ids is None or of is None:
        return np.full(seen.size, -1)
    ends, committed = rows.day("ends_on"), np.nan_to_num(rows.day("committed_amount"))
    first: dict[tuple[int, str], int] = {}
    for row in np.lexsort((-committed, -ends, -rows.day("starts_on"), seen)):
        first.setdefault((int(rows.customer[row]), ids[1][ids[0][row]]), int(row))
    wanted = [of[1][code] if code >= 0 else None for code in of[0]]
    pairs = zip(rows.customer, wanted, strict=True)
    return np.array([first.get((int(customer), name), -1) if name else -1 for customer, name in pairs], dtype=np.int64)


def _renewals(rows: Rows, seen: Floats, before: Longs) -> Facts:
    """Per renewal: days before the old end it was signed, and whether its term or its amount grew."""
    signed, starts, ends = (rows.day(name) for name in ("signed_on", "starts_on", "ends_on"))
    committed = rows.day("committed_amount")
    there = before >= 0
    old = np.where(there, before, 0)
    compared = ~np.isnan(committed) & ~np.isnan(committed[old])
    numbers = {
        "days_early": ends[old] - signed,
        "longer": 1.0 * (ends - starts > (ends - starts)[old]),
        "wider": np.where(compared, 1.0 * (committed > committed[old]), np.nan)
        if "committed_amount" in rows.table.column_names
        else None,
    }
    return Facts(rows.customer, np.where(there, signed, np.nan), np.fmax(seen, seen[old]), numbers)
