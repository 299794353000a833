"""Which of the rows that a leaf looked at count: told again from the rows, for people to check.

A count is the number of the rows that count, a sum adds their column up. That holds for every leaf of the catalogue and
is tested: it is a second way to the engine's values, row by row, slow and plain.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from features.engine.expression import WHOLE
from features.engine.table_leaf import TableLeaf
from features.engine.tables import ENDED, Flags
from features.explained_purchases import RULES_OF_PURCHASES
from features.explained_rows import Looked, first_of

FEWEST_DAYS = 2
"""Fewer days have no gap between them."""


def counted(looked: Looked) -> Flags:
    """Which of the rows inside count, (n,)."""
    rule = RULES.get(looked.leaf.primitive)
    return looked.inside if rule is None else rule(looked) & looked.inside


def _total(looked: Looked) -> Flags:
    """Days and orders once each, an order on its first day of all; of a column those that add something to the sum."""
    column = looked.leaf.column
    if isinstance(looked.leaf, TableLeaf):
        return np.nan_to_num(looked.number(column)) != 0
    if column == "orders":
        return first_of(looked.events.codes["order"], looked.before)
    return first_of(looked.events.day, looked.inside) if column == "days" else looked.inside


def _age(looked: Looked) -> Flags:
    first = "first" in (looked.leaf.option, looked.leaf.column)
    return _at(np.flatnonzero(looked.inside)[slice(0, 1) if first else slice(-1, None)], looked)


def _at(places: npt.NDArray[np.int64], looked: Looked) -> Flags:
    out = np.zeros(looked.inside.size, dtype=bool)
    out[places] = True
    return out


def _days(looked: Looked) -> Flags:
    return first_of(looked.events.day, looked.inside)


def _long_gaps(looked: Looked) -> Flags:
    """The days that end a long gap."""
    horizon, _, later = looked.leaf.option.partition("+")
    limit = (looked.horizon_days if horizon else 0) + int(later or 0)
    places = np.flatnonzero(_days(looked))
    day = looked.events.day[places]
    if looked.leaf.column == "since_last" and day.size:
        limit += looked.cutoff - int(day[-1])
    return _at(places[1:][np.diff(day) >= limit], looked)


def _periods(looked: Looked) -> Flags:
    length, _, whole = looked.leaf.option.partition(" ")
    start, stop = looked.span
    period = (looked.cutoff - stop - 1 - looked.events.day) // int(length)
    most = (start - stop) // int(length) if whole == WHOLE else period.size + start
    return first_of(period, looked.inside & (period < most))


def _distinct(looked: Looked) -> Flags:
    return first_of(looked.key, looked.inside & looked.named)


def _first_time(looked: Looked) -> Flags:
    return first_of(looked.key, looked.before & looked.named)


def _first_day(looked: Looked) -> npt.NDArray[np.int64]:
    """The first day of each row's key (n,), among all rows known."""
    first = _first_time(looked)
    days = dict(zip(looked.key[first], looked.events.day[first], strict=True))
    return np.array([days.get(code, looked.cutoff) for code in looked.key], dtype=np.int64)


def _first_time_spend(looked: Looked) -> Flags:
    return looked.named & (_first_day(looked) >= looked.cutoff - looked.span[0])


def _first_time_repeated(looked: Looked) -> Flags:
    """The first row on a second day, of keys first bought in the window."""
    first = _first_day(looked)
    again = first_of(looked.key, looked.before & (looked.events.day > first))
    return again & (first >= looked.cutoff - looked.span[0])


def _floor_days(looked: Looked) -> Flags:
    """The days that cost the least that came twice, or hardly more."""
    amount, most = looked.number("amount"), 1 + float(looked.leaf.option)
    days = {day: amount[looked.inside & (looked.events.day == day)].sum() for day in looked.events.day[looked.inside]}
    spent = sorted(days.values())
    floor = next((one for one, other in pairwise(spent) if other <= most * one), np.inf)
    at = [day for day, total in days.items() if floor <= total <= most * floor]
    return first_of(looked.events.day, looked.inside & np.isin(looked.events.day, at))


def _own_periods(looked: Looked) -> Flags:
    """The first day of each whole period as long as the own gap."""
    age = looked.cutoff - looked.events.day
    days = np.unique(looked.events.day[looked.before & (age <= int(looked.leaf.option))])
    if days.size < FEWEST_DAYS:
        return np.zeros(age.size, dtype=bool)
    gap = float(np.median(np.diff(days)))
    whole = min(looked.span[0], int(age[looked.before].max())) // gap
    period = -(-age // gap) - 1
    return first_of(period, looked.inside & (period < whole))


def _holds(looked: Looked) -> Flags:
    return ~(looked.number(ENDED) < looked.cutoff) & ~(looked.number("ends") <= looked.cutoff)


def _standing(looked: Looked) -> Flags:
    return _holds(looked) & (np.nan_to_num(looked.number(looked.leaf.column)) != 0)


def _longest_left(looked: Looked) -> Flags:
    ends = np.where(looked.inside & _holds(looked), looked.number("ends"), -np.inf)
    return (ends == ends.max(initial=-np.inf)) & (ends > looked.cutoff)


def _latest(looked: Looked) -> Flags:
    held = looked.inside & ~(looked.number(ENDED) < looked.cutoff - looked.span[1])
    return _at(np.flatnonzero(held)[-1:], looked)


def _stock(looked: Looked) -> Flags:
    life = looked.number("ends") - looked.number("starts")
    return _standing(looked) & (life > 0) & (looked.number("ends") > looked.cutoff)


def _fading(looked: Looked) -> Flags:
    young = looked.cutoff - looked.events.day < float(looked.leaf.option)
    return young & (np.nan_to_num(looked.number(looked.leaf.column)) != 0)


def _held_alone(looked: Looked) -> Flags:
    """Keys of which so large a share is ours."""
    column, share = looked.leaf.option.split()
    value, ours, held = looked.number(column), looked.number("ours"), []
    for code in set(looked.key[looked.inside & looked.named]):
        rows = looked.inside & (looked.key == code) & ~np.isnan(value)
        if value[rows].sum() > 0 and np.nansum(ours[rows]) >= float(share) * value[rows].sum():
            held.append(code)
    return np.isin(looked.key, held) & (np.nan_to_num(value) != 0)


RULES: dict[str, Callable[[Looked], Flags]] = {
    "total": _total,
    "age": _age,
    "gap": _days,
    "long_gaps": _long_gaps,
    "periods": _periods,
    "empty_run": _periods,
    "distinct": _distinct,
    "first_time": _first_time,
    "first_time_repeated": _first_time_repeated,
    "first_time_spend": _first_time_spend,
    "floor_days": _floor_days,
    "own_periods": _own_periods,
    "standing": _standing,
    "longest_left": _longest_left,
    "latest": _latest,
    "stock": _stock,
    "fading": _fading,
    "held_alone": _held_alone,
    "largest_share": lambda looked: looked.named,
    "concentration": lambda looked: looked.named,
    **RULES_OF_PURCHASES,
}
"""By primitive; of those that are not here, every row inside counts."""
