"""Cohort functions: values of a customer that depend on all customers known at the cutoff.

Each takes its arguments as columns over those customers, (n,), and which of them are eligible, (n,), and
returns its outputs as columns (n,) by name, at least those wanted; where it is said of whom they are asked, (n,),
those of others may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from features.btyd import fit_bg_nbd, fit_gamma_poisson
from features.engine.kernels_of_ranks import most_alike, ranks

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
DAYS_A_WEEK = 7.0
BUYING = ("expected", "alive", "silent", "active")
"""The outputs of the buy-till-you-die models."""
CELLS_A_ROW = 16
"""A table of so many cells for each row still costs less than sorting the rows."""


def eligible(
    arguments: Sequence[Array], chosen: Flags, wanted: Collection[str] = (), asked: Flags | None = None
) -> dict[str, Array]:
    """Where the value stands among eligible customers: their `median`, and its `rank`, from 0 to 1.

    The rank is the share of eligible customers whose value is lower, ties counting half; NaN for a null, and
    for everybody where nobody has a value.
    """
    value = arguments[0]
    if set(wanted) == {"median"}:
        return {"median": np.full(value.size, _median(value[chosen]))}
    rank = np.empty(value.size)
    median = ranks(value, chosen, rank)
    return {"median": np.full(value.size, median), "rank": rank}


def alike(
    arguments: Sequence[Array], chosen: Flags, wanted: Collection[str] = (), asked: Flags | None = None
) -> dict[str, Array]:
    """The `commonest` value: the least of those from which to 1 + `within` times that most eligible customers are.

    Arguments are the value, `within` and the least share of the eligible customers with a value that makes one common,
    the latter two the same for everybody. NaN for everybody where no value is.
    """
    value = arguments[0][chosen]
    there, found = np.sort(value[~np.isnan(value)]), np.nan
    if there.size:
        within, least = (float(argument[0]) for argument in arguments[1:])
        place, many = most_alike(there, 1 + within)
        found = there[place] if many >= least * there.size else np.nan
    return {"commonest": np.full(chosen.size, found)}


def _median(value: Array) -> float:
    """The median of the values that are no NaN, NaN without one; as `ranks` gives it, and cheaper."""
    there = value[~np.isnan(value)]
    if not there.size:
        return np.nan
    middle = (there.size - 1) // 2, there.size // 2
    low, high = np.partition(there, middle)[[*middle]] + 0.0
    return float(low / 2 + high / 2)


def everybody(
    arguments: Sequence[Array], chosen: Flags, wanted: Collection[str] = (), asked: Flags | None = None
) -> dict[str, Array]:
    """The `largest` value of anybody known at the cutoff, NaN where nobody has one; `any`: is one above 0, 1 or 0."""
    known = arguments[0][~np.isnan(arguments[0])]
    outputs = {"largest": known.max() if known.size else np.nan, "any": float((known > 0).any())}
    return {name: np.full(arguments[0].size, value) for name, value in outputs.items()}


def buying(
    arguments: Sequence[Array], chosen: Flags, wanted: Collection[str] = BUYING, asked: Flags | None = None
) -> dict[str, Array]:
    """Buy-till-you-die models fitted on every customer with an order: order days, days since first and last, horizon.

    `expected`: order days in the horizon by gamma-Poisson; `alive`, `silent` (no order in the horizon) and
    `active` (expected order days) by BG/NBD. A fifth argument is the gap: days from the cutoff to where the horizon
    begins. NaN without an order, and where there is too little to fit. Only what is `wanted` is computed, of whom it is
    `asked` (n,); NaN for others.
    """
    bought = arguments[0] > 0
    told = bought if asked is None else bought & asked
    weeks, gap = _weeks(arguments[3]), sum(map(_weeks, arguments[4:]))
    everybody, (repeats, last, age) = in_weeks(arguments, bought), in_weeks(arguments, told)
    outputs = {name: np.full(bought.size, np.nan) for name in wanted}
    if "expected" in wanted and (poisson := fit_gamma_poisson(everybody[0], everybody[2])) is not None:
        outputs["expected"][told] = poisson.expected(repeats, age, weeks)
    if set(wanted) - {"expected"} and (model := fit_bg_nbd(*everybody)) is not None:
        alive = model.alive(repeats, last, age)
        if "alive" in wanted:
            outputs["alive"][told] = alive
        if "silent" in wanted:
            outputs["silent"][told] = model.silent(repeats, last, age, weeks, alive, gap)
        if "active" in wanted:
            rows, place = _alike(arguments[0][told], arguments[1][told])
            ahead = model.expected_of_alive(repeats[rows], age[rows], gap + weeks)
            if gap:
                ahead = ahead - model.expected_of_alive(repeats[rows], age[rows], gap)
            outputs["active"][told] = ahead[place] * alive
    return outputs


def _weeks(days: Array) -> float:
    """A length of time that is the same in every row (n,), in weeks; 0 without rows."""
    return float(days[0]) / DAYS_A_WEEK if days.size else 0.0


def in_weeks(arguments: Sequence[Array], rows: Flags) -> tuple[Array, Array, Array]:
    """Repeats, weeks from the first to the last order day and from the first to the cutoff, of some `rows` (n,)."""
    days, since_first, since_last = (argument[rows] for argument in arguments[:3])
    return days - 1, (since_first - since_last) / DAYS_A_WEEK, since_first / DAYS_A_WEEK


def _alike(days: Array, since_first: Array) -> tuple[Places, Places]:
    """Rows with different order days or days since the first (m,), and for every row (n,) the one that is like it.

    By a table of all there could be; where that would be far larger than the rows, every row stands for itself.
    """
    width = int(since_first.max(initial=0)) + 1
    cells = (int(days.max(initial=0)) + 1) * width
    itself = np.arange(days.size)
    if cells > CELLS_A_ROW * days.size:
        return itself, itself
    cell = (days * width + since_first).astype(np.int64)
    row = np.full(cells, -1)
    row[cell] = itself
    there = np.flatnonzero(row >= 0)
    rows, row[there] = row[there], np.arange(there.size)
    return rows, row[cell]


COHORT_FUNCTIONS: dict[str, Callable[[Sequence[Array], Flags, Collection[str], Flags | None], dict[str, Array]]] = {
    "eligible": eligible,
    "alike": alike,
    "everybody": everybody,
    "buying": buying,
}

AMONG_ELIGIBLE = {"eligible", "alike"}
"""The functions whose values for eligible customers depend on eligible customers alone."""
