"""Risk: what a replacement might not deliver, felt most where the purchase matters most."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
QUARTER = 91
FOUR_QUARTERS = 4 * QUARTER
FEW = 0.05
"""Of the other customers: a product that no larger share of them buys is specific."""
HELD = 0.9
"""Of a category's purchases: whoever buys so much of it from us has no second supplier there."""
STAPLE = (2, 3)
"""What is on two of three days with an order is a staple."""
FEWEST_DAYS = 4
"""Of fewer days with an order nothing is said about staples."""


def _late_share(h: HistoryView) -> Expression:
    return h.deliveries.mean("late", YEAR)


def _defect_share(h: HistoryView) -> Expression:
    return h.arrivals.total("defective", YEAR) / h.arrivals.total("delivered", YEAR)


def _specific_share(h: HistoryView) -> Expression:
    return h.purchases.rare_spend(YEAR, at_most=FEW) / h.purchases.total("amount", YEAR)


@feature(
    family="risk",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is in categories it needs every quarter",
    low="only {value:.0%} of its spend is in categories it needs every quarter",
)
def share_of_spend_in_steady_categories(h: HistoryView) -> Expression:
    """Share of the spend of the last four quarters in categories bought in every quarter with an order.

    Stands in for critical categories, which no table names.

    Idea: what is needed all the time must not fail.
    Source: ours, untested.
    """
    return h.purchases.steady_spend("category", QUARTER, 4) / h.purchases.total("amount", FOUR_QUARTERS)


@feature(
    family="risk",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is on products it needs every quarter",
    low="only {value:.0%} of its spend is on products it needs every quarter",
)
def share_of_spend_on_steady_products(h: HistoryView) -> Expression:
    """Share of the spend of the last four quarters on products bought in every quarter with an order.

    Idea: what is needed all the time must not fail.
    Source: ours, untested.
    """
    return h.purchases.steady_spend("product", QUARTER, 4) / h.purchases.total("amount", FOUR_QUARTERS)


@feature(
    family="risk",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is on products it needs with most of its orders",
    low="only {value:.0%} of its spend is on products it needs with most of its orders",
)
def share_of_spend_on_staple_products_365d(h: HistoryView) -> Expression:
    """Share of the spend of the last 365 days on products bought on at least two of three days with an order.

    Null below four such days.

    Idea: what is used up with the production must not fail, however often the customer orders.
    Source: ours, untested.
    """
    return h.purchases.staple_spend("product", YEAR, on=STAPLE, fewest=FEWEST_DAYS) / h.purchases.total("amount", YEAR)


@feature(
    family="risk",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is on products nobody else buys",
    low="only {value:.0%} of its spend is on products nobody else buys",
)
def share_of_spend_on_own_products_365d(h: HistoryView) -> Expression:
    """Share of the spend of the last 365 days on products that no other customer bought in them.

    Idea: what is made for one customer alone has to be made anew by a replacement.
    Source: Burnham, Frels & Mahajan 2003 (product complexity).
    """
    return h.purchases.unshared_spend(YEAR) / h.purchases.total("amount", YEAR)


@feature(
    family="risk",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its purchases are in categories it buys from us alone",
    low="only {value:.0%} of its purchases are in categories it buys from us alone",
)
def single_source_share_365d(h: HistoryView) -> Expression:
    """Share of its purchases from everybody in the last 365 days in categories of which at least nine tenths are ours.

    Idea: without a second supplier there is nobody to switch to quickly.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.wallet.held_alone("category", "total", YEAR, at_least=HELD) / h.wallet.total("total", YEAR)


@feature(
    family="risk",
    unit="share",
    bounds=(-1, 1),
    high="gets more late deliveries than others (by {value:+.0%} percentage points)",
    low="gets fewer late deliveries than others (by {value:+.0%} percentage points)",
)
def late_share_against_peers_365d(h: HistoryView) -> Expression:
    """Share of deliveries of the last 365 days that were late, less the median of all eligible customers.

    Idea: who is served better than usual risks more by a replacement.
    Source: ours, untested.
    """
    return _late_share(h) - h.peer_median(_late_share(h))


@feature(
    family="risk",
    unit="days",
    high="deliveries come {value:.1f} days late on average",
    low="deliveries come only {value:.1f} days late on average",
)
def days_late_mean_365d(h: HistoryView) -> Expression:
    """Mean days behind the promise of what arrived in the last 365 days, 0 where it was in time.

    Idea: a long delay shows what a failed delivery costs.
    Source: ours, untested.
    """
    return h.arrivals.mean("days_late", YEAR)


@feature(
    family="risk",
    unit="share",
    high="{value:.1%} of the pieces were faulty",
    low="only {value:.1%} of the pieces were faulty",
)
def defect_share_365d(h: HistoryView) -> Expression:
    """Faulty pieces over delivered pieces, last 365 days.

    Idea: quality that is not in doubt is a risk to give up.
    Source: ours, untested.
    """
    return _defect_share(h)


@feature(
    family="risk",
    unit="share",
    bounds=(None, None),
    high="gets more faulty pieces than others (by {value:+.1%} percentage points)",
    low="gets fewer faulty pieces than others (by {value:+.1%} percentage points)",
)
def defect_gap_365d(h: HistoryView) -> Expression:
    """Share of faulty pieces in the last 365 days, less the median of all eligible customers.

    Idea: who is served better than usual risks more by a replacement.
    Source: ours, untested.
    """
    return _defect_share(h) - h.peer_median(_defect_share(h))


@feature(
    family="risk",
    unit="ratio",
    high="uneven demand for products few others buy (index {value:.2f})",
    low="even demand, or for products many buy (index {value:.2f})",
)
def volatility_of_specific_demand(h: HistoryView) -> Expression:
    """Variation of order sizes times the share of spend on products few others buy, last 365 days.

    Idea: a replacement would have to follow swings in goods it does not stock.
    Source: ours, untested.
    """
    return h.order_days.size("deviation", YEAR) / h.order_days.size("mean", YEAR) * _specific_share(h)


@feature(
    family="risk",
    unit="pauses",
    high="came back from {value:.0f} long pauses",
    low="came back from only {value:.0f} long pauses",
)
def long_pauses_returned_from(h: HistoryView) -> Expression:
    """Gaps between order days at least as long as the horizon, each followed by a return.

    Idea: who has tried others and come back knows the way; experience lowers the risk.
    Source: ours, untested.
    """
    return h.order_days.gaps_at_least("horizon")


@feature(
    family="risk",
    unit="yes or no",
    bounds=(0, 1),
    high="deliveries are known ({value:.0f})",
    low="deliveries are not known ({value:.0f})",
)
def has_deliveries(h: HistoryView) -> Expression:
    """Whether deliveries of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.deliveries.known()
