"""Every number that shapes what the tables tell of the hidden world. Units and reasons as in `parameters.py`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.simulate.parameters import parameter


@dataclass(frozen=True)
class Goods:
    """The catalogue, prices and returns."""

    yearly_rise: float = parameter(0.03, "share a year", "list prices follow the general ones")
    returned: float = parameter(0.015, "share of lines", "a wholesaler takes back one or two in a hundred")
    returned_failed: float = parameter(0.10, "share of lines", "of an order that went wrong")
    taken_once: float = parameter(0.97, "share", "of the special part that is ordered under a number of its own")
    used_up: float = parameter(0.97, "share of orders", "with each critical article: it is used up with the production")
    packs: float = parameter(1.5, "packs", "beyond the first, for a customer of usual size")
    late_share: float = parameter(0.03, "share of orders", "written down days after they were placed")
    late_days: int = parameter(9, "days", "at most, of writing an order down")


@dataclass(frozen=True)
class Service:
    """Deliveries."""

    lead: float = parameter(3.0, "days", "mean from order to promise beyond the first day: stock goods")
    late: float = parameter(0.04, "share of deliveries", "behind the promise by no more than is tolerated")
    late_neglected: float = parameter(
        0.2, "share of deliveries", "more, without care: when stock is short, others go first"
    )
    tolerated: int = parameter(2, "days", "late that nobody minds: the zone of tolerance (Zeithaml et al. 1993)")
    late_days: float = parameter(5.0, "days", "mean beyond that of what fails by being late")
    short: float = parameter(0.02, "share of deliveries", "lack a piece in a hundred or two, which follows")
    defective: float = parameter(0.004, "share of pieces", "faulty where nothing failed")
    defective_failed: float = parameter(0.2, "share of pieces", "faulty, at least one, where that is what failed")


@dataclass(frozen=True)
class Contacts:
    """Interactions, per year and customer."""

    calls: float = parameter(5.0, "a year", "of both sides, at full care")
    visits: float = parameter(4.0, "a year", "of the supplier's field force, at full care: once a quarter")
    meetings: float = parameter(1.0, "a year", "reviews with those who look ahead, at full care")
    emails: float = parameter(20.0, "a year", "questions around orders, at usual ties: two a month")
    tickets: float = parameter(0.8, "a year", "small matters, at any customer")
    advice: float = parameter(4.0, "a year", "mostly unasked, at full care: with every visit, when ties are usual")
    joint_projects: float = parameter(0.8, "a year", "with those who look ahead and gain, at full care")
    resolved_fast: float = parameter(3.0, "days", "mean, where a complaint is answered at once")
    resolved_slow: float = parameter(28.0, "days", "mean, where it is not")


@dataclass(frozen=True)
class Market:
    """Quotes and the wallet."""

    quotes: float = parameter(3.0, "a year", "offers beside the running business, for the usual customer")
    quote_scale: float = parameter(0.9, "utils", "how softly a customer decides on one offer")
    quote_open_days: float = parameter(20.0, "days", "mean until an offer is decided")
    price_lost: float = parameter(0.6, "share", "of lost offers that price decides, at usual sensitivity")
    second_source: float = parameter(0.2, "share of need", "of common goods, kept warm elsewhere even by the content")
    qualified: float = parameter(0.99, "share", "of a category for which one source is approved that is taken from it")
    idle: float = parameter(0.1, "share of need", "bought from anybody in a pause")
    need_spread: float = parameter(0.25, "log", "months differ, and estimates of the wallet err")


@dataclass(frozen=True)
class TableParameters:
    """All of them."""

    goods: Goods = Goods()
    service: Service = Service()
    contacts: Contacts = Contacts()
    market: Market = Market()
