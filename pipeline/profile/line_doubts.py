"""Order lines that hold something else than is taken for granted: cents, dates of invoices, products known late."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.history import History
from pipeline.profile.days import as_date

FEWEST = 20
"""Orders of several lines, or lines before products are known. Among fewer, what is odd may be chance: one line of
years before, whose date is mistaken, is no time without products."""
APART_DAYS, APART_SHARE = 30, 0.2
"""Days between the first and the last line of an order, and the share of such orders, from which dates are doubted.
Lines left for a week, or a number used twice, are no parts of an order that is invoiced over months."""
LEAST_LINES = 1_000
CENTS = 100
LEAST_WHOLE = 100 * CENTS
"""Cents. Where ninety-nine in a hundred amounts are beyond 100.00, and all are whole, these may be cents themselves."""
WITHOUT_CENTS = frozenset({"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "TWD", "VND"})
"""Currencies whose amounts are whole in daily trade."""
LATE_DAYS, LATE_MISSING, KNOWN_MISSING = 60, 0.9, 0.5
"""Days at the beginning in which at least that share of the lines lacks a product; and the share after it that may."""
TEN = 10
"""Days looked at together: on one day alone a line or two may have none."""
Longs = npt.NDArray[np.int64]


def line_doubts(history: History) -> Iterator[str]:
    """One sentence for everything in the order lines that looks otherwise than it is read."""
    yield from _whole_amounts(history)
    yield from _orders_apart(history)
    for name, seen in (("product_id", "every product"), ("category", "every category")):
        if history.has(name):
            yield from _known_late(history, name, seen)


def _whole_amounts(history: History) -> Iterator[str]:
    """Whether amounts seem to be in cents, as systems that write bills hold them."""
    if not history.has("net_amount") or history.currency.upper() in WITHOUT_CENTS:
        return
    cents = np.abs(history.order_lines.column("net_amount").drop_null().to_numpy())
    cents = cents[cents > 0]
    if cents.size < LEAST_LINES or (cents % CENTS).any() or np.quantile(cents, 0.01) < LEAST_WHOLE:
        return
    money = f"{np.median(cents) / CENTS:,.2f} {history.currency}".rstrip()
    yield (
        f"Every net_amount is a whole number, and the usual line is one of {money}: where the system writes cents, as "
        "many that write bills do, divide by 100 before the export. Money at risk, and whether a play pays, depend "
        "on it."
    )


def _orders_apart(history: History) -> Iterator[str]:
    """Whether the lines of one order are dated as its parts were invoiced or delivered."""
    lines = history.order_lines
    keys = {name: lines.column(name).combine_chunks().indices for name in ("customer_id", "order_id")}
    day = lines.column("ordered_on").combine_chunks().cast(pa.int32())
    spans = (
        pa.table({**keys, "day": day}).group_by([*keys]).aggregate([("day", "min"), ("day", "max"), ("day", "count")])
    )
    spans = spans.filter(pc.greater(spans.column("day_count"), 1))
    days = pc.subtract(spans.column("day_max"), spans.column("day_min")).to_numpy()
    apart = days[days >= APART_DAYS]
    if days.size < FEWEST or apart.size < APART_SHARE * days.size:
        return
    yield (
        f"{apart.size / days.size:.0%} of the orders of several lines are dated over a month or more, usually "
        f"{np.median(apart):.0f} days: ordered_on seems to be the day on which parts of them were invoiced or "
        "delivered, and who only gets what was ordered long ago seems to order still. Map the day of the order, and "
        "this one to known_on."
    )


def _known_late(history: History, name: str, seen: str) -> Iterator[str]:
    """Whether products are unknown at the beginning, so that all of them look new when they become known."""
    lines = history.order_lines
    day = lines.column("ordered_on").combine_chunks().cast(pa.int32()).to_numpy().astype(np.int64)
    known = pc.is_valid(lines.column(name)).to_numpy()
    since = _since(day - day.min(), known)
    before = day < day.min() + since
    if since < LATE_DAYS or before.sum() < FEWEST or known[~before].mean() < 1 - KNOWN_MISSING:
        return
    begins = as_date(int(day.min()) + since)
    yield (
        f"{name} is missing in nearly every line before {begins}: from then on {seen} bought before looks new, "
        "which partnership takes for expansion. Have it delivered for the time before as well; or set [time] "
        "look_back_months so that nothing is learned from the time before that day, nor from the year after it."
    )


def _since(day: Longs, known: npt.NDArray[np.bool_]) -> int:
    """The first day, in tens, in whose ten days some lines have it; 0 where those are the first, or none are."""
    lines, having = np.bincount(day // TEN), np.bincount(day // TEN, weights=known)
    begun = np.flatnonzero((lines > 0) & (having >= (1 - LATE_MISSING) * lines))
    return int(begun[0]) * TEN if begun.size else 0
