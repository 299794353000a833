"""The seven indices: in what a customer stands out among its peers, from 0 to 100.

An index is the weighted mean of the percentiles of its parts within the peer group, nulls left out, ranked within the
group again. A rate of few orders says little beside what was said and paid: it counts by its credibility, the orders of
the year over themselves and `HALF_CREDIBLE` (Bühlmann 1967). The coverage of an index is the share of its parts that
are not null. Indices are kept apart: none is a cause, and no single score of lock-in is made of them (Pick & Eisend
2014). Weights are ours, untested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.peers import PeerGroups

Array = npt.NDArray[np.float64]
ORDERS, HALF_CREDIBLE = "orders_365d", 5.0
"""What rates are rates of; of how many a rate says half as much as one of ever so many. Ours, untested."""


@dataclass(frozen=True)
class Index:
    """A published index: `parts` are features and their weights, negative where more of one means less of it.

    `rates`: the parts that are shares of a customer's orders, and changes of such shares. Of the index of risk none
    count as such: its other parts rest on the same few orders.
    """

    name: str
    meaning: str
    parts: Mapping[str, float]
    rates: frozenset[str] = frozenset()


INDICES = (
    Index(
        "investment_index",
        "what the customer would abandon by leaving",
        {
            "investment_stock_in_years_of_spend": 2,
            "investment_stock": 1,
            "trained_people": 1,
            "commitment_left_in_years_of_spend": 1,
            "months_of_commitment_left": 1,
            "integrated_share_of_lines_365d": 1,
            "products_365d": 0.5,
            "categories_365d": 0.5,
        },
    ),
    Index(
        "risk_index",
        "what a replacement might not deliver",
        {
            "single_source_share_365d": 3,
            "share_of_spend_on_staple_products_365d": 3,
            "share_of_spend_on_own_products_365d": 3,
            "volatility_of_specific_demand": 0.5,
            "late_share_against_peers_365d": -0.5,
            "defect_gap_365d": -0.5,
            "long_pauses_returned_from": -0.5,
        },
    ),
    Index(
        "relational_index",
        "people who know each other, and commitment shown so far",
        {
            "people_in_contact_365d": 1,
            "contact_levels_365d": 1,
            "contacts_365d": 1,
            "customer_initiated_share_365d": 1,
            "share_of_contacts_through_one_person_365d": -1,
            "contracts_in_force": 1,
            "renewals_730d": 1,
            "early_renewals": 1,
            "cancellations_730d": -1,
            "volume_kept_after_late_deliveries_730d": 1,
            "products_adopted_early_365d": 0.5,
            "tenure_days": 0.5,
        },
    ),
    Index(
        "value_index",
        "what the customer gains",
        {
            "on_time_in_full_share_365d": 1,
            "on_time_in_full_change_180d": 0.5,
            "deliveries_overdue": -0.5,
            "complaints_per_100_orders_365d": -1,
            "complaint_resolution_days_365d": -1,
            "ticket_resolution_days_365d": -1,
            "advice_unasked_365d": 2,
            "meetings_and_visits_365d": 1,
            "joint_projects_730d": 1,
            "trainings_730d": 0.5,
            "price_against_others_365d": -2,
            "return_share_365d": -0.5,
        },
        rates=frozenset(
            {
                "on_time_in_full_share_365d",
                "on_time_in_full_change_180d",
                "complaints_per_100_orders_365d",
                "return_share_365d",
            }
        ),
    ),
    Index(
        "pressure_index",
        "what turns holding into resentment",
        {
            "discount_share_against_peers_365d": -4,
            "price_rise_against_others_180d": 0.5,
            "late_share_change_180d": 0.5,
            "service_decline_under_contract_180d": 0.5,
            "complaints_unsettled": 0.5,
            "severe_complaints_unsettled": 1,
            "severe_complaints_365d": 0.5,
        },
        rates=frozenset({"late_share_change_180d", "service_decline_under_contract_180d"}),
    ),
    Index(
        "alternatives_index",
        "how near other suppliers are",
        {
            "wallet_share_365d": -2,
            "wallet_share_change_183d": -1,
            "share_of_buying_months_with_us_365d": -1,
            "categories_bought_elsewhere_only_365d": 1,
            "quote_win_rate_365d": -1,
            "share_of_lost_quotes_lost_to_price_365d": 1,
            "discount_dependence_365d": 1,
            "estimated_wallet_share_365d": -0.5,
        },
    ),
    Index(
        "strength_index",
        "what the customer is: the criterion that misleads",
        {
            "annual_revenue": 1,
            "employees": 1,
            "credit_score": 1,
            "revenue_growth_365d": 1,
            "payment_terms_days": 0.5,
            "wallet_total_365d": 1,
        },
    ),
)


def index_values(
    index: Index, values: npt.NDArray[np.float32], names: Sequence[str], peers: PeerGroups
) -> tuple[Array, Array]:
    """An index of eligible customers, 0 to 100 with NaN where nothing is known, and its coverage, 0 to 1; (n,) each.

    Args:
        index: its parts and weights.
        values: (n, features) of the eligible customers at one cutoff.
        names: of the columns; a part that has none is null for everybody.
        peers: their groups.
    """
    known, weights, total = np.zeros(len(values)), np.zeros(len(values)), np.zeros(len(values))
    credible = _credibility(values, names)
    for feature, weight in index.parts.items():
        if feature in names:
            place = peers.percentile(values[:, list(names).index(feature)].astype(np.float64))
            there = ~np.isnan(place)
            counts = abs(weight) * there * (credible if feature in index.rates else 1)
            turned = np.where(there, place if weight > 0 else 1 - place, 0.0)
            known, weights, total = known + there, weights + counts, total + counts * turned
    mean = np.divide(total, weights, out=np.full(len(values), np.nan), where=weights > 0)
    return 100 * peers.percentile(mean.round(12)), known / len(index.parts)


def _credibility(values: npt.NDArray[np.float32], names: Sequence[str]) -> Array:
    """How much the rates of each customer say (n,), 0 to 1, by its orders of the year; all where none are built."""
    if ORDERS not in names:
        return np.ones(len(values))
    orders = np.nan_to_num(values[:, list(names).index(ORDERS)].astype(np.float64))
    return orders / (orders + HALF_CREDIBLE)
