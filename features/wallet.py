"""Alternatives, continued: what the customer buys from everybody, and our share of it.

A month is known, and counted, from the first day of the next: 92 days hold three of them as a rule, 183 days six.
"""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

CENTS = 100


def _share(h: HistoryView, days: int | None, ending: int = 0) -> Expression:
    return h.wallet.total("ours", days, ending) / h.wallet.total("total", days, ending)


def _elsewhere(h: HistoryView, days: int, ending: int = 0) -> Expression:
    return h.wallet.total("total", days, ending) - h.wallet.total("ours", days, ending)


def _change(recent: Expression, before: Expression) -> Expression:
    return (recent - before) / (recent + before)


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, None),
    days=(31, 92, 183, 365),
    high="buys {value:.0%} of its needs from us (months known in {days} days)",
    low="buys only {value:.0%} of its needs from us (months known in {days} days)",
)
def wallet_share(h: HistoryView, days: int) -> Expression:
    """Our share of what it bought from everybody, in the months that became known in the last {days} days.

    Idea: who has other suppliers can leave without a search.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _share(h, days)


@feature(
    family="alternatives",
    unit="change of share",
    bounds=(None, None),
    days=(92, 183, 365),
    high="our share of its purchases grew (by {value:+.0%} percentage points in {days} days)",
    low="our share of its purchases shrank (by {value:+.0%} percentage points in {days} days)",
)
def wallet_share_change(h: HistoryView, days: int) -> Expression:
    """Our share of its purchases in the last {days} days less that of the {days} days before.

    Idea: a rival that comes in shows in our share before it shows in orders.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _share(h, days) - _share(h, days, ending=days)


@feature(
    family="alternatives",
    unit="share of customers",
    bounds=(0, 1),
    days=(92, 365),
    high="gave us a larger share of its purchases than {value:.0%} of all active customers, in {days} days",
    low="only {value:.0%} of all active customers gave us a smaller share of their purchases, in {days} days",
)
def wallet_share_rank(h: HistoryView, days: int) -> Expression:
    """Share of eligible customers who bought a smaller share from us, in the months known in the last {days} days.

    Idea: our share against that with all other customers, so that prices and seasons drop out.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return h.peer_rank(_share(h, days))


@feature(
    family="alternatives",
    unit="share",
    bounds=(None, None),
    high="has bought {value:.0%} of its needs from us, over all months known",
    low="has bought only {value:.0%} of its needs from us, over all months known",
)
def wallet_share_ever(h: HistoryView) -> Expression:
    """Our share of what it bought from everybody, in all months known.

    Idea: what is usual for this customer.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _share(h, None)


@feature(
    family="alternatives",
    unit="change of share",
    bounds=(None, None),
    days=(92, 365),
    high="buys a larger share from us than it used to (by {value:+.0%} percentage points in {days} days)",
    low="buys a smaller share from us than it used to (by {value:+.0%} percentage points in {days} days)",
)
def wallet_share_against_own(h: HistoryView, days: int) -> Expression:
    """Our share of its purchases in the last {days} days less that of all months known.

    Idea: a share below the customer's own usual one is business that moved.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _share(h, days) - _share(h, None)


@feature(
    family="alternatives",
    unit="currency",
    bounds=(None, None),
    days=(31, 92, 183, 365),
    high="bought for {value:,.0f} from everybody in {days} days",
    low="bought for only {value:,.0f} from everybody in {days} days",
)
def wallet_total(h: HistoryView, days: int) -> Expression:
    """What it bought from everybody, in the months that became known in the last {days} days.

    Idea: a business that buys from nobody will not buy from us.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return h.wallet.total("total", days) / CENTS


@feature(
    family="alternatives",
    unit="change from -1 to 1",
    bounds=(None, None),
    days=(92, 183),
    high="its purchases from everybody grew over {days} days (change {value:+.2f} on a scale from -1 to 1)",
    low="its purchases from everybody shrank over {days} days (change {value:+.2f} on a scale from -1 to 1)",
)
def wallet_total_change(h: HistoryView, days: int) -> Expression:
    """Purchases from everybody in the last {days} days against the {days} days before, as difference over sum.

    Idea: a customer that shrinks is not one that leaves.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _change(h.wallet.total("total", days), h.wallet.total("total", days, ending=days))


@feature(
    family="alternatives",
    unit="share of customers",
    bounds=(0, 1),
    days=(92, 365),
    high="bought more from everybody than {value:.0%} of all active customers, in {days} days",
    low="only {value:.0%} of all active customers bought less from everybody, in {days} days",
)
def wallet_total_rank(h: HistoryView, days: int) -> Expression:
    """Share of eligible customers who bought less from everybody, in the months known in the last {days} days.

    Idea: the size of the customer's needs, apart from what it buys from us.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return h.peer_rank(h.wallet.total("total", days))


@feature(
    family="alternatives",
    unit="currency",
    bounds=(None, None),
    days=(92, 365),
    high="bought for {value:,.0f} from others in {days} days",
    low="bought for only {value:,.0f} from others in {days} days",
)
def bought_elsewhere(h: HistoryView, days: int) -> Expression:
    """What it bought from others, in the months that became known in the last {days} days.

    Idea: business that we could have, and that could grow at our cost.
    Source: Du, Kamakura & Mela 2007 (own volume says little about volume with rivals).
    """
    return _elsewhere(h, days) / CENTS


@feature(
    family="alternatives",
    unit="change from -1 to 1",
    bounds=(None, None),
    days=(92, 183),
    high="buys more from others than before (change {value:+.2f} over {days} days)",
    low="buys less from others than before (change {value:+.2f} over {days} days)",
)
def bought_elsewhere_change(h: HistoryView, days: int) -> Expression:
    """Purchases from others in the last {days} days against the {days} days before, as difference over sum.

    Idea: a rival that grows while we do not.
    Source: Pick & Eisend 2014 (alternatives matter most).
    """
    return _change(_elsewhere(h, days), _elsewhere(h, days, ending=days))


@feature(
    family="alternatives",
    unit="yes or no",
    bounds=(0, 1),
    high="purchases from everybody are known ({value:.0f})",
    low="purchases from everybody are not known ({value:.0f})",
)
def has_wallet(h: HistoryView) -> Expression:
    """Whether purchases from everybody of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.wallet.known()
