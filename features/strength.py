"""Strength: what the customer is, not what it does. The criterion that misleads.

By default not given to the partnership model; used in the audit and for value.
"""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100
YEAR = 365


def _growth(h: HistoryView, column: str) -> Expression:
    return h.customers.latest(column) / h.customers.latest(column, ending=YEAR) - 1


@feature(
    family="strength",
    unit="people",
    high="has {value:,.0f} employees",
    low="has only {value:,.0f} employees",
)
def employees(h: HistoryView) -> Expression:
    """People the customer employs, as of the cutoff.

    Idea: size is what partners are usually chosen by.
    Source: ours, untested.
    """
    return h.customers.latest("employees")


@feature(
    family="strength",
    unit="currency",
    bounds=(None, None),
    high="turns over {value:,.0f} a year",
    low="turns over only {value:,.0f} a year",
)
def annual_revenue(h: HistoryView) -> Expression:
    """What the customer turns over in a year, as of the cutoff.

    Idea: size is what partners are usually chosen by.
    Source: ours, untested.
    """
    return h.customers.latest("annual_revenue") / CENTS


@feature(
    family="strength",
    unit="points",
    bounds=(None, None),
    high="credit score of {value:,.0f}",
    low="credit score of only {value:,.0f}",
)
def credit_score(h: HistoryView) -> Expression:
    """Creditworthiness as of the cutoff, higher is better.

    Idea: a safe payer is not yet a committed one.
    Source: ours, untested.
    """
    return h.customers.latest("credit_score")


@feature(
    family="strength",
    unit="days",
    high="has {value:.0f} days to pay",
    low="has only {value:.0f} days to pay",
)
def payment_terms_days(h: HistoryView) -> Expression:
    """Days the customer has to pay, as of the cutoff.

    Idea: market power shows in terms.
    Source: ours, untested.
    """
    return h.customers.latest("payment_terms_days")


@feature(
    family="strength",
    unit="change",
    bounds=(None, None),
    high="its revenue grew in a year (by {value:+.0%})",
    low="its revenue shrank in a year (by {value:+.0%})",
)
def revenue_growth_365d(h: HistoryView) -> Expression:
    """Revenue as of the cutoff over that of 365 days before, less 1.

    Idea: growth is what partners are usually chosen by.
    Source: ours, untested.
    """
    return _growth(h, "annual_revenue")


@feature(
    family="strength",
    unit="change",
    bounds=(None, None),
    high="its staff grew in a year (by {value:+.0%})",
    low="its staff shrank in a year (by {value:+.0%})",
)
def employee_growth_365d(h: HistoryView) -> Expression:
    """Employees as of the cutoff over those of 365 days before, less 1.

    Idea: growth is what partners are usually chosen by.
    Source: ours, untested.
    """
    return _growth(h, "employees")


@feature(
    family="strength",
    unit="yes or no",
    bounds=(0, 1),
    high="attributes are known ({value:.0f})",
    low="attributes are not known ({value:.0f})",
)
def has_customers(h: HistoryView) -> Expression:
    """Whether attributes of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.customers.known()
