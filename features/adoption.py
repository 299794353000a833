"""Breadth, continued: what was tried, what of it stayed, and what is new."""

from __future__ import annotations

from features.engine.days import EVER
from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of all products it tried were bought again",
    low="only {value:.0%} of all products it tried were bought again",
)
def share_of_products_repeated(h: HistoryView) -> Expression:
    """Of all products ever bought, the share bought on at least two days.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("product", EVER) / h.lines.distinct("product")


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of all categories it tried were bought from again",
    low="only {value:.0%} of all categories it tried were bought from again",
)
def share_of_categories_repeated(h: HistoryView) -> Expression:
    """Of all categories ever bought from, the share bought from on at least two days.

    Idea: a trial that is repeated was a success.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time_repeated("category", EVER) / h.lines.distinct("category")


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of the products of the year were new to it",
    low="only {value:.0%} of the products of the year were new to it",
)
def share_of_products_new_365d(h: HistoryView) -> Expression:
    """Of the products bought in the last 365 days, the share never bought before.

    Idea: a relationship that renews itself.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.lines.first_time("product", YEAR) / h.lines.distinct("product", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of all categories it ever bought from were bought from in the last year",
    low="only {value:.0%} of all categories it ever bought from were bought from in the last year",
)
def share_of_categories_alive_365d(h: HistoryView) -> Expression:
    """Of all categories ever bought from, the share bought from in the last 365 days.

    Idea: category by category, a customer leaves before it is gone.
    Source: ours, untested.
    """
    return h.lines.distinct("category", YEAR) / h.lines.distinct("category")
