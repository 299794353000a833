"""The labels once more, slowly: plain Python over raw order lines, with the hindsight of all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import median

from customers import Cohort, Customer, Line, Value, is_bought
from rhythm_reference import YEAR, known_days, ratio, usual_spend


@dataclass
class Outcome:
    """What one customer bought in `[T + gap, T + gap + horizon)`, and ever before that window."""

    customer: Customer
    lines: Sequence[Line]
    gap: int

    @property
    def opens(self) -> date:
        return self.customer.cutoff + timedelta(days=self.gap)

    @property
    def closes(self) -> date:
        return self.opens + timedelta(days=self.customer.horizon)

    @cached_property
    def bought(self) -> list[Line]:
        c = self.customer
        return [line for line in self.lines if line.customer == c.name and is_bought(line, c.has)]

    @cached_property
    def inside(self) -> list[Line]:
        return [line for line in self.bought if self.opens <= line.day < self.closes]

    def new(self, key: str) -> dict[str | None, set[date]]:
        """Products or categories never bought before the window, with the days they were bought on in it."""
        known = {getattr(line, key) for line in self.bought if line.day < self.opens} | {None}
        days = defaultdict(set)
        for line in self.inside:
            if getattr(line, key) not in known:
                days[getattr(line, key)].add(line.day)
        return days

    def kept(self, lines: Sequence[Line]) -> Value:
        """The spend on `lines` as a multiple of the run-rate over the horizon."""
        if "net_amount" not in self.customer.has:
            return None
        return ratio(sum(line.cents or 0 for line in lines), usual_spend(self.customer, self.customer.horizon))

    def months(self) -> int:
        """Whole periods of 30 days, counted back from the window's end, with an order."""
        periods_back = {((self.closes - line.day).days - 1) // 30 for line in self.inside}
        return len(periods_back & set(range(self.customer.horizon // 30)))


def months_before(c: Customer) -> tuple[int, int]:
    """Months with an order, and months: the last 12, or those after the month of the first order."""
    first = (known_days(c) - 1) // 30
    filled = {((c.cutoff - line.day).days - 1) // 30 for line in c.bought}
    return (len(filled & set(range(12))), 12) if first >= 12 else (len(filled - {first}), first)


def regularity(c: Customer, peers: float) -> tuple[float, int]:
    """Months with an order, and months; what lacks of three is filled as usual among peers."""
    filled, months = months_before(c)
    return filled + max(3 - months, 0) * peers, max(months, 3)


def all_of(*truths: Value) -> Value:
    """0 if one is known to be false, null if one is unknown, else 1."""
    return 0.0 if 0 in truths else None if None in truths else 1.0


def any_of(*truths: Value) -> Value:
    """1 if one is known to be true, null if one is unknown, else 0."""
    return 1.0 if 1 in truths else None if None in truths else 0.0


def at_least(value: Value, bound: Value) -> Value:
    return None if value is None or bound is None else float(value >= bound)


def middle(values: Iterable[Value]) -> Value:
    known = [value for value in values if value is not None]
    return median(known) if known else None


Acts = dict[str, Value]


def silence(outcomes: list[Outcome]) -> list[Acts]:
    return [{"silent": float(not outcome.inside), "label": float(not outcome.inside)} for outcome in outcomes]


NEEDS_A_TABLE = ("invests", "renews", "withstands", "concentrates")


def partnership(outcomes: list[Outcome]) -> list[Acts]:
    """The acts that order lines show, and all of them together."""
    peers = middle(outcome.kept(outcome.inside) for outcome in outcomes)
    months = [months_before(outcome.customer) for outcome in outcomes]
    usual = middle(filled / number for filled, number in months if number >= 3) or 0.0
    return [_partnership(outcome, peers, usual) for outcome in outcomes]


def _partnership(outcome: Outcome, peers: Value, usual: float) -> Acts:
    c, new = outcome.customer, outcome.new("product")
    old = [line for line in outcome.inside if line.product not in new]
    repeated = float(any(len(days) >= 2 for days in new.values())) if "product_id" in c.has else None
    filled, months = regularity(c, usual)
    holds = at_least(outcome.kept(old) if "product_id" in c.has else None, peers and 0.9 * peers)
    acts = {
        "stays": all_of(float(bool(outcome.inside)), at_least(outcome.kept(outcome.inside), peers and 0.5 * peers)),
        "expands": all_of(repeated, holds),
        "plans": float(outcome.months() * months >= filled * (c.horizon // 30)),
    }
    widened = float(any(len(days) >= 2 for days in outcome.new("category").values()))
    label, unseen = all_of(*acts.values()), dict.fromkeys(NEEDS_A_TABLE)
    return {**acts, "new_category": widened if "category" in c.has else None, **unseen, "label": label}


def own_rhythm(outcomes: list[Outcome]) -> list[Acts]:
    """Silent for twice the own long gap, which is drawn to the population's by five gaps; between 30 and 90 days."""
    long = [long_gap(outcome.customer) for outcome in outcomes]
    usual = middle(own for own, _ in long)
    return [_own_rhythm(outcome, *own, usual) for outcome, own in zip(outcomes, long, strict=True)]


def _own_rhythm(outcome: Outcome, own: Value, gaps: int, usual: Value) -> Acts:
    patience = 90
    if usual is not None:
        shrunk = ((own or 0) * gaps + usual * 5) / (gaps + 5)
        patience = min(90, max(30, math.ceil(2 * shrunk)))
    closes = outcome.opens + timedelta(days=patience)
    silent = float(not any(outcome.opens <= line.day < closes for line in outcome.bought))
    return {"silent": silent, "label": silent, "closes": closes}


def long_gap(c: Customer) -> tuple[Value, int]:
    """The ninth decile of the gaps between order days, by linear interpolation, and how many gaps there are."""
    days = sorted({line.day for line in c.bought})
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    if not gaps:
        return None, 0
    position = 0.9 * (len(gaps) - 1)
    below = int(position)
    above = gaps[min(below + 1, len(gaps) - 1)]
    return gaps[below] + (position - below) * (above - gaps[below]), len(gaps)


def partial(outcomes: list[Outcome]) -> list[Acts]:
    """Spends less than half of what it did over the same days a year ago, peers allowed for, or drops a category."""
    kept = [spend_against_season(outcome) for outcome in outcomes]
    peers = middle(kept)
    return [_partial(outcome, own, peers) for outcome, own in zip(outcomes, kept, strict=True)]


def _partial(outcome: Outcome, kept: Value, peers: Value) -> Acts:
    held = at_least(kept, None if peers is None else 0.5 * peers)
    dropped, stopped = None if held is None else 1 - held, category_stopped(outcome)
    return {"dropped": dropped, "category_stopped": stopped, "label": any_of(dropped, stopped or 0.0)}


def spend_against_season(outcome: Outcome) -> Value:
    c = outcome.customer
    if "net_amount" not in c.has:
        return None
    since = YEAR - outcome.gap
    length = min(c.horizon, since)
    season = sum(line.cents or 0 for line in c.within(c.bought, length, since - length)) * (c.horizon / length)
    expected = season if season and known_days(c) > since else usual_spend(c, c.horizon)
    return ratio(sum(line.cents or 0 for line in outcome.inside), expected)


def category_stopped(outcome: Outcome) -> Value:
    c = outcome.customer
    if not c.has >= {"net_amount", "category"}:
        return None
    year, spent = c.within(c.bought, YEAR), defaultdict(int)
    for line in year:
        spent[line.category] += line.cents or 0
    big = {category for category, amount in spent.items() if amount / sum(spent.values()) >= 0.2}
    return float(bool(big - {line.category for line in outcome.inside} - {None}))


TARGETS = {"silence": silence, "partnership": partnership, "own_rhythm": own_rhythm, "partial": partial}


def labels(cohort: Cohort, lines: Sequence[Line], gap: int, target: str, end: date) -> dict[str, dict[str, float]]:
    """Acts and label of each eligible customer at one cutoff, by name; NaN where unknown or immature."""
    found, outcomes = {}, [Outcome(c, lines, gap) for c in cohort.eligible()]
    for outcome, acts in zip(outcomes, TARGETS[target](outcomes), strict=True):
        mature = acts.pop("closes", outcome.closes) <= end
        found[outcome.customer.name] = {
            name: math.nan if act is None or not mature else act for name, act in acts.items()
        }
    return found
