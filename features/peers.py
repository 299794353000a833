"""Peer groups, and the seven indices: where a customer stands among its peers, from 0 to 100.

The rule for peers, in one place: eligible customers of the same industry and region; where that group has fewer than
30 members, or the industry is unknown, those of the same region; else everybody. A supplier that keeps one of the two
has peers by that one.

An index is the weighted mean of the percentiles of its parts within the peer group, nulls left out, ranked within the
group again. A rate of few orders says little beside what was said and paid: it counts by its credibility, the orders of
the year over themselves and `HALF_CREDIBLE` (Bühlmann 1967). The coverage of an index is the share of its parts that
are not null. Indices are kept apart: none is a cause, and no single score of lock-in is made of them (Pick & Eisend
2014). Weights are ours, untested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.cohort import eligible

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
FEWEST_PEERS = 30
MOST_CODES = 2.0**24
"""More than there are industries or regions, so that a pair of codes is one number."""
ORDERS, HALF_CREDIBLE = "orders_365d", 5.0
"""What rates are rates of; of how many a rate says half as much as one of ever so many. Ours, untested."""
LEVELS = ("industry and region", "region", "everybody")


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


@dataclass(frozen=True)
class Usual:
    """What is usual of each customer's peers: `medians` (groups, features), NaN where all is null, and which of these
    `groups` each customer (n,) is held against.
    """

    medians: Array
    group: Longs

    def of(self, rows: slice) -> Array:
        """The medians beside some customers, (rows, features)."""
        return self.medians[self.group[rows]]


@dataclass(frozen=True)
class PeerGroups:
    """For each eligible customer (n,): its group at each of `LEVELS`, and which level holds, an index into them."""

    groups: tuple[Longs, ...]
    level: Longs

    @classmethod
    def of(cls, industry: Array | None, region: Array | None, customers: int) -> PeerGroups:
        """The groups from codes of industry and region (n,), NaN for null; None where the supplier keeps none."""
        nothing, unknown = np.zeros(customers), np.full(customers, np.nan)
        trade = unknown if industry is None else industry
        pair = trade + (nothing if region is None else region / MOST_CODES)
        groups = tuple(map(_numbered, (pair, unknown if region is None else region, nothing)))
        level = np.full(customers, len(groups) - 1)
        for number in reversed(range(len(groups) - 1)):
            sizes = np.bincount(groups[number] + 1, minlength=1)
            sizes[0] = 0  # those who have none
            level = np.where(sizes[groups[number] + 1] >= FEWEST_PEERS, number, level)
        return cls(groups, level)

    @property
    def names(self) -> list[str]:
        """The level that holds for each customer, in words."""
        return [LEVELS[number] for number in self.level]

    def percentile(self, value: Array) -> Array:
        """The share of the customer's peers with a lower value, ties counting half, from 0 to 1; NaN for null."""
        out = np.full(value.size, np.nan)
        for rows, placed in self._each():
            ranks = eligible([value[rows]], np.ones(rows.size, dtype=bool))["rank"]
            out[rows[placed]] = ranks[placed]
        return out

    def usual(self, values: npt.NDArray[np.floating], columns: Sequence[int]) -> Usual:
        """The median of the customer's peers in each of some `columns` of `values` (n, features), nulls left out.

        Peers are those that `percentile` ranks among: who has a higher value than this ranks above the middle.
        """
        medians, group = [np.empty((0, len(columns)))], np.zeros(len(values), dtype=np.int64)
        for number, (rows, placed) in enumerate(self._each()):
            medians.append(np.array([[_median(values[:, column], rows) for column in columns]]))
            group[rows[placed]] = number
        return Usual(np.concatenate(medians), group)

    def _each(self) -> Iterator[tuple[Longs, npt.NDArray[np.bool_]]]:
        """The members of every group that somebody is held against, and which of them are held against this one."""
        for number, group in enumerate(self.groups):
            for member in np.unique(group[self.level == number]):
                rows = np.flatnonzero(group == member)
                yield rows, self.level[rows] == number


def _median(column: npt.NDArray[np.floating], rows: Longs) -> float:
    """The median of `rows` of a column, nulls left out; NaN where all is null."""
    known = np.sort(column[rows])  # nulls last
    count = known.size - int(np.isnan(known).sum())
    return (float(known[(count - 1) // 2]) + float(known[count // 2])) / 2 if count else float("nan")


def _numbered(codes: Array) -> Longs:
    """Group numbers from 0 (n,), -1 for NaN."""
    found = np.unique(codes[~np.isnan(codes)])
    return np.where(np.isnan(codes), -1, np.searchsorted(found, codes)).astype(np.int64)


def standing(
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
