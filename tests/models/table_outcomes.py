"""What other tables show after a cutoff, slowly: plain Python over rows as dictionaries of days and cents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean

from models.event_rows import Asked, Rows

YEAR = 365
Row = dict[str, object]
Value = float | None


@dataclass(frozen=True)
class Question:
    """One customer at one cutoff."""

    customer: int
    cutoff: int
    opens: int
    closes: int

    def mine(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["customer"] == self.customer]

    def before(self, rows: list[Row], on: str = "happened") -> list[Row]:
        """The year before the cutoff, as known by then."""
        year = range(self.cutoff - YEAR, self.cutoff)
        return [row for row in self.mine(rows) if row[on] in year and row["known"] < self.cutoff]

    def after(self, rows: list[Row], on: str = "happened", half: bool = False) -> list[Row]:
        closes = self.opens + (self.closes - self.opens) // 2 if half else self.closes
        return [row for row in self.mine(rows) if self.opens <= row[on] < closes]


def questions(asked: Asked) -> list[Question]:
    return [Question(*map(int, row)) for row in zip(*vars(asked).values(), strict=True)]


def plain(rows: Rows) -> list[Row]:
    """The rows as dictionaries; a null is None."""
    whole = {"customer": rows.customer, "happened": rows.happened, "known": rows.known, **rows.columns}
    names, columns = list(whole), [column.tolist() for column in whole.values()]
    return [
        {name: None if value != value else value for name, value in zip(names, row, strict=True)}
        for row in zip(*columns, strict=True)
    ]


def yes(truth: object) -> float:
    return float(bool(truth))


# Contracts


def succeeds(new: Row, old: Row) -> bool:
    named = new["renewal_of"] is not None and new["renewal_of"] == old["contract_id"]
    covers = new["starts_on"] <= old["ends_on"] < new["ends_on"] and new["happened"] > old["happened"]
    return new is not old and new["customer"] == old["customer"] and (named or covers)


def in_force(asked: Question, contracts: list[Row]) -> list[Row]:
    return [
        row
        for row in asked.mine(contracts)
        if row["known"] < asked.cutoff < row["ends_on"]
        and not (row["cancelled_on"] is not None and row["cancelled_on"] < asked.cutoff)
    ]


def taken_back(row: Row) -> float:
    """The day a contract was cancelled before it began; never, where it was not."""
    cancelled = row["cancelled_on"]
    return cancelled if cancelled is not None and cancelled < row["starts_on"] else float("inf")


def lost_on(old: Row, contracts: list[Row], grace: int) -> Value:
    cancelled = old["cancelled_on"]
    if cancelled is not None and cancelled < old["ends_on"]:
        return cancelled
    deadline = old["ends_on"] + grace
    in_time = [new for new in contracts if succeeds(new, old) and new["happened"] < deadline]
    return max([deadline, *map(taken_back, in_time)])


def contract_lost(asked: Question, contracts: list[Row], grace_days: int) -> Value:
    days = [lost_on(old, contracts, grace_days) for old in in_force(asked, contracts)]
    days = [day for day in days if day is None or day >= asked.opens]
    return yes(any(day is not None and day < asked.closes for day in days)) if days else None


def rate(row: Row) -> float:
    term = row["ends_on"] - row["starts_on"]
    return row["committed_amount"] / term if row["committed_amount"] is not None and term > 0 else 0.0


def contract_renewed(asked: Question, contracts: list[Row], early_days: int) -> Value:
    old_ones = in_force(asked, contracts)
    if not old_ones:
        return None
    return yes(
        any(
            succeeds(new, old)
            and asked.opens <= new["happened"] < asked.closes <= taken_back(new)
            and (
                new["happened"] <= old["ends_on"] - early_days
                or new["ends_on"] - new["starts_on"] > old["ends_on"] - old["starts_on"]
                or rate(new) > rate(old)
            )
            for old in old_ones
            for new in contracts
        )
    )


def commitment_raised(asked: Question, contracts: list[Row]) -> Value:
    def committed(day: int, known_by: int) -> float:
        return sum(
            rate(row)
            for row in asked.mine(contracts)
            if row["known"] < known_by
            and row["starts_on"] <= day < row["ends_on"]
            and not (row["cancelled_on"] is not None and row["cancelled_on"] < known_by)
        )

    before, after = committed(asked.cutoff, asked.cutoff), committed(asked.closes - 1, asked.closes)
    return yes(after > before) if before > 0 or after > 0 else None


# Order lines


def ratio(part: Value, whole: Value) -> Value:
    return None if part is None or not whole else part / whole


def total(rows: list[Row], name: str) -> float:
    return sum(row[name] or 0 for row in rows)


def at_least(value: Value, bound: Value) -> Value:
    return None if value is None or bound is None else yes(value >= bound)


def discount_no_higher(asked: Question, lines: list[Row], tolerance: float) -> Value:
    listed = [line for line in lines if line["list_cents"] is not None and line["list_cents"] > 0]
    kept = [
        ratio(total(part, "cents"), total(part, "list_cents")) for part in (asked.before(listed), asked.after(listed))
    ]
    if None in kept:
        return None
    return yes(1 - kept[1] <= 1 - kept[0] + tolerance)


def price_rise(asked: Question, lines: list[Row], least_rise: float) -> Value:
    past, now = defaultdict(list), defaultdict(list)
    priced = [line for line in lines if (line["thousandths"] or 0) > 0]
    for line in asked.before(priced):
        past[line["product"]].append(line)
    for line in asked.after(priced, half=True):
        now[line["product"]].append(line)
    spent = usual = 0.0
    for product, bought in now.items():
        price = ratio(total(past[product], "cents"), total(past[product], "thousandths"))
        if price is not None:
            spent += total(bought, "cents")
            usual += price * total(bought, "thousandths")
    return at_least(ratio(spent, usual), 1 + least_rise)


# Deliveries, investments, wallet, quotes


def invested(asked: Question, investments: list[Row], least_amount: float) -> Value:
    own = [row for row in asked.after(investments) if row["paid_by"] in ("customer", "joint", None)]
    return yes(total(own, "amount") >= max(least_amount, 1))


def failed_on(row: Row, late_days: int, least_filled: float, most_faulty: float) -> Value:
    overdue, came = row["promised_on"] + late_days, row["delivered_on"]
    if came is None or came >= overdue:
        return overdue
    short = _known(row, "quantity_delivered", "quantity_ordered") and (
        row["quantity_delivered"] < least_filled * row["quantity_ordered"]
    )
    faulty = _known(row, "quantity_delivered", "quantity_defective") and (
        row["quantity_defective"] > most_faulty * row["quantity_delivered"]
    )
    return came if short or faulty else None


def _known(row: Row, *names: str) -> bool:
    return all(row[name] is not None for name in names)


def delivery_failed(asked: Question, deliveries: list[Row], **settings: float) -> Value:
    middle = asked.opens + (asked.closes - asked.opens) // 2
    days = [failed_on(row, **settings) for row in asked.mine(deliveries)]
    return yes(any(day is not None and asked.opens <= day < middle for day in days))


def lead_time_raised(asked: Question, deliveries: list[Row], least_rise: float, least_orders: int) -> Value:
    dated = [
        row | {"known": max(row["known"], row["ordered_on"])} for row in deliveries if row["ordered_on"] is not None
    ]
    means = []
    for part in (asked.before(dated, "ordered_on"), asked.after(dated, "ordered_on")):
        leads = [row["promised_on"] - row["ordered_on"] for row in part]
        means.append(mean(leads) if len(leads) >= least_orders else None)
    return None if None in means else yes(means[1] > means[0] and means[1] >= means[0] * (1 + least_rise))


def month_ends(day: int) -> int:
    first = (date(1970, 1, 1) + timedelta(days=day)).replace(day=1)
    return ((first + timedelta(days=32)).replace(day=1) - date(1970, 1, 1)).days


def month_begins(day: int) -> int:
    return ((date(1970, 1, 1) + timedelta(days=day)).replace(day=1) - date(1970, 1, 1)).days


def wallet_share_kept(asked: Question, wallet: list[Row], tolerance: float) -> Value:
    months = [row | {"over": month_ends(row["happened"]), "begins": month_begins(row["happened"])} for row in wallet]
    months = [row | {"known": max(row["known"], row["over"])} for row in months]
    past = asked.before(months, "over")
    now = [row for row in asked.mine(months) if asked.opens <= row["begins"] and row["over"] <= asked.closes]
    shares = [ratio(total(part, "our_amount"), total(part, "total_amount")) for part in (past, now)]
    return None if None in shares else yes(shares[1] >= shares[0] - tolerance)


def win_rate_kept(asked: Question, quotes: list[Row], least_quotes: int, tolerance: float) -> Value:
    decided = [row for row in quotes if row["outcome"] in ("won", "lost")]
    decided = [row | {"day": row["happened"] if row["decided_on"] is None else row["decided_on"]} for row in decided]
    decided = [row | {"known": max(row["known"], row["day"])} for row in decided]
    rates, gaps = [], []
    for part in (asked.before(decided, "day"), asked.after(decided, "day")):
        won = [row for row in part if row["outcome"] == "won"]
        given = [row["price_gap"] for row in won if row["price_gap"] is not None]
        rates.append(len(won) / len(part) if len(part) >= least_quotes else None)
        gaps.append(sum(given) / len(given) if given else None)
    if None in rates:
        return None
    dearer = None in gaps or gaps[1] >= gaps[0] - tolerance
    return yes(rates[1] >= rates[0] and dearer)
