"""Churn, by four definitions. Which one is used is a setting; every threshold is one too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from features.engine.days import Days
from features.engine.expression import Expression
from features.engine.view import HistoryView
from features.run_rate import YEAR, spend_per_day
from models.contract_acts import contract_lost
from models.event_rows import LINES
from models.order_acts import category_stopped
from models.target import Acts, Definition, OutcomeView, Target, declare


@dataclass(frozen=True)
class ChurnThresholds:
    """What counts as gone.

    `rhythm_multiple` of the own ninth-decile gap, which is drawn to the population's as if that were
    `rhythm_prior_gaps` gaps more; the result is kept within `rhythm_least_days` and `rhythm_most_days`. `partial_drop`:
    share of the expected spend that is missing. `category_share` of the year's spend makes a category matter.
    `contract_grace_days` after the end in which a renewal may still be signed.
    """

    rhythm_multiple: float = 2.0
    rhythm_prior_gaps: float = 5.0
    rhythm_least_days: int = 30
    rhythm_most_days: int = 365
    partial_drop: float = 0.5
    category_share: float = 0.2
    contract_grace_days: int = 30


def silence(thresholds: ChurnThresholds = ChurnThresholds(), gap_days: int = 0) -> Target:
    """Churn by silence."""

    def silence(before: HistoryView, after: OutcomeView) -> Acts:
        """No order with a positive amount in the outcome window.

        Idea: the plainest sign that a customer is gone, and the one that compares across customers.
        Source: Fader & Hardie 2005.
        """
        return {"silent": 1 - (after.total("days") > 0)}

    return declare("churn", silence)


def own_rhythm(thresholds: ChurnThresholds = ChurnThresholds(), gap_days: int = 0) -> Target:
    """Churn by a silence that is long for this customer."""

    def own_rhythm(before: HistoryView, after: OutcomeView) -> Definition:
        """No order within a multiple of the customer's own usual longest gap, from the opening of the outcome window.

        The label of a customer is known once its own window has passed.

        Idea: a month of silence says much of a weekly buyer and nothing of a yearly one.
        Source: ours, untested; the shrinkage is that of an empirical Bayes mean.
        """
        patience = _patience(before, thresholds)
        ordered = after.first_order(thresholds.rhythm_most_days)
        return Definition({"silent": 1 - (patience > ordered).or_else(0)}, closes=patience)

    return declare("churn", own_rhythm)


def _patience(before: HistoryView, thresholds: ChurnThresholds) -> Expression:
    """Days, whole, that a customer may be silent: its own window."""
    own = before.order_days.gap("ninth_decile")
    gaps = (before.order_days.count() - 1).where(own > 0).or_else(0)
    prior = thresholds.rhythm_prior_gaps
    shrunk = (own.or_else(0) * gaps + before.peer_median(own) * prior) / (gaps + prior)
    longest = (thresholds.rhythm_multiple * shrunk).or_else(thresholds.rhythm_most_days)
    return longest.rounded_up().no_less_than(thresholds.rhythm_least_days).at_most(thresholds.rhythm_most_days)


def partial(thresholds: ChurnThresholds = ChurnThresholds(), gap_days: int = 0) -> Target:
    """Churn in part: much less than expected, or a whole category gone."""

    def partial(before: HistoryView, after: OutcomeView) -> Definition:
        """Spends far below its own expected spend, or stops buying a category that mattered.

        Idea: a customer of a distributor leaves category by category before it is gone.
        Source: ours, untested.
        """
        kept = after.total("spend") / _expected(before, gap_days)
        acts = {
            "dropped": 1 - (kept >= (1 - thresholds.partial_drop) * before.peer_median(kept)),
            "category_stopped": after.found(LINES, category_stopped, least_share=thresholds.category_share),
        }
        return Definition(acts, acts["dropped"] | acts["category_stopped"].or_else(0))

    return declare("churn", partial)


def _expected(before: HistoryView, gap_days: int) -> Expression:
    """The spend in cents over the same days a year earlier; of customers who bought nothing then, the own run-rate.

    Where the outcome window is so long that the same days reach past the cutoff, those before it stand for all. Of a
    customer whose first order lies within those days only a part of them was seen: it is held to its run-rate too.
    """
    since = YEAR - gap_days
    ending = Days(since, -1)
    length = before.horizon.at_most(since)
    season = before.order_days.total("spend", Days(since) - ending, ending) * (before.horizon / length)
    seen = (season > 0) & (before.order_days.since_first() > since)
    return season.where(seen).or_else(spend_per_day(before) * before.horizon)


def contract(thresholds: ChurnThresholds = ChurnThresholds(), gap_days: int = 0) -> Target:
    """Churn by contract."""

    def contract(before: HistoryView, after: OutcomeView) -> Acts:
        """A contract in force is cancelled, or ends and is not renewed.

        Idea: where there are contracts, their end is the end of the relationship, whatever is still ordered.
        Source: ours, untested.
        """
        return {"lost": after.found("contracts", contract_lost, grace_days=thresholds.contract_grace_days)}

    return declare("churn", contract)


CHURN: dict[str, Callable[[ChurnThresholds, int], Target]] = {
    "silence": silence,
    "own_rhythm": own_rhythm,
    "partial": partial,
    "contract": contract,
}
"""The definitions by the name they have in the configuration."""
