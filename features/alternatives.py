"""Alternatives: several suppliers, short-term interest. What the quotes and the prices tell."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180
DEEP = 0.1
"""A discount of a tenth off the list price, or more, is what a dependent customer waits for."""
CLEAR = 0.05
"""A price that differs by a twentieth or more from that of the time before is another one, not a matter of rounding."""
UNANSWERED = 2
"""Price changes that count on top as left without an answer: a few alone say little."""


def _discount(h: HistoryView, days: int, ending: int = 0) -> Expression:
    return 1 - h.purchases.total("listed", days, ending) / h.purchases.total("list_amount", days, ending)


def _larger(one: Expression, other: Expression) -> Expression:
    return one + other - one.at_most(other)


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    high="took {value:.0%} of our decided offers",
    low="took only {value:.0%} of our decided offers",
)
def quote_win_rate_365d(h: HistoryView) -> Expression:
    """Share of the quotes decided in the last 365 days that were won.

    Idea: who compares offers takes fewer of ours.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.decisions.mean("won", YEAR)


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    high="took {value:.0%} of our decided offers, by amount",
    low="took only {value:.0%} of our decided offers, by amount",
)
def quote_win_rate_by_amount_365d(h: HistoryView) -> Expression:
    """Won amount over decided amount of the quotes of the last 365 days.

    Idea: large offers are where rivals are asked.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.decisions.total("won_amount", YEAR) / h.decisions.total("amount", YEAR)


@feature(
    family="alternatives",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="takes more of our offers than half a year ago (by {value:+.0%} percentage points)",
    low="takes fewer of our offers than half a year ago (by {value:+.0%} percentage points)",
)
def quote_win_rate_change_180d(h: HistoryView) -> Expression:
    """Share of quotes won in the last 180 days less that of the 180 days before.

    Idea: a rival that comes in shows in lost offers first.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.decisions.mean("won", HALF_YEAR) - h.decisions.mean("won", HALF_YEAR, ending=HALF_YEAR)


@feature(
    family="alternatives",
    unit="quotes",
    high="asked for {value:.0f} offers in a year",
    low="asked for only {value:.0f} offers in a year",
)
def quotes_365d(h: HistoryView) -> Expression:
    """Quotes made in the last 365 days.

    Idea: who asks for offers compares, or plans to grow.
    Source: ours, untested.
    """
    return h.quotes.count(YEAR)


@feature(
    family="alternatives",
    unit="quotes",
    high="{value:.0f} offers of the last 90 days are undecided",
    low="only {value:.0f} offers of the last 90 days are undecided",
)
def quotes_open_90d(h: HistoryView) -> Expression:
    """Quotes of the last 90 days whose outcome is not known yet.

    Idea: an open offer is business that may go either way.
    Source: ours, untested.
    """
    return h.quotes.standing("rows", 90)


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    high="lost {value:.0%} of the lost offers to price",
    low="lost only {value:.0%} of the lost offers to price",
)
def share_of_lost_quotes_lost_to_price_365d(h: HistoryView) -> Expression:
    """Of the quotes lost in the last 365 days, the share lost to price.

    Idea: short-term terms decide where little holds the customer.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.decisions.total("to_price", YEAR) / (h.decisions.count(YEAR) - h.decisions.total("won", YEAR))


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, None),
    high="our offers were dearer than the winning ones (by {value:+.1%})",
    low="our offers were cheaper than the winning ones (by {value:+.1%})",
)
def quote_price_gap_365d(h: HistoryView) -> Expression:
    """Mean gap of our price to the winning one, of the quotes decided in the last 365 days.

    Idea: the price at which the customer turned elsewhere.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return h.decisions.mean("gap", YEAR)


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, 1),
    high="pays {value:.0%} less than list price",
    low="pays only {value:.0%} less than list price",
)
def discount_share_365d(h: HistoryView) -> Expression:
    """What list prices would have come to, less what was paid, as a share of the former, last 365 days.

    Idea: bought loyalty lasts as long as the discount.
    Source: ours, untested.
    """
    return _discount(h, YEAR)


@feature(
    family="alternatives",
    unit="change of share",
    bounds=(None, None),
    high="discounts grew (by {value:+.1%} of list prices)",
    low="discounts shrank (by {value:+.1%} of list prices)",
)
def discount_share_change_180d(h: HistoryView) -> Expression:
    """Discount share of the last 180 days less that of the 180 days before.

    Idea: a customer that has to be paid more and more to stay.
    Source: ours, untested.
    """
    return _discount(h, HALF_YEAR) - _discount(h, HALF_YEAR, ending=HALF_YEAR)


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, None),
    high="gets deeper discounts than others (by {value:+.1%} of list prices)",
    low="gets smaller discounts than others (by {value:+.1%} of list prices)",
)
def discount_share_against_peers_365d(h: HistoryView) -> Expression:
    """Discount share of the last 365 days less the median of all eligible customers.

    Idea: the price paid against what all others pay, as far as list prices tell.
    Source: ours, untested.
    """
    return _discount(h, YEAR) - h.peer_median(_discount(h, YEAR))


@feature(
    family="alternatives",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its spend is on goods discounted by a tenth or more",
    low="only {value:.0%} of its spend is on goods discounted by a tenth or more",
)
def discount_dependence_365d(h: HistoryView) -> Expression:
    """Share of the spend of the last 365 days on lines at least a tenth below list price.

    Idea: who buys when it is cheap goes where it is cheap.
    Source: ours, untested.
    """
    return h.purchases.at_least("discount", DEEP).total("listed", YEAR) / h.purchases.total("listed", YEAR)


@feature(
    family="alternatives",
    unit="answer from -1 to 1",
    bounds=(-1, 1),
    high="lets prices decide more than others do how much it buys ({value:.2f}, 1 being always)",
    low="lets prices decide less than others do how much it buys ({value:.2f}, 1 being always)",
)
def price_sensitivity_365d(h: HistoryView) -> Expression:
    """How far the pieces it bought in the last 365 days followed prices: more where cheaper, fewer where dearer.

    Looked at are the days on which a product's price was a twentieth or more below or above that of the day it was
    bought before: those answered so, less those answered the other way, over all of them and two more. From 1, always,
    to -1, the contrary; null where no price had changed. Discounts for large quantities look the same.

    Idea: who buys by price is held by price, and short-term terms decide.
    Source: Krishnamurthi & Raj 1991 (loyal buyers answer prices less in whom they choose, yet more in how much they
    buy); the measure is ours, untested.
    """
    answered, contrary = (h.purchases.price_changes(YEAR, CLEAR, which) for which in ("answered", "contrary"))
    met = h.purchases.price_changes(YEAR, CLEAR)
    return ((answered - contrary) / (met + UNANSWERED)).where(met > 0)


@feature(
    family="alternatives",
    unit="share, estimated",
    bounds=(0, 1),
    high="buys about {value:.0%} of what it needs from us (estimated from its best year)",
    low="buys only about {value:.0%} of what it needs from us (estimated from its best year)",
)
def estimated_wallet_share_365d(h: HistoryView) -> Expression:
    """Spend of the last 365 days over the best of the last three years: the wallet share, estimated from orders.

    Idea: what a customer once bought here it may now buy elsewhere; own volume says little, so the estimate is rough.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    years = [h.order_days.total("spend", YEAR, ending=YEAR * ago) for ago in range(3)]
    return years[0] / _larger(years[0], _larger(years[1], years[2]))


@feature(
    family="alternatives",
    unit="yes or no",
    bounds=(0, 1),
    high="quotes are known ({value:.0f})",
    low="quotes are not known ({value:.0f})",
)
def has_quotes(h: HistoryView) -> Expression:
    """Whether quotes of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.quotes.known()


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, 1),
    high="leaves a margin of {value:.0%}",
    low="leaves a margin of only {value:.0%}",
)
def margin_share_365d(h: HistoryView) -> Expression:
    """What is left of the spend of the last 365 days after unit costs, as a share of it.

    Idea: a customer who pays well above cost has room for a cheaper offer, and is worth the keeping.
    Source: ours, untested.
    """
    return 1 - h.purchases.total("cost", YEAR) / h.purchases.total("costed", YEAR)
