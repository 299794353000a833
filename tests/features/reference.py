"""Every feature once more, slowly: plain Python over raw order lines, written from the words of the catalogue.

Nothing here is shared with the engine. `None` is null. Ages are whole days before the cutoff; the youngest is 1.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from datetime import date
from functools import partial

from breadth_reference import (
    HALF_YEAR,
    distinct,
    entropy,
    ever_repeated,
    first_bought,
    herfindahl,
    kept,
    new_spend,
    of_shares,
    repeated,
)
from buying_reference import alive, expected_if_alive, expected_if_nobody_leaves, silent
from customers import Customer, Value
from market_reference import MARKET
from relations_reference import RELATIONS, in_force
from rhythm_reference import (
    TWO_YEARS,
    YEAR,
    against_peers,
    cents,
    gap_longest,
    gap_median,
    gaps,
    halving,
    lines,
    longest_run,
    ninth_decile,
    of_gaps,
    order_days,
    order_days_change,
    orders,
    own_periods,
    own_silence_odds,
    periods,
    pieces,
    rank_of,
    ratio,
    return_share,
    season_last_year,
    share_of_gaps,
    share_of_months,
    size_ratio,
    sizes,
    spend,
    spend_change,
    spend_halving,
    variation,
)
from table_rows import half_years, nullable, rows_of, times, told
from trade_reference import TRADE, deliveries, late_share, months


def angle_of_year(c: Customer) -> float:
    """Where in a mean year the cutoff lies, 1 January 1970 being the start of one."""
    years = (c.cutoff - date(1970, 1, 1)).days / 365.2425
    return 2 * math.pi * (years - math.floor(years))


def decline_under_contract(c: Customer) -> Value:
    return times(half_years(late_share)(c), float(len(in_force(c)) > 0))


STARTS = {
    "customers": lambda c: [row for row in told(c, "customers") if (row.get("valid_from") or date.min) < c.cutoff],
    "interactions": partial(rows_of, table="interactions", happened="happened_on"),
    "contracts": partial(rows_of, table="contracts", happened="signed_on"),
    "investments": partial(rows_of, table="investments", happened="invested_on"),
    "deliveries": deliveries,
    "quotes": partial(rows_of, table="quotes", happened="quoted_on"),
    "wallet": months,
    "treatments": partial(rows_of, table="treatments", happened="treated_on"),
}
"""The rows of each table that were known of one customer."""


def known_of_anybody(c: Customer, table: str) -> float:
    if table not in c.tables:
        return 0.0
    return float(any(STARTS[table](peer) for peer in c.cohort.customers))


LENGTHS = (15, 30, 45, 60, 90, 120, 180, 365, 730)
WINDOWED: dict[str, Callable[..., Value]] = {
    "orders": orders,
    "order_days": order_days,
    "lines": lines,
    "spend": spend,
    "pieces": pieces,
    "order_days_halving": halving,
    "spend_halving": spend_halving,
    "order_days_rank": lambda c, days: c.cohort.rank(c, partial(order_days, days=days)),
    "order_days_halving_rank": lambda c, days: c.cohort.rank(c, partial(halving, days=days)),
    "spend_rank": lambda c, days: c.cohort.rank(c, partial(cents, days=days)),
    "spend_change": spend_change,
    "order_days_change": order_days_change,
    "spend_change_against_peers": lambda c, days: against_peers(c, partial(spend_change, days=days)),
    "order_days_change_against_peers": lambda c, days: against_peers(c, partial(order_days_change, days=days)),
    "products": partial(distinct, key="product"),
    "categories": partial(distinct, key="category"),
    "products_first_bought": partial(first_bought, key="product"),
    "categories_first_bought": partial(first_bought, key="category"),
}
"""Those declared for several lengths, `name_30d` and so on."""

REFERENCE: dict[str, Callable[[Customer], Value]] = {
    "days_since_last_order": lambda c: c.last,
    "tenure_days": lambda c: c.first,
    "order_days_ever": order_days,
    "order_days_per_week": lambda c: order_days(c) / (c.first / 7),
    "return_share_365d": return_share,
    "return_days_365d": lambda c: len({line.day for line in c.within(c.returned, YEAR)}),
    "gap_mean": of_gaps(statistics.fmean),
    "gap_mean_365d": of_gaps(statistics.fmean, YEAR),
    "gap_median": gap_median,
    "gap_ninth_decile": of_gaps(ninth_decile),
    "gap_longest": gap_longest,
    "gap_last": of_gaps(lambda found: found[-1], days=math.inf),
    "gap_last_to_median": of_gaps(lambda found: found[-1] / statistics.median(found)),
    "overdue_ratio": lambda c: ratio(c.last, gap_median(c)),
    "overdue_to_longest": lambda c: ratio(c.last, gap_longest(c)),
    "overdue_to_ninth_decile": lambda c: ratio(c.last, of_gaps(ninth_decile)(c)),
    "silent_share_of_tenure": lambda c: c.last / c.first,
    "expected_order_days": expected_if_nobody_leaves,
    "expected_order_days_if_alive": expected_if_alive,
    "probability_alive": alive,
    "probability_silent": silent,
    "probability_silent_730d": partial(silent, days=TWO_YEARS),
    "share_of_gaps_as_long_as_silence": lambda c: share_of_gaps(c, c.last),
    "share_of_gaps_as_long_as_horizon": lambda c: share_of_gaps(c, c.horizon),
    "own_silence_odds": own_silence_odds,
    "spend_ever": lambda c: ratio(cents(c, math.inf), 100),
    "order_size_mean_ever": lambda c: statistics.fmean(sizes(c, math.inf)) / 100 if sizes(c, math.inf) else None,
    "order_size_variation_ever": lambda c: variation(sizes(c, math.inf)),
    "order_size_last": lambda c: sizes(c, math.inf)[-1] / 100 if sizes(c, math.inf) else None,
    "gap_mean_ever": of_gaps(statistics.fmean, math.inf),
    "gap_median_ever": of_gaps(statistics.median, math.inf),
    "gap_ninth_decile_ever": of_gaps(ninth_decile, math.inf),
    "gap_longest_ever": of_gaps(max, math.inf),
    "gap_variation_ever": lambda c: variation(gaps(c, math.inf)),
    "overdue_to_mean_ever": lambda c: ratio(c.last, of_gaps(statistics.fmean, math.inf)(c)),
    "lines_ever": partial(lines, days=math.inf),
    "pieces_ever": partial(pieces, days=math.inf),
    "two_years_of_months_with_order": lambda c: sum(periods(c, 30, 24)),
    "expected_order_days_if_alive_730d": partial(expected_if_alive, days=TWO_YEARS),
    "probability_silent_rank_730d": rank_of(silent, days=TWO_YEARS),
    "expected_order_days_rank": rank_of(expected_if_nobody_leaves),
    "months_with_order_rank": rank_of(lambda c: sum(periods(c, 30, 12))),
    "lines_rank_365d": rank_of(lines, days=YEAR),
    "order_days_season_two_years_ago": lambda c: season_last_year(c, order_days, years=2),
    "share_of_order_days_in_season": lambda c: ratio(season_last_year(c, order_days), order_days(c, YEAR)),
    "share_of_products_repeated": lambda c: ratio(ever_repeated(c, "product"), distinct(c, "product")),
    "share_of_categories_repeated": lambda c: ratio(ever_repeated(c, "category"), distinct(c, "category")),
    "share_of_products_new_365d": lambda c: ratio(first_bought(c, "product", YEAR), distinct(c, "product", YEAR)),
    "share_of_categories_alive_365d": lambda c: ratio(distinct(c, "category", YEAR), distinct(c, "category")),
    "silence_rank": rank_of(lambda c: c.last),
    "probability_silent_rank": rank_of(silent),
    "products_rank": rank_of(distinct, key="product", days=HALF_YEAR),
    "order_days_season_last_year": lambda c: season_last_year(c, order_days),
    "spend_season_last_year": lambda c: ratio(season_last_year(c, cents), 100),
    "months_with_order": lambda c: sum(periods(c, 30, 12)),
    "half_year_months_with_order": lambda c: sum(periods(c, 30, 6)),
    "weeks_with_order": lambda c: sum(periods(c, 7, 26)),
    "share_of_months_with_order": share_of_months,
    "season_of_spring": lambda c: math.sin(angle_of_year(c)),
    "season_of_winter": lambda c: math.cos(angle_of_year(c)),
    "longest_run_of_silent_months": lambda c: longest_run(periods(c, 30, 12)[: math.ceil(c.first / 30)]),
    "share_of_horizons_with_order": lambda c: sum(periods(c, c.horizon, 4)) / min(4, math.ceil(c.first / c.horizon)),
    "share_of_own_periods_with_order_365d": own_periods,
    "gap_variation": lambda c: variation(gaps(c)),
    "order_size_variation": lambda c: variation(sizes(c)),
    "order_size_mean": lambda c: statistics.fmean(sizes(c)) / 100 if sizes(c) else None,
    "order_size_last_to_mean": lambda c: size_ratio(c, lambda found: found[-1], statistics.fmean),
    "order_size_largest_to_median": lambda c: size_ratio(c, max, statistics.median),
    "lines_per_order_day": lambda c: ratio(lines(c, YEAR), order_days(c, YEAR)),
    "price_per_piece": lambda c: ratio(spend(c, YEAR), pieces(c, YEAR)),
    "products_ever": partial(distinct, key="product"),
    "categories_ever": partial(distinct, key="category"),
    "products_first_bought_and_repeated_365d": repeated,
    "share_of_new_products_repeated_365d": lambda c: ratio(repeated(c), first_bought(c, "product", YEAR)),
    "share_of_spend_on_new_products_365d": lambda c: ratio(new_spend(c), cents(c, YEAR)),
    "product_retention": partial(kept, key="product"),
    "category_retention": partial(kept, key="category"),
    "product_concentration": of_shares("product", herfindahl),
    "product_entropy": of_shares("product", entropy),
    "product_largest_share": of_shares("product", max),
    "category_concentration": of_shares("category", herfindahl),
    "category_entropy": of_shares("category", entropy),
    "products_per_order_day": lambda c: ratio(distinct(c, "product", YEAR), order_days(c, YEAR)),
    "share_of_products_alive_365d": lambda c: ratio(distinct(c, "product", YEAR), distinct(c, "product")),
    **{f"{name}_{n}d": partial(function, days=n) for name, function in WINDOWED.items() for n in LENGTHS},
    "categories_first_bought_and_repeated_365d": partial(repeated, key="category"),
    "share_of_new_categories_repeated_365d": lambda c: ratio(
        repeated(c, "category"), first_bought(c, "category", YEAR)
    ),
    "long_pauses_returned_from": lambda c: sum(gap >= c.horizon for gap in gaps(c, math.inf)),
    "service_decline_under_contract_180d": nullable(decline_under_contract),
    **{f"has_{table}": partial(known_of_anybody, table=table) for table in STARTS},
    **{name: nullable(function) for name, function in (RELATIONS | TRADE | MARKET).items()},
}
