"""The labels once more, slowly: plain Python over raw order lines, with the hindsight of all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import median

from customers import Cohort, Customer, Line, Value, is_bought
from rhythm_reference import YEAR, cents, periods, ratio


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

    @property
    def new_products(self) -> dict[str | None, set[date]]:
        """Products never bought before the window, with the days they were bought on in it."""
        known, days = {line.product for line in self.bought if line.day < self.opens}, defaultdict(set)
        for line in self.inside:
            if line.product not in known:
                days[line.product].add(line.day)
        return days

    def kept(self, lines: Sequence[Line]) -> Value:
        """The spend on `lines` as a multiple of the spend of the year before, brought to the horizon."""
        if "net_amount" not in self.customer.has:
            return None
        usual = cents(self.customer, YEAR) * (self.customer.horizon / YEAR)
        return ratio(sum(line.cents or 0 for line in lines), usual)

    def months(self) -> int:
        """Periods of 30 days, counted back from the window's end, with an order; the last may be shorter."""
        return len({((self.closes - line.day).days - 1) // 30 for line in self.inside})


def silence(outcome: Outcome) -> dict[str, Value]:
    return {"silent": float(not outcome.inside)}


def all_of(*truths: Value) -> Value:
    """0 if one is known to be false, null if one is unknown, else 1."""
    return 0.0 if 0 in truths else None if None in truths else 1.0


def at_least(value: Value, bound: Value) -> Value:
    return None if value is None or bound is None else float(value >= bound)


def partnership(outcome: Outcome, peers: Value) -> dict[str, Value]:
    """The three acts; `peers` is the median of what eligible customers kept."""
    c, new = outcome.customer, outcome.new_products
    old = [line for line in outcome.inside if line.product not in new]
    repeated = float(any(len(days) >= 2 for days in new.values())) if "product_id" in c.has else None
    holds = at_least(outcome.kept(old) if "product_id" in c.has else None, peers and 0.9 * peers)
    months_before = sum(periods(c, 30, 12))
    return {
        "stays": all_of(float(bool(outcome.inside)), at_least(outcome.kept(outcome.inside), peers and 0.5 * peers)),
        "expands": all_of(repeated, holds),
        "regular": float(outcome.months() * 12 >= months_before * (c.horizon // 30)),
    }


def labels(cohort: Cohort, lines: Sequence[Line], gap: int, target: str, end: date) -> dict[str, dict[str, float]]:
    """Acts and label of each eligible customer at one cutoff, by name; NaN where unknown or immature."""
    found, outcomes = {}, [Outcome(c, lines, gap) for c in cohort.eligible()]
    known = [value for outcome in outcomes if (value := outcome.kept(outcome.inside)) is not None]
    for outcome in outcomes:
        acts = silence(outcome) if target == "silence" else partnership(outcome, median(known) if known else None)
        acts = {**acts, "label": all_of(*acts.values())} if outcome.closes <= end else dict.fromkeys([*acts, "label"])
        found[outcome.customer.name] = {name: math.nan if act is None else act for name, act in acts.items()}
    return found
