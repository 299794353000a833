"""The targets: churn by silence, and partnership as far as order lines can show it."""

from __future__ import annotations

from dataclasses import dataclass

from features.engine.expression import Expression
from features.engine.view import HistoryView
from models.target import Acts, OutcomeView, Target, declare

YEAR = 365
MONTH = 30


@dataclass(frozen=True)
class PartnershipThresholds:
    """What counts as an act of partnership, as shares of the customer's own run-rate, peers allowed for.

    `stays_share`: spend in the outcome window that counts as staying. `holds_share`: spend on products bought
    before that counts as holding while expanding.
    """

    stays_share: float = 0.5
    holds_share: float = 0.9


def silence() -> Target:
    """Churn by silence."""

    def silence(before: HistoryView, after: OutcomeView) -> Acts:
        """No order with a positive amount in the outcome window."""
        return {"silent": 1 - (after.total("days") > 0)}

    return declare("churn", silence)


def partnership(thresholds: PartnershipThresholds = PartnershipThresholds()) -> Target:
    """Commitment shown in orders: stays, expands, and is active in no fewer months than before."""

    def partnership(before: HistoryView, after: OutcomeView) -> Acts:
        """Stays, expands to new products while keeping the old, and orders as regularly as before."""
        usual = _run_rate(before)
        kept = after.total("spend") / usual
        old = (after.total("spend") - after.spend_on_new("product")) / usual
        holds = old >= thresholds.holds_share * before.peer_median(old)
        return {
            "stays": (after.total("days") > 0) & (kept >= thresholds.stays_share * before.peer_median(kept)),
            "expands": (after.new_repeated("product") >= 1) & holds,
            "regular": after.months_with_order(MONTH) / (after.horizon / MONTH) >= _month_share(before),
        }

    return declare("partnership", partnership)


def _run_rate(before: HistoryView) -> Expression:
    """The spend that a horizon as long as the outcome window would bring at the pace of the last 365 days, in cents."""
    days = before.order_days.since_first().at_most(YEAR)
    return before.order_days.total("spend", YEAR) / days * before.horizon


def _month_share(before: HistoryView) -> Expression:
    """The share of the last months, at most 12, with an order."""
    months = (before.order_days.since_first() / MONTH).at_most(12)
    return before.order_days.periods_with_order(MONTH, 12) / months
