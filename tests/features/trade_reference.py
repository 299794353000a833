"""The reference of the families that rest on deliveries, quotes and the wallet."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from customers import Customer, Value
from market_reference import needs
from rhythm_reference import YEAR, against_peers, ratio
from table_rows import Row, half_years, mean, minus, next_month, over_sum, rows_of, seen, told, within

# deliveries


def judged(row: Row) -> date:
    """The day a delivery is known to be in time, or late."""
    return min(row["promised_on"], row.get("delivered_on") or row["promised_on"])


def is_late(row: Row) -> bool:
    return row["delivered_on"] is None or row["delivered_on"] > row["promised_on"]


def deliveries(c: Customer, days: float = math.inf, ending: int = 0, columns: tuple[str, ...] = ()) -> list[Row]:
    return [
        row
        for row in told(c, "deliveries", *columns)
        if seen(c, judged(row), row.get("known_on")) and within(c, judged(row), days, ending)
    ]


def late_share(c: Customer, days: float = YEAR, ending: int = 0) -> Value:
    return mean([is_late(row) for row in deliveries(c, days, ending, ("delivered_on",))])


def in_time_in_full(c: Customer, days: float = YEAR, ending: int = 0) -> Value:
    parts = ("quantity_ordered", "quantity_delivered")
    found = []
    for row in deliveries(c, days, ending, ("delivered_on", *parts)):
        ordered, came = (row[name] for name in parts)
        if is_late(row):
            found.append(False)
        elif ordered is not None and came is not None:
            found.append(came >= ordered)
    return mean(found)


def overdue(c: Customer) -> int:
    found = deliveries(c, columns=("delivered_on",))
    return sum(is_late(row) and not seen(c, row["delivered_on"]) for row in found)


def arrived(c: Customer, *columns: str) -> list[Row]:
    return [
        row
        for row in told(c, "deliveries", "delivered_on", *columns)
        if seen(c, row["delivered_on"], row.get("known_on")) and within(c, row["delivered_on"], YEAR)
    ]


def defect_share(c: Customer) -> Value:
    found = arrived(c, "quantity_defective", "quantity_delivered")
    faulty, came = (sum(row[f"quantity_{word}"] or 0 for row in found) for word in ("defective", "delivered"))
    return ratio(faulty, came)


def days_late(c: Customer) -> Value:
    return mean([max(0, (row["delivered_on"] - row["promised_on"]).days) for row in arrived(c)])


def leads(c: Customer, days: float, ending: int = 0) -> list[int]:
    """Days from order to promise, of deliveries whose order is known too: by the order's line known first."""
    found = []
    for row in told(c, "deliveries"):
        lines = [(line.known_on if "known_on" in c.has else line.day, line.day) for line in c.raw
                 if line.order == row["order_id"]]  # fmt: skip
        if lines:
            known, placed = min(lines)
            if seen(c, judged(row), row.get("known_on"), known) and within(c, judged(row), days, ending):
                found.append((row["promised_on"] - placed).days)
    return found


def ahead_share(c: Customer, days: float, ending: int = 0) -> Value:
    return mean([lead >= 14 for lead in leads(c, days, ending)])


def kept_after_late(c: Customer) -> Value:
    needs(c, "net_amount")
    late = [judged(row) for row in deliveries(c, 730, 90, ("delivered_on",)) if is_late(row)]

    def spent(first: date) -> float:
        return sum(line.cents for line in c.bought if first <= line.day < first + timedelta(days=90))

    before, after = (sum(spent(day + timedelta(days=shift)) for day in late) for shift in (-90, 0))
    return ratio(after, before)


# quotes


def decided_on(row: Row) -> date | None:
    """When the outcome was known: as dated, else as known, else 90 days after the offer."""
    if row["outcome"] == "open":
        return None
    if row.get("decided_on"):
        return row["decided_on"]
    known = row.get("known_on")
    return max(row["quoted_on"], known) if known else row["quoted_on"] + timedelta(days=90)


def decided(c: Customer, days: float = YEAR, ending: int = 0, columns: tuple[str, ...] = ()) -> list[Row]:
    return [
        row
        for row in told(c, "quotes", *columns)
        if seen(c, decided_on(row), row["quoted_on"], row.get("known_on")) and within(c, decided_on(row), days, ending)
    ]


def win_rate(c: Customer, days: float = YEAR, ending: int = 0) -> Value:
    return mean([row["outcome"] == "won" for row in decided(c, days, ending)])


def win_rate_by_amount(c: Customer) -> Value:
    found = decided(c)
    return ratio(sum(row["amount"] for row in found if row["outcome"] == "won"), sum(row["amount"] for row in found))


def lost_to_price(c: Customer) -> Value:
    lost = [row["lost_to"] for row in decided(c, columns=("lost_to",)) if row["outcome"] == "lost"]
    return mean([(name or "").strip().lower() == "price" for name in lost])


def open_quotes(c: Customer) -> int:
    return sum(not seen(c, decided_on(row)) for row in rows_of(c, "quotes", "quoted_on", 90))


# wallet


def months(c: Customer, days: float = math.inf, ending: int = 0) -> list[Row]:
    """Rows of the wallet; a month stands on the first day of the next."""
    return [
        row
        for row in told(c, "wallet")
        if seen(c, next_month(row["month"]), row.get("known_on")) and within(c, next_month(row["month"]), days, ending)
    ]


def bought(row: Row) -> bool:
    return row["our_amount"] > 0 or row["total_amount"] > 0


def own(row: Row) -> bool:
    return row["our_amount"] > 0


def summed(c: Customer, name: str, days: float, ending: int = 0) -> float:
    if name == "elsewhere":
        return summed(c, "total_amount", days, ending) - summed(c, "our_amount", days, ending)
    return sum(row[name] for row in months(c, days, ending))


def wallet_share(c: Customer, days: float, ending: int = 0) -> Value:
    return ratio(summed(c, "our_amount", days, ending), summed(c, "total_amount", days, ending))


def months_with(c: Customer, test: Callable[[Row], bool], days: float) -> int:
    return len({next_month(row["month"]) for row in months(c, days) if test(row)})


def categories_with(c: Customer, test: Callable[[Row], bool], days: float = YEAR) -> int:
    return len({row["category"] for row in months(c, days) if test(row)})


def elsewhere_only(count: Callable[..., int], c: Customer, days: int) -> int:
    return count(c, bought, days=days) - count(c, own, days=days)


def age_of_last(c: Customer, test: Callable[[Row], bool]) -> Value:
    return min((c.age(next_month(row["month"])) for row in months(c) if test(row)), default=None)


def single_source(c: Customer) -> Value:
    found = months(c, YEAR)
    alone = 0.0
    for category in {row["category"] for row in found}:
        ours, total = (
            sum(row[name] for row in found if row["category"] == category) for name in ("our_amount", "total_amount")
        )
        alone += total if total > 0 and ours >= 0.9 * total else 0
    return ratio(alone, summed(c, "total_amount", YEAR))


def rank(value: Callable[..., Value], *arguments: object) -> Callable[[Customer], Value]:
    return lambda c: c.cohort.rank(c, lambda peer: value(peer, *arguments))


SHORT, LONG = (92, 183), (31, 92, 183, 365)
TRADE: dict[str, Callable[[Customer], Value]] = {
    "lead_days_mean_365d": lambda c: mean(leads(c, YEAR)),
    "lead_days_change_180d": half_years(lambda *a, **k: mean(leads(*a, **k))),
    "share_of_deliveries_ordered_ahead_365d": partial(ahead_share, days=YEAR),
    "share_of_deliveries_ordered_ahead_change_180d": half_years(ahead_share),
    "on_time_share_365d": lambda c: minus(1, late_share(c)),
    "on_time_in_full_share_365d": in_time_in_full,
    "on_time_in_full_change_180d": half_years(in_time_in_full),
    "deliveries_overdue": overdue,
    "late_share_against_peers_365d": lambda c: against_peers(c, late_share),
    "late_share_change_180d": half_years(late_share),
    "days_late_mean_365d": days_late,
    "defect_share_365d": defect_share,
    "defect_gap_365d": lambda c: against_peers(c, defect_share),
    "volume_kept_after_late_deliveries_730d": kept_after_late,
    "quote_win_rate_365d": win_rate,
    "quote_win_rate_by_amount_365d": win_rate_by_amount,
    "quote_win_rate_change_180d": half_years(win_rate),
    "quotes_365d": lambda c: len(rows_of(c, "quotes", "quoted_on", YEAR)),
    "quotes_open_90d": open_quotes,
    "share_of_lost_quotes_lost_to_price_365d": lost_to_price,
    "quote_price_gap_365d": lambda c: mean(
        [row["price_gap"] for row in decided(c, columns=("price_gap",)) if row["price_gap"] is not None]
    ),
    **{f"wallet_share_{n}d": partial(wallet_share, days=n) for n in LONG},
    **{
        f"wallet_share_change_{n}d": lambda c, n=n: minus(wallet_share(c, n), wallet_share(c, n, ending=n))
        for n in LONG
    },
    **{f"wallet_share_rank_{n}d": rank(wallet_share, n) for n in LONG},
    "wallet_share_ever": partial(wallet_share, days=math.inf),
    **{
        f"wallet_share_against_own_{n}d": lambda c, n=n: minus(wallet_share(c, n), wallet_share(c, math.inf))
        for n in LONG
    },
    **{f"wallet_total_{n}d": lambda c, n=n: summed(c, "total_amount", n) / 100 for n in LONG},
    **{
        f"wallet_total_change_{n}d": lambda c, n=n: over_sum(*(summed(c, "total_amount", n, e) for e in (0, n)))
        for n in SHORT
    },
    **{f"wallet_total_rank_{n}d": rank(summed, "total_amount", n) for n in LONG},
    **{f"bought_elsewhere_{n}d": lambda c, n=n: summed(c, "elsewhere", n) / 100 for n in LONG},
    **{
        f"bought_elsewhere_change_{n}d": lambda c, n=n: over_sum(*(summed(c, "elsewhere", n, e) for e in (0, n)))
        for n in SHORT
    },
    "days_since_purchase_anywhere": partial(age_of_last, test=bought),
    "days_since_purchase_from_us_in_wallet": partial(age_of_last, test=own),
    **{f"months_bought_elsewhere_only_{n}d": lambda c, n=n: elsewhere_only(months_with, c, n) for n in LONG},
    **{
        f"share_of_buying_months_with_us_{n}d": lambda c, n=n: ratio(months_with(c, own, n), months_with(c, bought, n))
        for n in LONG
    },
    **{f"categories_bought_elsewhere_only_{n}d": lambda c, n=n: elsewhere_only(categories_with, c, n) for n in LONG},
    "months_bought_anywhere_365d": lambda c: months_with(c, bought, YEAR),
    "categories_bought_anywhere_365d": partial(categories_with, test=bought),
    "share_of_categories_bought_from_us_365d": lambda c: ratio(categories_with(c, own), categories_with(c, bought)),
    "single_source_share_365d": single_source,
}
