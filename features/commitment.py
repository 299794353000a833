"""Commitment so far: past acts that say the customer wants to stay."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
TWO_YEARS = 730
DAYS_A_MONTH = 365.2425 / 12
EARLY_DAYS = 30
"""A contract renewed so many days before its end was renewed early."""
ADOPTION_DAYS = 90
"""A product bought so many days after its start, or sooner, was taken up early."""
SEQUEL_DAYS = 90
"""So long before and after a late delivery a customer's volume is looked at."""


@feature(
    family="commitment",
    unit="contracts",
    high="{value:.0f} contracts in force",
    low="only {value:.0f} contracts in force",
)
def contracts_in_force(h: HistoryView) -> Expression:
    """Contracts that have not ended or been cancelled before the cutoff.

    Idea: a customer that signs means to stay.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.contracts.standing()


@feature(
    family="commitment",
    unit="contracts",
    high="{value:.0f} exclusive contracts in force",
    low="only {value:.0f} exclusive contracts in force",
)
def exclusive_contracts_in_force(h: HistoryView) -> Expression:
    """Exclusive contracts that have not ended or been cancelled before the cutoff.

    Idea: giving up other suppliers is the strongest pledge.
    Source: Anderson & Weitz 1992 (mutual pledges signal commitment).
    """
    return h.contracts.where(exclusive=1).standing()


@feature(
    family="commitment",
    unit="months",
    bounds=(None, None),
    high="signs for {value:.0f} months at a time",
    low="signs for only {value:.0f} months at a time",
)
def contract_term_mean(h: HistoryView) -> Expression:
    """Mean term of all contracts signed so far, in months.

    Idea: a long term is a long view.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.contracts.mean("term") / DAYS_A_MONTH


@feature(
    family="commitment",
    unit="days",
    bounds=(1, None),
    high="first contract {value:,.0f} days ago",
    low="first contract only {value:,.0f} days ago",
)
def days_since_first_contract(h: HistoryView) -> Expression:
    """Days since the first contract was signed.

    Idea: commitment that has lasted.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.contracts.since_first()


@feature(
    family="commitment",
    unit="contracts",
    days=(365, 730),
    high="renewed {value:.0f} contracts in {days} days",
    low="renewed only {value:.0f} contracts in {days} days",
)
def renewals(h: HistoryView, days: int) -> Expression:
    """Contracts signed in the last {days} days that renew an earlier one (two years: 730 days).

    Idea: to renew is to choose again, knowing what one gets.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.contracts.total("renewal", days)


@feature(
    family="commitment",
    unit="contracts",
    high="renewed {value:.0f} contracts a month or more before their end",
    low="renewed only {value:.0f} contracts a month or more before their end",
)
def early_renewals(h: HistoryView) -> Expression:
    """Renewals signed at least 30 days before the old contract's end.

    Idea: who renews early has not looked around.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.renewals.at_least("days_early", EARLY_DAYS).count()


@feature(
    family="commitment",
    unit="contracts",
    high="renewed {value:.0f} contracts for a longer term",
    low="renewed only {value:.0f} contracts for a longer term",
)
def longer_renewals(h: HistoryView) -> Expression:
    """Renewals for a longer term than the contract before.

    Idea: a term that grows is trust that grows.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.renewals.where(longer=1).count()


@feature(
    family="commitment",
    unit="contracts",
    high="renewed {value:.0f} contracts for a larger amount",
    low="renewed only {value:.0f} contracts for a larger amount",
)
def wider_renewals(h: HistoryView) -> Expression:
    """Renewals for a larger committed amount than the contract before.

    Idea: a commitment that grows is trust that grows.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.renewals.where(wider=1).count()


@feature(
    family="commitment",
    unit="contracts",
    high="cancelled {value:.0f} contracts in two years",
    low="cancelled only {value:.0f} contracts in two years",
)
def cancellations_730d(h: HistoryView) -> Expression:
    """Contracts cancelled in the last 730 days.

    Idea: a commitment taken back.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.cancellations.count(TWO_YEARS)


@feature(
    family="commitment",
    unit="ratio",
    high="bought {value:.2f} times as much after late deliveries as before",
    low="bought only {value:.2f} times as much after late deliveries as before",
)
def volume_kept_after_late_deliveries_730d(h: HistoryView) -> Expression:
    """Spend in the 90 days after late deliveries of two years over that in the 90 days before them.

    Late deliveries of the last 90 days are left out: their sequel is not known yet.

    Idea: commitment shows when something has gone wrong.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.purchases.after_late_deliveries(TWO_YEARS, span=SEQUEL_DAYS)


@feature(
    family="commitment",
    unit="products",
    high="took up {value:.0f} products within 90 days of their start",
    low="took up only {value:.0f} products within 90 days of their start",
)
def products_adopted_early_365d(h: HistoryView) -> Expression:
    """Products first sold to anybody in the last 365 days that it bought within 90 days of that.

    Unknown where the history is younger than 455 days: its first products are not new.

    Idea: who tries what is new first trusts the supplier.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.purchases.adopted(YEAR, within=ADOPTION_DAYS).where(h.days_covered() >= YEAR + ADOPTION_DAYS)


@feature(
    family="commitment",
    unit="yes or no",
    bounds=(0, 1),
    high="contracts are known ({value:.0f})",
    low="contracts are not known ({value:.0f})",
)
def has_contracts(h: HistoryView) -> Expression:
    """Whether contracts of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.contracts.known()
