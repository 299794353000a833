"""The targets: churn by silence, and partnership as far as order lines can show it."""

from __future__ import annotations

from dataclasses import dataclass

from features.engine.expression import Expression
from features.engine.view import HistoryView
from models.target import Acts, OutcomeView, Target, declare

YEAR = 365
MONTH = 30
MONTHS_A_YEAR = 12


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
        peers = before.peer_median(kept)
        return {
            "stays": (after.total("days") > 0) & (kept >= thresholds.stays_share * peers),
            "expands": (after.new_repeated("product") >= 1) & (old >= thresholds.holds_share * peers),
            "regular": after.months_with_order(MONTH) * MONTHS_A_YEAR >= _months_with_order(before) * _months(after),
        }

    return declare("partnership", partnership)


def _run_rate(before: HistoryView) -> Expression:
    """The spend of the last 365 days, in cents, brought to the length of the outcome window.

    A customer younger than a year is held to what it spent so far: its first orders say little of its pace.
    """
    return before.order_days.total("spend", YEAR) * (before.horizon / YEAR)


def _months(after: OutcomeView) -> Expression:
    """Whole months (of 30 days) in the outcome window. A customer who ordered in each month before needs no more."""
    return (after.horizon / MONTH).rounded_down()


def _months_with_order(before: HistoryView) -> Expression:
    """How many of the last 12 months (of 30 days) hold an order."""
    return before.order_days.periods_with_order(MONTH, MONTHS_A_YEAR)
