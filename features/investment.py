"""Investment: what the customer put in to fit this supplier, and would abandon by leaving."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView
from features.run_rate import spend_per_day

CENTS = 100
YEAR = 365
DAYS_A_MONTH = 365.2425 / 12
MEMORY_DAYS = 730
"""What was trained fades over two years."""


def _paid_by(h: HistoryView, payer: str) -> Expression:
    return h.investments.where(paid_by=payer).stock("specific")


@feature(
    family="investment",
    unit="currency",
    high="{value:,.0f} of specific investments are still at work",
    low="only {value:,.0f} of specific investments are still at work",
)
def investment_stock(h: HistoryView) -> Expression:
    """What is left at the cutoff of all investments specific to the relationship.

    Amount x share of its life that is left x (1 - share that would serve elsewhere).

    Idea: what would be abandoned makes leaving costly.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.investments.stock("specific") / CENTS


@feature(
    family="investment",
    unit="currency",
    kinds=("money", "training", "people", "asset", "process"),
    high="{value:,.0f} of investments in {kind} are still at work",
    low="only {value:,.0f} of investments in {kind} are still at work",
)
def investment_stock_in(h: HistoryView, kind: str) -> Expression:
    """What is left at the cutoff of the investments in {kind}.

    Idea: what would be abandoned makes leaving costly, in kind as in money.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.investments.where(kind=kind).stock("specific") / CENTS


@feature(
    family="investment",
    unit="currency",
    high="{value:,.0f} of what it paid for itself is still at work",
    low="only {value:,.0f} of what it paid for itself is still at work",
)
def investment_stock_paid_by_customer(h: HistoryView) -> Expression:
    """What is left at the cutoff of the investments the customer paid for.

    Idea: only its own money is the customer's pledge.
    Source: Anderson & Weitz 1992 (mutual pledges signal commitment).
    """
    return _paid_by(h, "customer") / CENTS


@feature(
    family="investment",
    unit="years of spend",
    high="its own investments are worth {value:.2f} years of its spend",
    low="its own investments are worth only {value:.2f} years of its spend",
)
def investment_stock_in_years_of_spend(h: HistoryView) -> Expression:
    """What is left of the customer-paid investments over a year of its spend, at its own run-rate.

    Idea: the same sum binds a small customer more.
    Source: Peukert 2019 (switching costs in shares of annual spend).
    """
    return _paid_by(h, "customer") / (spend_per_day(h) * YEAR)


@feature(
    family="investment",
    unit="currency",
    high="{value:,.0f} was invested in the relationship in a year",
    low="only {value:,.0f} was invested in the relationship in a year",
)
def invested_365d(h: HistoryView) -> Expression:
    """Amount of all investments made in the last 365 days.

    Idea: a relationship that is still being built.
    Source: Anderson & Weitz 1992 (mutual pledges signal commitment).
    """
    return h.investments.total("amount", YEAR) / CENTS


@feature(
    family="investment",
    unit="currency",
    high="it invested {value:,.0f} of its own in a year",
    low="it invested only {value:,.0f} of its own in a year",
)
def invested_by_customer_365d(h: HistoryView) -> Expression:
    """Amount of the investments the customer paid for in the last 365 days.

    Idea: paying now says more than having paid.
    Source: Anderson & Weitz 1992 (mutual pledges signal commitment).
    """
    return h.investments.where(paid_by="customer").total("amount", YEAR) / CENTS


@feature(
    family="investment",
    unit="days",
    bounds=(1, None),
    high="last invested {value:.0f} days ago",
    low="invested only {value:.0f} days ago",
)
def days_since_last_investment(h: HistoryView) -> Expression:
    """Days since the last investment.

    Idea: what is not renewed wears off.
    Source: ours, untested.
    """
    return h.investments.since_last()


@feature(
    family="investment",
    unit="balance from -1 to 1",
    bounds=(-1, 1),
    high="the customer has put in more than we have (balance {value:+.2f} on a scale from -1 to 1)",
    low="we have put in more than the customer has (balance {value:+.2f} on a scale from -1 to 1)",
)
def pledge_balance(h: HistoryView) -> Expression:
    """What is left of customer-paid less supplier-paid investments, over all that either paid, jointly or alone.

    Idea: mutual pledges bind both; one-sided ones invite hold-up. What both paid for is mutual.
    Source: Anderson & Weitz 1992; Williamson.
    """
    customer, supplier, both = (_paid_by(h, payer) for payer in ("customer", "supplier", "joint"))
    return (customer - supplier) / (customer + supplier + both)


@feature(
    family="investment",
    unit="people",
    high="{value:.1f} of its people are trained on our products",
    low="only {value:.1f} of its people are trained on our products",
)
def trained_people(h: HistoryView) -> Expression:
    """People trained, each fading evenly over 24 months.

    Idea: knowledge of our products is lost by leaving.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.investments.where(kind="training").fading("people", MEMORY_DAYS)


@feature(
    family="investment",
    unit="months",
    high="bound by contract for {value:.0f} more months",
    low="bound by contract for only {value:.0f} more months",
)
def months_of_commitment_left(h: HistoryView) -> Expression:
    """Months from the cutoff to the latest end of a contract in force.

    Idea: a term that is agreed has to be bought out.
    Source: Peukert 2019 (switching costs in shares of annual spend).
    """
    return h.contracts.longest_left() / DAYS_A_MONTH


@feature(
    family="investment",
    unit="currency",
    high="still committed to buy {value:,.0f}",
    low="still committed to buy only {value:,.0f}",
)
def amount_of_commitment_left(h: HistoryView) -> Expression:
    """Committed amounts of contracts in force, in proportion to the term that is left.

    Idea: volume that is promised has to be bought out.
    Source: Peukert 2019 (switching costs in shares of annual spend).
    """
    return h.contracts.stock("committed") / CENTS


@feature(
    family="investment",
    unit="years of spend",
    high="its commitment covers {value:.2f} years of its spend",
    low="its commitment covers only {value:.2f} years of its spend",
)
def commitment_left_in_years_of_spend(h: HistoryView) -> Expression:
    """Committed amounts that are left over a year of its spend, at its own run-rate.

    Idea: the same volume binds a small customer more.
    Source: Peukert 2019 (switching costs in shares of annual spend).
    """
    return h.contracts.stock("committed") / (spend_per_day(h) * YEAR)


@feature(
    family="investment",
    unit="yes or no",
    bounds=(0, 1),
    high="investments are known ({value:.0f})",
    low="investments are not known ({value:.0f})",
)
def has_investments(h: HistoryView) -> Expression:
    """Whether investments of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.investments.known()
