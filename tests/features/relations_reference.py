"""The reference of the families that rest on contacts, contracts, investments, treatments and attributes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from customers import Customer, Value
from rhythm_reference import YEAR, orders, ratio, usual_spend
from table_rows import Row, has, latest, mean, minus, over_sum, rows_of, seen, told, within

MONTH = 365.2425 / 12
contacts = partial(rows_of, table="interactions", happened="happened_on")


def counted(c: Customer, days: float = math.inf, ending: int = 0, **equal: object) -> int:
    """Contacts whose columns equal these values."""
    found = contacts(c, days=days, ending=ending, columns=tuple(equal))
    return sum(all(row[name] == value for name, value in equal.items()) for row in found)


def distinct(c: Customer, column: str) -> int:
    return len({row[column] for row in contacts(c, days=YEAR, columns=(column,))} - {None})


def through_one(c: Customer) -> Value:
    people = Counter(row["contact_id"] for row in contacts(c, days=YEAR, columns=("contact_id",)))
    del people[None]
    return ratio(max(people.values()), people.total()) if people else None


def settled_in(c: Customer, kind: str) -> Value:
    """Mean days from contact to settlement, of what was settled in the last 365 days."""
    return mean(
        [
            (row["resolved_on"] - row["happened_on"]).days
            for row in told(c, "interactions", "resolved_on")
            if row["kind"] == kind and seen(c, row["resolved_on"], row.get("known_on"))
            and within(c, row["resolved_on"], YEAR)
        ]
    )  # fmt: skip


def unsettled(c: Customer, severe: bool) -> int:
    columns = ("resolved_on", "severity") if severe else ("resolved_on",)
    found = contacts(c, ending=30 if severe else 0, columns=columns)
    found = [row for row in found if row["kind"] == "complaint" and not seen(c, row["resolved_on"])]
    return sum(not severe or (row["severity"] or 0) >= 4 for row in found)


def severe(c: Customer) -> int:
    found = contacts(c, days=YEAR, columns=("severity",))
    return sum(row["kind"] == "complaint" and (row["severity"] or 0) >= 4 for row in found)


def youngest(c: Customer, table: str, happened: str, keep: Callable[[Row], bool] = lambda row: True) -> Value:
    return min((c.age(row[happened]) for row in rows_of(c, table, happened) if keep(row)), default=None)


def sought_share(c: Customer) -> Value:
    named = [row["initiated_by"] for row in contacts(c, days=YEAR, columns=("initiated_by",))]
    return ratio(named.count("customer"), len(named) - named.count(None))


def complaints_per_100(c: Customer) -> Value:
    return ratio(100 * counted(c, YEAR, kind="complaint"), orders(c, YEAR))


# investments


def left_of(c: Customer, test: Callable[[Row], bool] = lambda row: True, *columns: str) -> float:
    """What is left of the investments at the cutoff, in cents."""
    total = 0.0
    for row in rows_of(c, "investments", "invested_on", columns=("life_months", *columns)):
        if test(row) and row["life_months"] is not None:
            life = round(row["life_months"] * MONTH)
            left = life - c.age(row["invested_on"])
            share = min(1.0, left / life) if life > 0 and left > 0 else 0.0
            total += row["amount"] * (1 - (row.get("redeployable_share") or 0.0)) * share
    return total


def paid(c: Customer, payer: str) -> float:
    return left_of(c, lambda row: row["paid_by"] == payer, "paid_by")


def balance(c: Customer) -> float | None:
    """Of what either put in, so much more the customer's than ours: a half each of what was put in jointly."""
    customer, supplier, both = paid(c, "customer"), paid(c, "supplier"), paid(c, "joint")
    return ratio((customer + both / 2) - (supplier + both / 2), customer + supplier + both)


def invested(c: Customer, *payer: str) -> float:
    columns = ("paid_by",) if payer else ()
    found = rows_of(c, "investments", "invested_on", YEAR, columns=columns)
    return sum(row["amount"] for row in found if not payer or row["paid_by"] in payer) / 100


def trained(c: Customer) -> float:
    found = rows_of(c, "investments", "invested_on", 730, columns=("people",))
    people = [(row["people"] or 0, c.age(row["invested_on"])) for row in found if row["kind"] == "training"]
    return math.fsum(number * max(0.0, 1 - age / 730) for number, age in people)


# contracts


signed = partial(rows_of, table="contracts", happened="signed_on")


def in_force(c: Customer, *columns: str) -> list[Row]:
    """Contracts known that neither were cancelled before the cutoff nor end on it or earlier."""
    return [
        row
        for row in signed(c, columns=columns)
        if not (row.get("cancelled_on") and row["cancelled_on"] < c.cutoff) and row["ends_on"] > c.cutoff
    ]


def months_left(c: Customer) -> float:
    return max(((row["ends_on"] - c.cutoff).days for row in in_force(c)), default=0) / MONTH


def committed_left(c: Customer) -> float:
    total = 0.0
    for row in in_force(c, "committed_amount"):
        life = (row["ends_on"] - row["starts_on"]).days
        if row["committed_amount"] is not None and life > 0:
            total += row["committed_amount"] * min(1.0, (row["ends_on"] - c.cutoff).days / life)
    return total


def renewals(c: Customer, days: int) -> int:
    return sum(row["renewal_of"] is not None for row in signed(c, days=days, columns=("renewal_of",)))


def renewed(c: Customer, *columns: str) -> list[tuple[Row, Row]]:
    """Renewals known at the cutoff, with the contract each renews: the row of it that was known first."""

    def first_known(row: Row) -> tuple[date, date, date, float]:
        known = latest(row["signed_on"], row.get("known_on"))
        return known, row["starts_on"], row["ends_on"], row.get("committed_amount") or 0.0

    pairs = []
    for row in told(c, "contracts", "renewal_of", *columns):
        before = [old for old in told(c, "contracts") if old["contract_id"] == row["renewal_of"]]
        before = sorted(before, key=lambda old: (first_known(old)[0], *(-_number(x) for x in first_known(old)[1:])))
        if before and seen(c, row["signed_on"], row.get("known_on"), first_known(before[0])[0]):
            pairs.append((row, before[0]))
    return pairs


def _number(value: date | float) -> float:
    return value.toordinal() if isinstance(value, date) else value


def term(row: Row) -> int:
    return (row["ends_on"] - row["starts_on"]).days


def wider(c: Customer) -> int:
    amounts = [(new["committed_amount"], old["committed_amount"]) for new, old in renewed(c, "committed_amount")]
    return sum(None not in pair and pair[0] > pair[1] for pair in amounts)


def cancelled(c: Customer) -> int:
    return sum(
        seen(c, row["cancelled_on"], row["signed_on"], row.get("known_on")) and within(c, row["cancelled_on"], 730)
        for row in told(c, "contracts", "cancelled_on")
    )


# treatments and attributes


def treated(c: Customer) -> list[int]:
    """Ages of the actions that were not withheld."""
    found = rows_of(c, "treatments", "treated_on")
    return [c.age(row["treated_on"]) for row in found if not row.get("holdout")]


def held(c: Customer, column: str, ending: int = 0) -> Value:
    """The value that held on the last day before the cutoff less `ending` days."""
    last = c.cutoff - timedelta(days=ending + 1)
    found = []
    for row in told(c, "customers", column):
        starts = row["valid_from"] if has(c, "customers", "valid_from") else date(1970, 1, 1)
        if starts is not None and starts <= last and not (row.get("valid_to") and row["valid_to"] <= last):
            found.append((starts, row))
    if not found:
        return None
    newest = max(starts for starts, _ in found)
    return [row for starts, row in found if starts == newest][-1][column]


def growth(c: Customer, column: str) -> Value:
    return minus(ratio(held(c, column), held(c, column, YEAR)), 1)


KINDS = ("money", "training", "people", "asset", "process")
RELATIONS: dict[str, Callable[[Customer], Value]] = {
    "contacts_90d": lambda c: counted(c, 90),
    "contacts_365d": lambda c: counted(c, YEAR),
    "contacts_change_180d": lambda c: over_sum(counted(c, 180), counted(c, 180, ending=180)),
    "days_since_last_contact": lambda c: youngest(c, "interactions", "happened_on"),
    "meetings_and_visits_365d": lambda c: counted(c, YEAR, kind="visit") + counted(c, YEAR, kind="meeting"),
    "people_in_contact_365d": partial(distinct, column="contact_id"),
    "contact_levels_365d": partial(distinct, column="contact_level"),
    "share_of_contacts_through_one_person_365d": through_one,
    "customer_initiated_share_365d": sought_share,
    "treatments_365d": lambda c: sum(age <= YEAR for age in treated(c)),
    "days_since_last_treatment": lambda c: min(treated(c), default=None),
    "complaints_per_100_orders_365d": complaints_per_100,
    "complaint_resolution_days_365d": partial(settled_in, kind="complaint"),
    "ticket_resolution_days_365d": partial(settled_in, kind="ticket"),
    "advice_365d": lambda c: counted(c, YEAR, kind="advice"),
    "advice_unasked_365d": lambda c: counted(c, YEAR, kind="advice", initiated_by="supplier"),
    "joint_projects_730d": lambda c: counted(c, 730, kind="joint_project"),
    "trainings_730d": lambda c: counted(c, 730, kind="training"),
    "complaints_unsettled": partial(unsettled, severe=False),
    "severe_complaints_unsettled": partial(unsettled, severe=True),
    "severe_complaints_365d": severe,
    "investment_stock": lambda c: left_of(c) / 100,
    **{f"investment_stock_in_{k}": lambda c, k=k: left_of(c, lambda row: row["kind"] == k) / 100 for k in KINDS},
    "investment_stock_paid_by_customer": lambda c: paid(c, "customer") / 100,
    "investment_stock_in_years_of_spend": lambda c: ratio(paid(c, "customer"), usual_spend(c, YEAR)),
    "invested_365d": invested,
    "invested_by_customer_365d": lambda c: invested(c, "customer"),
    "days_since_last_investment": lambda c: youngest(c, "investments", "invested_on"),
    "pledge_balance": balance,
    "trained_people": trained,
    "months_of_commitment_left": months_left,
    "amount_of_commitment_left": lambda c: committed_left(c) / 100,
    "commitment_left_in_years_of_spend": lambda c: ratio(committed_left(c), usual_spend(c, YEAR)),
    "contracts_in_force": lambda c: len(in_force(c)),
    "exclusive_contracts_in_force": lambda c: sum(row["exclusive"] is True for row in in_force(c, "exclusive")),
    "contract_term_mean": lambda c: ratio(mean([term(row) for row in signed(c)]), MONTH),
    "days_since_first_contract": lambda c: max((c.age(row["signed_on"]) for row in signed(c)), default=None),
    "renewals_365d": partial(renewals, days=365),
    "renewals_730d": partial(renewals, days=730),
    "early_renewals": lambda c: sum((old["ends_on"] - new["signed_on"]).days >= 30 for new, old in renewed(c)),
    "longer_renewals": lambda c: sum(term(new) > term(old) for new, old in renewed(c)),
    "wider_renewals": wider,
    "cancellations_730d": cancelled,
    "employees": partial(held, column="employees"),
    "annual_revenue": lambda c: ratio(held(c, "annual_revenue"), 100),
    "credit_score": partial(held, column="credit_score"),
    "payment_terms_days": partial(held, column="payment_terms_days"),
    "revenue_growth_365d": partial(growth, column="annual_revenue"),
    "employee_growth_365d": partial(growth, column="employees"),
}
