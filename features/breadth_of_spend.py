"""Breadth, continued: what is kept of what was bought before, and how spend spreads over it."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180


def _kept(h: HistoryView, key: str) -> Expression:
    """Of the keys bought in [T - 360, T - 180), the share bought again in [T - 180, T): by counting the union."""
    recent, before = h.lines.distinct(key, HALF_YEAR), h.lines.distinct(key, HALF_YEAR, ending=HALF_YEAR)
    return (recent + before - h.lines.distinct(key, 2 * HALF_YEAR)) / before


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="kept {value:.0%} of the products of the half year before",
    low="kept only {value:.0%} of the products of the half year before",
)
def product_retention(h: HistoryView) -> Expression:
    """Of the products bought in the half year before last, the share bought again in the last one.

    Idea: product by product, a customer leaves before it is gone.
    Source: ours, untested.
    """
    return _kept(h, "product")


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="kept {value:.0%} of the categories of the half year before",
    low="kept only {value:.0%} of the categories of the half year before",
)
def category_retention(h: HistoryView) -> Expression:
    """Of the categories bought from in the half year before last, the share bought from in the last one.

    Idea: category by category, a customer leaves before it is gone.
    Source: ours, untested.
    """
    return _kept(h, "category")


@feature(
    family="breadth",
    unit="index from 0 to 1",
    bounds=(0, 1),
    high="spend is concentrated on few products (index {value:.2f})",
    low="spend is spread over many products (index {value:.2f})",
)
def product_concentration(h: HistoryView) -> Expression:
    """Herfindahl index of spend over products, last 365 days.

    Idea: who depends on us in one thing only is held by that alone.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.concentration("product", "herfindahl", YEAR)


@feature(
    family="breadth",
    unit="nats",
    high="spend is spread over many products (index of spread {value:.1f})",
    low="spend is on few products (index of spread {value:.1f})",
)
def product_entropy(h: HistoryView) -> Expression:
    """Entropy of spend over products, last 365 days.

    Idea: breadth that one large product does not hide.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.concentration("product", "entropy", YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of spend goes to one product",
    low="only {value:.0%} of spend goes to the largest product",
)
def product_largest_share(h: HistoryView) -> Expression:
    """Share of the largest product in the spend of the last 365 days.

    Idea: who depends on us in one thing only is held by that alone.
    Source: ours, untested.
    """
    return h.lines.concentration("product", "largest", YEAR)


@feature(
    family="breadth",
    unit="index from 0 to 1",
    bounds=(0, 1),
    high="spend is concentrated on few categories (index {value:.2f})",
    low="spend is spread over categories (index {value:.2f})",
)
def category_concentration(h: HistoryView) -> Expression:
    """Herfindahl index of spend over categories, last 365 days.

    Idea: each category is a separate reason to stay.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.concentration("category", "herfindahl", YEAR)


@feature(
    family="breadth",
    unit="nats",
    high="spend is spread over many categories (index of spread {value:.1f})",
    low="spend is on few categories (index of spread {value:.1f})",
)
def category_entropy(h: HistoryView) -> Expression:
    """Entropy of spend over categories, last 365 days.

    Idea: each category is a separate reason to stay.
    Source: Burnham, Frels & Mahajan 2003 (breadth of use).
    """
    return h.lines.concentration("category", "entropy", YEAR)


@feature(
    family="breadth",
    unit="products",
    high="{value:.1f} different products per order day",
    low="only {value:.1f} different products per order day",
)
def products_per_order_day(h: HistoryView) -> Expression:
    """Different products of the last 365 days over the order days.

    Idea: variety that is not mere frequency.
    Source: ours, untested.
    """
    return h.lines.distinct("product", YEAR) / h.order_days.count(YEAR)


@feature(
    family="breadth",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of all products it ever bought were bought in the last year",
    low="only {value:.0%} of all products it ever bought were bought in the last year",
)
def share_of_products_alive_365d(h: HistoryView) -> Expression:
    """Of all products ever bought, the share bought in the last 365 days.

    Idea: a range that shrinks is a relationship that ends in parts.
    Source: ours, untested.
    """
    return h.lines.distinct("product", YEAR) / h.lines.distinct("product")
