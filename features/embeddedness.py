"""Breadth, continued: how deeply the customer is embedded: few share its products, systems are joined."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
FEW = 0.05
"""Of the other customers: a product that no larger share of them buys is bought by few."""


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its order lines come in from system to system",
    low="only {value:.0%} of its order lines come in from system to system",
)
def integrated_share_of_lines_365d(h: HistoryView) -> Expression:
    """Share of the order lines of the last 365 days that came from system to system (EDI, API, punch-out, ERP).

    Idea: joined systems are an investment that leaving would abandon.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.purchases.total("integrated", YEAR) / h.purchases.total("channelled", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is on products few others buy",
    low="only {value:.0%} of its spend is on products few others buy",
)
def share_of_spend_on_rare_products_365d(h: HistoryView) -> Expression:
    """Share of the spend of the last 365 days on products that at most one in twenty other customers bought.

    Idea: what is made for few is hard to find elsewhere.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.purchases.rare_spend(YEAR, at_most=FEW) / h.purchases.total("amount", YEAR)


@feature(
    family="breadth",
    unit="categories",
    high="{value:.0f} new categories of the year were bought from again",
    low="only {value:.0f} new categories of the year were bought from again",
)
def categories_first_bought_and_repeated_365d(h: HistoryView) -> Expression:
    """Categories first bought from in the last 365 days and bought from again since.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("category", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of the year's new categories were bought from again",
    low="only {value:.0%} of the year's new categories were bought from again",
)
def share_of_new_categories_repeated_365d(h: HistoryView) -> Expression:
    """Of the categories first bought from in the last 365 days, the share bought from again since.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("category", YEAR) / h.lines.first_time("category", YEAR)
