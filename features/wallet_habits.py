"""Alternatives, continued: in which months and categories the customer buys anywhere, and in which from us."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365


def _months(h: HistoryView, flag: str, days: int) -> Expression:
    """Months with a purchase: `bought` from anybody, `own` from us."""
    return h.wallet.where(**{flag: 1}).distinct("month", days)


def _categories(h: HistoryView, flag: str, days: int = YEAR) -> Expression:
    return h.wallet.where(**{flag: 1}).distinct("category", days)


@feature(
    family="alternatives",
    unit="days",
    bounds=(1, None),
    high="no purchase from anybody has become known for {value:.0f} days",
    low="a purchase from somebody became known only {value:.0f} days ago",
)
def days_since_purchase_anywhere(h: HistoryView) -> Expression:
    """Days since the last month with a purchase from anybody became known.

    Idea: who buys nowhere has closed, or pauses; who buys elsewhere has left.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return h.wallet.where(bought=1).since_last()


@feature(
    family="alternatives",
    unit="days",
    bounds=(1, None),
    high="no month with a purchase from us has become known for {value:.0f} days",
    low="a month with a purchase from us became known only {value:.0f} days ago",
)
def days_since_purchase_from_us_in_wallet(h: HistoryView) -> Expression:
    """Days since the last month with a purchase from us became known.

    Idea: silence towards us, on the same calendar as its other purchases.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return h.wallet.where(own=1).since_last()


@feature(
    family="alternatives",
    unit="months",
    bounds=(0, None),
    days=(31, 92, 183, 365),
    high="bought from others but not from us in {value:.0f} months ({days} days)",
    low="bought from others but not from us in only {value:.0f} months ({days} days)",
)
def months_bought_elsewhere_only(h: HistoryView, days: int) -> Expression:
    """Months with purchases from others and none from us, of those that became known in the last {days} days.

    Idea: it had needs, and did not think of us.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return _months(h, "bought", days) - _months(h, "own", days)


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    days=(183, 365),
    high="bought from us in {value:.0%} of the months it bought at all, in {days} days",
    low="bought from us in only {value:.0%} of the months it bought at all, in {days} days",
)
def share_of_buying_months_with_us(h: HistoryView, days: int) -> Expression:
    """Of the months with a purchase from anybody that became known in the last {days} days, the share with one from us.

    Idea: habit, apart from how much.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _months(h, "own", days) / _months(h, "bought", days)


@feature(
    family="alternatives",
    unit="months",
    bounds=(0, None),
    high="bought anywhere in {value:.0f} months of the year",
    low="bought anywhere in only {value:.0f} months of the year",
)
def months_bought_anywhere_365d(h: HistoryView) -> Expression:
    """Months with a purchase from anybody, of those that became known in the last 365 days.

    Idea: a business that is open all year.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _months(h, "bought", YEAR)


@feature(
    family="alternatives",
    unit="categories",
    high="buys {value:.0f} categories from everybody",
    low="buys only {value:.0f} categories from everybody",
)
def categories_bought_anywhere_365d(h: HistoryView) -> Expression:
    """Categories bought from anybody in the months that became known in the last 365 days.

    Idea: the breadth of its needs.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _categories(h, "bought")


@feature(
    family="alternatives",
    unit="categories",
    days=(92, 365),
    high="bought {value:.0f} categories from others only, in {days} days",
    low="bought only {value:.0f} categories from others only, in {days} days",
)
def categories_bought_elsewhere_only(h: HistoryView, days: int) -> Expression:
    """Categories bought from others and not from us, in the months that became known in the last {days} days.

    Idea: a need that a rival serves is a door that stands open.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return _categories(h, "bought", days) - _categories(h, "own", days)


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    high="buys {value:.0%} of its categories from us",
    low="buys only {value:.0%} of its categories from us",
)
def share_of_categories_bought_from_us_365d(h: HistoryView) -> Expression:
    """Of the categories bought from anybody in the months known in the last 365 days, the share bought from us.

    Idea: how much of its needs we serve at all.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _categories(h, "own") / _categories(h, "bought")
