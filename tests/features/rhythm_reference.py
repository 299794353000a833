"""The reference, families rhythm and steadiness: from the days and amounts of a customer's orders."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise

from customers import Customer, Line, Value

YEAR, TWO_YEARS = 365, 730


def ratio(numerator: Value, denominator: Value) -> Value:
    return None if numerator is None or not denominator else numerator / denominator


def change(recent: Value, before: Value, one: Value) -> Value:
    """Drawn to 0 by the worth of one order day."""
    known = recent is not None and before is not None and one is not None
    return ratio(recent - before, recent + before + one) if known else None


def days_of(c: Customer, days: float = math.inf, ending: int = 0) -> list[date]:
    return sorted({line.day for line in c.within(c.bought, days, ending)})


def order_days(c: Customer, days: float = math.inf, ending: int = 0) -> int:
    return len(days_of(c, days, ending))


def orders(c: Customer, days: int) -> int:
    """An order of several days counts on its first one."""
    first: dict[str, Line] = {}
    for line in sorted(c.bought, key=lambda line: line.day):
        first.setdefault(line.order, line)
    return len(c.within(first.values(), days))


def lines(c: Customer, days: int) -> int:
    return len(c.within(c.bought, days))


def cents(c: Customer, days: float, ending: int = 0) -> Value:
    return sum(line.cents or 0 for line in c.within(c.bought, days, ending)) if "net_amount" in c.has else None


def spend(c: Customer, days: int) -> Value:
    return ratio(cents(c, days), 100)


def known_days(c: Customer) -> int:
    """Days from the first order ever to the cutoff."""
    return (c.cutoff - min(line.day for line in c.bought)).days


def usual_spend(c: Customer, days: int) -> Value:
    """The spend of the year before, brought to `days`; of a younger one that of its days, less one order."""
    spent, ordered = cents(c, YEAR), order_days(c, YEAR)
    if spent is None or not ordered:
        return None
    if known_days(c) > YEAR:
        return spent / YEAR * days
    return spent * max(ordered - 1, 1) / ordered / max(known_days(c), 90) * days


def pieces(c: Customer, days: int) -> Value:
    return sum(line.quantity or 0 for line in c.within(c.bought, days)) if "quantity" in c.has else None


def return_share(c: Customer) -> Value:
    if "net_amount" not in c.has:
        return None
    return ratio(sum(abs(line.cents or 0) for line in c.within(c.returned, YEAR)), cents(c, YEAR))


def gaps(c: Customer, days: float = TWO_YEARS) -> list[int]:
    found = days_of(c, days)
    return [(later - earlier).days for earlier, later in pairwise(found)]


def of_gaps(statistic: Callable[[list[int]], float], days: float = TWO_YEARS) -> Callable[[Customer], Value]:
    return lambda c: statistic(found) if (found := gaps(c, days)) else None


def ninth_decile(values: list[int]) -> float:
    """Linear between neighbours, the smallest value being the 0th and the largest the 10th decile."""
    return values[0] if len(values) == 1 else statistics.quantiles(values, n=10, method="inclusive")[8]


gap_median = of_gaps(statistics.median)
gap_longest = of_gaps(max)


def variation(values: list[float]) -> Value:
    return ratio(statistics.pstdev(values), statistics.fmean(values)) if len(values) > 1 else None


def share_of_gaps(c: Customer, least: int) -> Value:
    return ratio(sum(gap >= least for gap in gaps(c, math.inf)), order_days(c) - 1)


def own_silence_odds(c: Customer) -> float:
    """(n + 1/2) / (m + 1): n of the m gaps as long as the present silence lasted another gap and horizon."""
    as_long = [gap for gap in gaps(c, math.inf) if gap >= c.last]
    return (sum(gap >= c.last + c.gap + c.horizon for gap in as_long) + 0.5) / (len(as_long) + 1)


def halving(c: Customer, days: int) -> float:
    """Order days, each counting half after every `days` days."""
    return math.fsum(0.5 ** (c.age(placed) / days) for placed in days_of(c))


def spend_halving(c: Customer, days: int) -> Value:
    if "net_amount" not in c.has:
        return None
    return math.fsum((line.cents or 0) / 100 * 0.5 ** (c.age(line.day) / days) for line in c.bought)


def spend_change(c: Customer, days: int) -> Value:
    return change(cents(c, days), cents(c, days, ending=days), ratio(cents(c, math.inf), order_days(c)))


def order_days_change(c: Customer, days: int) -> Value:
    return change(order_days(c, days), order_days(c, days, ending=days), 1)


def against_peers(c: Customer, value: Callable[[Customer], Value]) -> Value:
    own, usual = value(c), c.cohort.median(value)
    return None if own is None or usual is None else own - usual


def rank_of(value: Callable[..., Value], **arguments: object) -> Callable[[Customer], Value]:
    return lambda c: c.cohort.rank(c, partial(value, **arguments))


def season_last_year(c: Customer, value: Callable[..., Value], years: int = 1) -> Value:
    """The span of one horizon that began years before the gap was over, as far as it is before the cutoff."""
    oldest = max(peer.first for peer in c.cohort.customers)
    return value(c, c.horizon, ending=years * YEAR - c.gap - c.horizon) if oldest >= years * YEAR else None


def periods(c: Customer, length: int, number: int) -> list[bool]:
    """Period 0 is the latest."""
    return [order_days(c, length, ending=length * index) > 0 for index in range(number)]


def share_of_months(c: Customer) -> float:
    return sum(periods(c, 30, 12)) / min(math.ceil(c.first / 30), 12)


def own_periods(c: Customer) -> Value:
    """Whole periods of one usual gap, from the cutoff back over a year at most, or to the first order."""
    usual = gap_median(c)
    whole = math.floor(min(YEAR, c.first) / usual) if usual else 0
    ages = [c.age(day) for day in days_of(c)]
    return ratio(sum(any(n * usual < age <= (n + 1) * usual for age in ages) for n in range(whole)), whole)


def longest_run(filled: list[bool]) -> int:
    return max(map(len, "".join("x" if full else "." for full in filled).split("x")))


def sizes(c: Customer, days: float = YEAR) -> list[float]:
    """Spend per order day, earliest first."""
    if "net_amount" not in c.has:
        return []
    by_day: dict[date, float] = defaultdict(float)
    for line in c.within(c.bought, days):
        by_day[line.day] += line.cents or 0
    return [by_day[day] for day in sorted(by_day)]


def size_ratio(c: Customer, top: Callable[[list[float]], float], bottom: Callable[[list[float]], float]) -> Value:
    return ratio(top(sizes(c)), bottom(sizes(c))) if sizes(c) else None
