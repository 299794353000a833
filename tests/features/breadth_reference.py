"""The reference, family breadth: from the products and categories of a customer's lines."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

from customers import Customer, Value
from rhythm_reference import YEAR, ratio

HALF_YEAR = 180

COLUMN = {"product": "product_id", "category": "category"}


def keys(c: Customer, key: str, days: float = math.inf, ending: int = 0) -> set[str | None]:
    """What is named: lines that name no product are of none."""
    return {getattr(line, key) for line in c.within(c.bought, days, ending)} - {None}


def distinct(c: Customer, key: str, days: float = math.inf) -> Value:
    return len(keys(c, key, days)) if COLUMN[key] in c.has else None


def new_keys(c: Customer, key: str, days: int) -> set[str | None]:
    """Keys bought in the window and never before it."""
    return keys(c, key, days) - keys(c, key, ending=days)


def first_bought(c: Customer, key: str, days: int) -> Value:
    return len(new_keys(c, key, days)) if COLUMN[key] in c.has else None


def repeated(c: Customer, key: str = "product") -> Value:
    if COLUMN[key] not in c.has:
        return None
    days = defaultdict(set)
    for line in c.within(c.bought, YEAR):
        days[getattr(line, key)].add(line.day)
    return sum(len(days[found]) >= 2 for found in new_keys(c, key, YEAR))


def ever_repeated(c: Customer, key: str) -> Value:
    """Keys bought on at least two days."""
    if COLUMN[key] not in c.has:
        return None
    days = defaultdict(set)
    for line in c.bought:
        days[getattr(line, key)].add(line.day)
    return sum(len(found) >= 2 for name, found in days.items() if name is not None)


def new_spend(c: Customer) -> Value:
    if "product_id" not in c.has or "net_amount" not in c.has:
        return None
    new = new_keys(c, "product", YEAR)
    return sum(line.cents or 0 for line in c.within(c.bought, YEAR) if line.product in new)


def kept(c: Customer, key: str) -> Value:
    if COLUMN[key] not in c.has:
        return None
    before = keys(c, key, HALF_YEAR, ending=HALF_YEAR)
    return ratio(len(before & keys(c, key, HALF_YEAR)), len(before))


def shares(c: Customer, key: str) -> list[float]:
    if COLUMN[key] not in c.has or "net_amount" not in c.has:
        return []
    spent: dict[str | None, int] = defaultdict(int)
    for line in c.within(c.bought, YEAR):
        spent[getattr(line, key)] += line.cents or 0
    spent.pop(None, None)
    return [value / sum(spent.values()) for value in spent.values()]


def of_shares(key: str, statistic: Callable[[list[float]], float]) -> Callable[[Customer], Value]:
    return lambda c: statistic(found) if (found := shares(c, key)) else None


def herfindahl(found: list[float]) -> float:
    return math.fsum(share**2 for share in found)


def entropy(found: list[float]) -> float:
    return -math.fsum(share * math.log(share) for share in found)
