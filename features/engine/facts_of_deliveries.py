"""Deliveries as events: judged on time or late, by the time given for them, arrived."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.tables import Facts, Floats, Rows
from features.history import History


def delivery_facts(rows: Rows, history: History) -> dict[str, Facts]:
    """`deliveries` as judged, `arrivals` on the day they came, `leads` where the order is known too.

    A delivery is judged on the earlier of promise and arrival: by then it is on time, or late from that day on. A
    missing day of delivery means late from the promised day on. It is in full where no less came than was ordered.
    """
    promised, delivered, known = (rows.day(name) for name in ("promised_on", "delivered_on", "known_on"))
    judged = np.fmin(promised, delivered)
    dated = "delivered_on" in rows.table.column_names
    late = 1.0 * ~(delivered <= promised) if dated else None
    ordered, came, faulty = (
        rows.number(name) for name in ("quantity_ordered", "quantity_delivered", "quantity_defective")
    )
    numbers = {"late": late, "in_time_in_full": _in_time_in_full(late, ordered, came)}
    ordered_on, ordered_known = _order_days(rows, history)
    lead = promised - ordered_on
    placed = np.where(np.isnan(lead), np.nan, judged)
    seen = np.fmax(np.fmax(judged, known), ordered_known)
    found = {
        "deliveries": Facts(rows.customer, judged, known, numbers | {"ended": delivered if dated else None}),
        "leads": Facts(rows.customer, placed, seen, {"days": lead}),
    }
    if dated:
        parts = {"ordered": ordered, "delivered": came, "defective": faulty}
        parts = {**parts, "days_late": np.maximum(delivered - promised, 0)}
        found["arrivals"] = Facts(rows.customer, delivered, np.fmax(delivered, known), parts)
    return found


def _in_time_in_full(late: Floats | None, ordered: Floats | None, came: Floats | None) -> Floats | None:
    """0 where it is late; whether no less came than was ordered otherwise, NaN where that was not counted."""
    if late is None or ordered is None or came is None:
        return None
    return np.where(late == 1, 0.0, np.where(np.isnan(ordered + came), np.nan, came >= ordered))


def _order_days(rows: Rows, history: History) -> tuple[Floats, Floats]:
    """The day the order of each delivery was placed and the day that was known, both (n,), NaN where it is unknown.

    Of an order's lines the one known first says when it was placed, so that a late line changes nothing.
    """
    lines = history.order_lines
    day = lines.column("ordered_on").cast(pa.int32())
    known = pc.coalesce(lines.column("known_on").cast(pa.int32()), day) if history.has("known_on") else day
    keys = [lines.column(name).cast(pa.string()) for name in ("customer_id", "order_id")]
    placed = pa.table({"customer": keys[0], "order": keys[1], "day": day, "known": pc.max_element_wise(known, day)})
    asked = pa.table({name: rows.table.column(f"{name}_id").cast(pa.string()) for name in ("customer", "order")})
    wanted = asked.append_column("row", pa.array(np.arange(asked.num_rows)))
    joined = wanted.join(placed, ["customer", "order"], join_type="inner")
    joined = joined.sort_by([("row", "ascending"), ("known", "ascending"), ("day", "ascending")])
    row, first = np.unique(joined.column("row").to_numpy(), return_index=True)
    found = np.full((2, asked.num_rows), np.nan)
    for place, name in enumerate(("day", "known")):
        found[place, row] = joined.column(name).to_numpy()[first]
    return found[0], found[1]
