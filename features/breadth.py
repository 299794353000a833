"""Breadth: how deeply the customer is embedded, and whether it tries new business."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365


@feature(
    family="breadth",
    unit="products",
    days=(90, 180, 365),
    high="bought {value:.0f} different products in {days} days",
    low="bought only {value:.0f} different products in {days} days",
)
def products(h: HistoryView, days: int) -> Expression:
    """Different products bought in the {days} days before the cutoff.

    Idea: who uses more of what we offer has more to replace.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.distinct("product", days)


@feature(
    family="breadth",
    unit="products",
    high="{value:.0f} different products in all",
    low="only {value:.0f} different products in all",
)
def products_ever(h: HistoryView) -> Expression:
    """Different products ever bought.

    Idea: who uses more of what we offer has more to replace.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.distinct("product")


@feature(
    family="breadth",
    unit="categories",
    days=(90, 365),
    high="bought from {value:.0f} categories in {days} days",
    low="bought from only {value:.0f} categories in {days} days",
)
def categories(h: HistoryView, days: int) -> Expression:
    """Different categories bought from in the {days} days before the cutoff.

    Idea: each category is a separate reason to stay.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.distinct("category", days)


@feature(
    family="breadth",
    unit="categories",
    high="{value:.0f} categories in all",
    low="only {value:.0f} categories in all",
)
def categories_ever(h: HistoryView) -> Expression:
    """Different categories ever bought from.

    Idea: each category is a separate reason to stay.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.distinct("category")


@feature(
    family="breadth",
    unit="products",
    days=(90, 365),
    high="tried {value:.0f} new products in {days} days",
    low="tried only {value:.0f} new products in {days} days",
)
def products_first_bought(h: HistoryView, days: int) -> Expression:
    """Products bought for the first time in the {days} days before the cutoff.

    Idea: customers try new business with a supplier they trust.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time("product", days)


@feature(
    family="breadth",
    unit="products",
    high="{value:.0f} new products of the year were bought again",
    low="only {value:.0f} new products of the year were bought again",
)
def products_first_bought_and_repeated_365d(h: HistoryView) -> Expression:
    """Products first bought in the last 365 days and bought again since.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("product", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of the year's new products were bought again",
    low="only {value:.0%} of the year's new products were bought again",
)
def share_of_new_products_repeated_365d(h: HistoryView) -> Expression:
    """Of the products first bought in the last 365 days, the share bought again since.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("product", YEAR) / h.lines.first_time("product", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of the year's spend is on products new to it",
    low="only {value:.0%} of the year's spend is on products new to it",
)
def share_of_spend_on_new_products_365d(h: HistoryView) -> Expression:
    """Share of the last 365 days' spend on products first bought in them.

    Idea: a relationship that renews itself.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_spend("product", YEAR) / h.order_days.total("spend", YEAR)


@feature(
    family="breadth",
    unit="categories",
    days=(90, 365),
    high="entered {value:.0f} new categories in {days} days",
    low="entered only {value:.0f} new categories in {days} days",
)
def categories_first_bought(h: HistoryView, days: int) -> Expression:
    """Categories bought from for the first time in the {days} days before the cutoff.

    Idea: customers try new business with a supplier they trust.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time("category", days)
