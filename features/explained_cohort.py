"""What a value among all customers rests on: how many there are, and the parameters that were fitted to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from features.btyd import FEWEST_FITTED, BgNbd, GammaPoisson, fit_bg_nbd, fit_gamma_poisson
from features.cohort import AMONG_ELIGIBLE, in_weeks
from features.engine.expression import Cohort

Array = npt.NDArray[np.float64]
Facts = dict[str, float]


def facts_of(node: Cohort, arguments: Sequence[Array], eligible: npt.NDArray[np.bool_]) -> Facts:
    """Numbers by name: `customers`, `repeat_buyers` and parameters of a fit (weeks), or `peers`, who have a value.

    Args:
        node: the value.
        arguments: (n,) each, over the customers known at the cutoff.
        eligible: which of them are, (n,).
    """
    if node.name == "buying":
        return _fit(arguments, poisson=node.output == "expected")
    among = eligible if node.name in AMONG_ELIGIBLE else np.ones(eligible.size, dtype=bool)
    named = "peers" if node.name in AMONG_ELIGIBLE else "customers"
    return {named: float((~np.isnan(arguments[0][among])).sum())}


def missing(node: Cohort, arguments: Sequence[Array], place: int, facts: Facts) -> str:
    """Why the customer at `place` has no such value."""
    if node.name == "alike":
        return "no amount is common among eligible customers"
    if node.name != "buying":
        return "" if np.isnan(arguments[0][place]) else "no eligible customer has a value to stand beside"
    if not arguments[0][place] > 0:
        return "the customer has no order in the window"
    if "r" not in facts:
        return f"too few customers to fit a model: at least {FEWEST_FITTED} with a second order are needed"
    return ""


def _fit(arguments: Sequence[Array], *, poisson: bool) -> Facts:
    bought = arguments[0] > 0
    repeats, last, age = in_weeks(arguments, bought)
    counted = {"customers": float(bought.sum()), "repeat_buyers": float((repeats > 0).sum())}
    model: BgNbd | GammaPoisson | None = fit_gamma_poisson(repeats, age) if poisson else fit_bg_nbd(repeats, last, age)
    return counted if model is None else {**counted, **vars(model)}
