"""The reference of what prices, discounts, costs and everybody's purchases tell."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise

from customers import Customer, Line, Value
from rhythm_reference import YEAR, against_peers, cents, ratio, sizes, variation
from table_rows import AbsentError, half_years, mean, minus, times


def needs(c: Customer, *columns: str) -> None:
    if set(columns) - c.has:
        raise AbsentError


def discount(c: Customer, days: float = YEAR, ending: int = 0) -> Value:
    needs(c, "net_amount", "list_amount")
    found = [line for line in c.within(c.bought, days, ending) if (line.list_cents or 0) > 0]
    return minus(1, ratio(sum(line.cents for line in found), sum(line.list_cents for line in found)))


def discounted_share(c: Customer) -> Value:
    needs(c, "net_amount", "list_amount")
    found = [line for line in c.within(c.bought, YEAR) if (line.list_cents or 0) > 0]
    deep = [line.cents for line in found if 1 - line.cents / line.list_cents >= 0.1]
    return ratio(sum(deep), sum(line.cents for line in found))


def margin(c: Customer) -> Value:
    needs(c, "net_amount", "unit_cost", "quantity")
    found = [line for line in c.within(c.bought, YEAR) if line.unit_cost is not None]
    cost = math.fsum(line.unit_cost * thousandths(line) / 1000 for line in found)
    return minus(1, ratio(cost, sum(line.cents for line in found)))


def integrated(c: Customer) -> Value:
    needs(c, "channel")
    found = [line.channel for line in c.within(c.bought, YEAR) if line.channel is not None]
    return mean([name in ("EDI", "api/v2") for name in found])


def thousandths(line: Line) -> int:
    return round((line.quantity or 0) * 1000)


def of_everybody(c: Customer, days: float, ending: int = 0) -> dict[str, list[Line]]:
    """What every known customer bought in the window; customers without anything left out."""
    found = {peer.name: peer.within(peer.bought, days, ending) for peer in c.cohort.customers}
    return {name: lines for name, lines in found.items() if lines}


def rare_share(c: Customer, few: float = 0.05) -> Value:
    needs(c, "product_id", "net_amount")
    everybody = of_everybody(c, YEAR)
    rare = 0
    for line in everybody.get(c.name, []):
        others = sum(any(theirs.product == line.product for theirs in lines) for lines in everybody.values()) - 1
        rare += line.cents if line.product is not None and others <= few * (len(everybody) - 1) else 0
    return ratio(rare, cents(c, YEAR))


def price_index(c: Customer, days: float = YEAR, ending: int = 0) -> Value:
    needs(c, "product_id", "net_amount", "quantity")
    everybody = of_everybody(c, days, ending)
    buyers, amount, pieces = defaultdict(set), defaultdict(int), defaultdict(int)
    for name, lines in everybody.items():
        for line in lines:
            if line.product is not None:
                buyers[line.product].add(name)
            if thousandths(line) > 0:
                amount[line.product] += line.cents
                pieces[line.product] += thousandths(line)
    shared = [each for each in everybody.get(c.name, []) if thousandths(each) > 0 and len(buyers[each.product]) > 1]
    usual = math.fsum(thousandths(line) * (amount[line.product] / pieces[line.product]) for line in shared)
    return ratio(sum(line.cents for line in shared), usual)


def steady_share(c: Customer, key: str) -> Value:
    needs(c, {"product": "product_id", "category": "category"}[key], "net_amount")
    found = c.within(c.bought, 364)
    quarter = [(c.age(line.day) - 1) // 91 for line in found]
    of = {getattr(line, key): set() for line in found}
    for line, number in zip(found, quarter, strict=True):
        of[getattr(line, key)].add(number)
    named = [line for line in found if getattr(line, key) is not None]
    steady = sum(line.cents for line in named if of[getattr(line, key)] == set(quarter))
    return ratio(steady, sum(line.cents for line in found))


def staple_share(c: Customer) -> Value:
    needs(c, "product_id", "net_amount")
    found = c.within(c.bought, YEAR)
    days = {line.day for line in found}
    if len(days) < 4:
        return None
    of = {product: {line.day for line in found if line.product == product} for product in {x.product for x in found}}
    staples = {product for product, on in of.items() if product is not None and 3 * len(on) >= 2 * len(days)}
    return ratio(sum(line.cents for line in found if line.product in staples), cents(c, YEAR))


def price_sensitivity(c: Customer) -> Value:
    """Another price is one of 95 or less to 100 of the other, in whole numbers."""
    needs(c, "product_id", "net_amount", "quantity")
    priced = [line for line in c.within(c.bought, YEAR) if thousandths(line) > 0 and line.product is not None]
    met, net = 0, 0
    for product in {line.product for line in priced}:
        own = [line for line in priced if line.product == product]
        days = [[line for line in own if line.day == day] for day in sorted({line.day for line in own})]
        deals = [(sum(line.cents for line in lines), sum(map(thousandths, lines))) for lines in days]
        for (cost, got), (later_cost, later_got) in pairwise(deals):
            now, then = later_cost * got, cost * later_got
            if 100 * now <= 95 * then or 100 * then <= 95 * now:
                met += 1
                rise = -1 if now < then else 1
                net -= rise * ((later_got > got) - (later_got < got))
    return net / (met + 2) if met else None


def own_minimum(c: Customer) -> Value:
    """The least amount of a day that another day's is within a tenth of."""
    found = sorted(sizes(c))
    return next((one for one, other in pairwise(found) if other <= 1.1 * one), None)


def at_minimum(c: Customer) -> Value:
    needs(c, "net_amount")
    everybody = [own for peer in c.cohort.eligible() if (own := own_minimum(peer)) is not None]
    if len(sizes(c)) < 4 or not everybody:
        return None
    near = {one: sum(one <= other <= 1.1 * one for other in everybody) for one in everybody}
    common = min(one for one in near if near[one] == max(near.values()))
    if near[common] < 0.1 * len(everybody):
        return None
    own = own_minimum(c)
    if own is None or not common <= own <= 1.1 * common:
        return 0.0
    return (sum(own <= size <= 1.1 * own for size in sizes(c)) - 1) / (len(sizes(c)) - 1)


def adopted(c: Customer) -> Value:
    needs(c, "product_id")
    if max(peer.first for peer in c.cohort.customers) < YEAR + 90:
        return None
    launched: dict[str | None, date] = {}
    for line in (line for peer in c.cohort.customers for line in peer.bought):
        launched[line.product] = min(line.day, launched.get(line.product, line.day))
    new = {product for product, day in launched.items() if product is not None and c.age(day) <= YEAR}
    return len({line.product for line in c.bought if line.product in new
                and (line.day - launched[line.product]).days <= 90})  # fmt: skip


def estimated_share(c: Customer) -> Value:
    years = [cents(c, YEAR, ending=YEAR * ago) for ago in range(3)]
    return None if None in years else ratio(years[0], max(years))


MARKET: dict[str, Callable[[Customer], Value]] = {
    "discount_share_365d": discount,
    "discount_share_change_180d": half_years(discount),
    "discount_share_against_peers_365d": lambda c: against_peers(c, discount),
    "discount_dependence_365d": discounted_share,
    "estimated_wallet_share_365d": estimated_share,
    "margin_share_365d": margin,
    "integrated_share_of_lines_365d": integrated,
    "share_of_spend_on_rare_products_365d": rare_share,
    "share_of_spend_on_own_products_365d": partial(rare_share, few=0),
    "share_of_spend_on_staple_products_365d": staple_share,
    "price_against_others_365d": price_index,
    "price_rise_against_others_180d": lambda c: minus(ratio(price_index(c, 180), price_index(c, 180, ending=180)), 1),
    "share_of_spend_in_steady_categories": partial(steady_share, key="category"),
    "share_of_spend_on_steady_products": partial(steady_share, key="product"),
    "volatility_of_specific_demand": lambda c: times(variation(sizes(c)), rare_share(c)),
    "products_adopted_early_365d": adopted,
    "price_sensitivity_365d": price_sensitivity,
    "share_of_orders_at_minimum_365d": at_minimum,
}
