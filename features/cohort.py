"""Cohort functions: values of a customer that depend on all customers known at the cutoff.

Each takes its arguments as columns over those customers, (n,), and which of them are eligible, (n,), and
returns its outputs as columns (n,) by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from features.btyd import fit_bg_nbd, fit_gamma_poisson

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DAYS_A_WEEK = 7.0


def eligible(arguments: Sequence[Array], chosen: Flags) -> dict[str, Array]:
    """The median of the value over eligible customers; NaN where nobody has one."""
    value = arguments[0]
    known = value[chosen & ~np.isnan(value)]
    return {"median": np.full(value.size, np.median(known) if known.size else np.nan)}


def buying(arguments: Sequence[Array], chosen: Flags) -> dict[str, Array]:
    """Buy-till-you-die models fitted on every customer known: order days, days since first and last, horizon.

    `expected`: order days in the horizon by gamma-Poisson; `alive`, `silent` (no order in the horizon) and
    `active` (expected order days) by BG/NBD. NaN where there is too little to fit.
    """
    repeats = arguments[0] - 1
    age, last = arguments[1] / DAYS_A_WEEK, (arguments[1] - arguments[2]) / DAYS_A_WEEK
    weeks = float(arguments[3][0]) / DAYS_A_WEEK if repeats.size else 0.0
    outputs = {name: np.full(repeats.size, np.nan) for name in ("expected", "alive", "silent", "active")}
    poisson, model = fit_gamma_poisson(repeats, age), fit_bg_nbd(repeats, last, age)
    if poisson is not None:
        outputs["expected"] = poisson.expected(repeats, age, weeks)
    if model is not None:
        outputs["alive"] = model.alive(repeats, last, age)
        outputs["silent"] = model.silent(repeats, last, age, weeks)
        outputs["active"] = model.expected(repeats, last, age, weeks)
    return outputs


COHORT_FUNCTIONS: dict[str, Callable[[Sequence[Array], Flags], dict[str, Array]]] = {
    "eligible": eligible,
    "buying": buying,
}
