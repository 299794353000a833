"""Partnership: commitment shown in the outcome window, in as many acts as the supplier's tables can show."""

from __future__ import annotations

from dataclasses import dataclass

from features.engine.expression import Expression
from features.engine.view import HistoryView
from features.run_rate import MONTH, months_seen, months_with_order, spend_per_day
from models.contract_acts import commitment_raised, contract_renewed, table_kept
from models.event_rows import PRICED
from models.order_acts import discount_no_higher, price_rise
from models.supply_acts import delivery_failed, invested, lead_time_raised, wallet_share_kept, win_rate_kept
from models.target import Acts, Definition, OutcomeView, Target, declare


@dataclass(frozen=True)
class PartnershipThresholds:
    """What counts as an act of partnership.

    Shares of the customer's own run-rate, see `features.run_rate`, the median of all eligible customers allowed for:
    `stays_share` is staying, `holds_share` (on products bought before) is holding while expanding, and holding through
    a shock. `acts_needed` beside staying. Days, cents and shares of the others as in the functions that find them.
    """

    stays_share: float = 0.5
    holds_share: float = 0.9
    acts_needed: int = 2
    discount_tolerance: float = 0.005
    lead_time_rise: float = 0.1
    least_orders: int = 3
    least_investment: float = 1.0
    early_days: int = 60
    late_days: int = 7
    least_filled: float = 0.9
    most_faulty: float = 0.05
    price_rise: float = 0.05
    wallet_tolerance: float = 0.0
    least_quotes: int = 3
    price_gap_tolerance: float = 0.02


def partnership(thresholds: PartnershipThresholds = PartnershipThresholds()) -> Target:
    """Commitment shown in orders, and in whatever other tables there are."""

    def partnership(before: HistoryView, after: OutcomeView) -> Definition:
        """Stays, and shows commitment in at least two other ways, one of which looks ahead.

        Idea: commitment is what a customer does, not how strong it is, and more than not leaving.
        Source: Scheer, Miao & Garrett 2010 and Morgan & Hunt 1994 for the idea; the rules are ours.
        """
        acts = {
            **_acts_of_orders(before, after, thresholds),
            "invests": after.found("investments", invested, least_amount=thresholds.least_investment),
            "renews": after.found("contracts", contract_renewed, early_days=thresholds.early_days),
            "withstands": _withstands(before, after, thresholds),
            "concentrates": _concentrates(after, thresholds),
        }
        return Definition(acts, _label(acts, _looks_ahead(acts, after, thresholds), thresholds))

    return declare("partnership", partnership)


def _acts_of_orders(before: HistoryView, after: OutcomeView, thresholds: PartnershipThresholds) -> Acts:
    usual = _run_rate(before)
    kept = after.total("spend") / usual
    old = (after.total("spend") - after.spend_on_new("product")) / usual
    peers = before.peer_median(kept)
    return {
        "stays": (after.total("days") > 0) & (kept >= thresholds.stays_share * peers),
        "expands": (after.new_repeated("product") >= 1) & (old >= thresholds.holds_share * peers),
        "new_category": after.new_repeated("category") >= 1,
        "plans": _plans(before, after, thresholds),
    }


def _label(acts: Acts, ahead: Expression, thresholds: PartnershipThresholds) -> Expression:
    """Stays, looks ahead, and shows enough: an expansion into a whole new category counts double.

    An act whose table is missing, or that could not be shown by this customer, does not count. Expanding is part of
    every supplier's order lines: where it is unknown the label is, unless the other acts decide.
    """
    others = acts["plans"]
    for name in ("invests", "renews", "withstands", "concentrates"):
        others = others + acts[name].or_else(0)
    expansion = acts["expands"] * (1 + acts["new_category"].or_else(0))
    enough = (others + expansion >= thresholds.acts_needed) | (others >= thresholds.acts_needed)
    return acts["stays"] & ahead & enough


def _plans(before: HistoryView, after: OutcomeView, thresholds: PartnershipThresholds) -> Expression:
    """More committed, or more lead time given, or as regular as before without needing deeper discounts."""
    regular = after.months_with_order(MONTH) * months_seen(before) >= months_with_order(before) * _months(after)
    cheaper = after.found(PRICED, discount_no_higher, tolerance=thresholds.discount_tolerance)
    return (regular & cheaper.or_else(1)) | _binds_more(after, thresholds)


def _binds_more(after: OutcomeView, thresholds: PartnershipThresholds) -> Expression:
    """More committed, or more lead time given; not, where neither is known."""
    lead = after.found(
        "deliveries", lead_time_raised, least_rise=thresholds.lead_time_rise, least_orders=thresholds.least_orders
    )
    return lead.or_else(0) | after.found("contracts", commitment_raised).or_else(0)


def _looks_ahead(acts: Acts, after: OutcomeView, thresholds: PartnershipThresholds) -> Expression:
    """Invests, renews, or plans. Being regular is planning only where neither contracts nor investments are kept.

    Most customers who stay are as regular as before, whatever they want: it stands in for what no table tells.
    """
    told = after.found("contracts", table_kept).or_else(after.found("investments", table_kept)).or_else(0)
    planned = (acts["plans"] & (1 - told)) | _binds_more(after, thresholds)
    return planned | acts["invests"].or_else(0) | acts["renews"].or_else(0)


def _withstands(before: HistoryView, after: OutcomeView, thresholds: PartnershipThresholds) -> Expression:
    """Keeps its volume through a failed delivery or a price rise; not observable where there was no shock.

    Prices alone do not make it observable: without deliveries nobody knows what service came with them.
    """
    failed = after.found(
        "deliveries",
        delivery_failed,
        late_days=thresholds.late_days,
        least_filled=thresholds.least_filled,
        most_faulty=thresholds.most_faulty,
    )
    risen = after.found(PRICED, price_rise, least_rise=thresholds.price_rise)
    kept = after.total("spend") / _run_rate(before)
    shock = (failed + risen.or_else(0)) >= 1
    return (kept >= thresholds.holds_share * before.peer_median(kept)).where(shock)


def _concentrates(after: OutcomeView, thresholds: PartnershipThresholds) -> Expression:
    """Buys no smaller share from us, or accepts no fewer of our offers."""
    share = after.found("wallet", wallet_share_kept, tolerance=thresholds.wallet_tolerance)
    wins = after.found(
        "quotes", win_rate_kept, least_quotes=thresholds.least_quotes, tolerance=thresholds.price_gap_tolerance
    )
    return share.or_else(wins) | wins.or_else(share)


def _run_rate(before: HistoryView) -> Expression:
    """The customer's own spend, in cents, over the length of the outcome window."""
    return spend_per_day(before) * before.horizon


def _months(after: OutcomeView) -> Expression:
    """Whole months (of 30 days) in the outcome window. A customer who ordered in each month before needs no more."""
    return (after.horizon / MONTH).rounded_down()
