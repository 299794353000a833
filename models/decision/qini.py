"""How well a ranking finds the customers that an action helps: the Qini curve, from an experiment or from the truth.

The curve says what treating only the best share of a ranking would have saved, per customer of all. A ranking that
knows nothing lies on the straight line to what treating everybody saves. The Qini area is what lies above that line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.interval import Interval, interval, owners, weights
from models.evaluation.tally import Array

Flags = npt.NDArray[np.bool_]
SHARES = 100
"""Points of a curve: every hundredth of the customers."""
TOPS = (0.1, 0.2, 0.3)


@dataclass(frozen=True)
class Trial:
    """What came of n randomised customers: `left` (n,) 0 or 1, `treated` (n,), and what each counts, `weight` (n,).

    What was known before may be taken out of `left`, see `effects.adjusted`: it differs between arms by chance alone.

    Weights make up for shares of hold-outs that differ between campaigns: one over the chance of the customer's own
    arm. Where the share was the same everywhere they may all be 1.
    """

    left: Array
    treated: Flags
    weight: Array

    @classmethod
    def of(cls, left: npt.ArrayLike, treated: npt.ArrayLike, campaign: npt.ArrayLike | None = None) -> Trial:
        """The trial of customers (n,), each weighted by the share of its arm in its campaign (n,)."""
        flags = np.asarray(treated, dtype=bool)
        groups = np.zeros(flags.size) if campaign is None else np.asarray(campaign)
        numbers = np.unique(groups, return_inverse=True)[1]
        size = np.bincount(numbers)
        share = (np.bincount(numbers, weights=flags) / np.maximum(size, 1))[numbers]
        chance = np.where(flags, share, 1 - share)
        return cls(np.asarray(left, dtype=np.float64), flags, 1 / chance)


@dataclass(frozen=True)
class Ranked:
    """A trial in the order of a ranking, best first, so that many weightings are drawn without sorting again."""

    order: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    trial: Trial

    @classmethod
    def of(cls, score: npt.ArrayLike, trial: Trial) -> Ranked:
        """The trial ranked by score (n,), highest first. Customers of one score are taken together or not at all."""
        scores = np.asarray(score, dtype=np.float64)
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if ranked.size else order
        return cls(order, ends, trial)

    def curve(self, times: Array | None = None) -> tuple[Array, Array]:
        """Share of customers treated, 0 to 1, and customers saved per customer of all; (scores + 1,) each.

        `times` (n,) is how often each customer counts. Saved is the share times what the held out of that part of the
        ranking left more often than the treated; 0 where one of them is absent.
        """
        trial, order = self.trial, self.order
        weight = trial.weight if times is None else trial.weight * times
        mass = {arm: (weight * (trial.treated == arm))[order] for arm in (True, False)}
        rates = {arm: _running(mass[arm] * trial.left[order], mass[arm])[self.ends] for arm in mass}
        count = np.cumsum(weight[order])[self.ends]
        share = count / max(float(weight.sum()), 1e-300)
        saved = share * np.nan_to_num(rates[False] - rates[True])
        return np.append(0.0, share), np.append(0.0, saved)

    def area(self, times: Array | None = None) -> float:
        """The Qini area: between the curve and the straight line to its end."""
        return area(*self.curve(times))

    def uplift(self, share: float, times: Array | None = None) -> float:
        """By how much fewer of the best `share` of the ranking leave when treated, a difference of shares."""
        shares, saved = self.curve(times)
        return float(np.interp(share, shares, saved)) / share


def _running(ones: Array, mass: Array) -> Array:
    total = np.cumsum(mass)
    return np.divide(np.cumsum(ones), total, out=np.full(total.size, np.nan), where=total > 0)


def area(share: Array, saved: Array) -> float:
    """Between a curve and the straight line from its beginning to its end, by trapezes."""
    return float(np.trapezoid(saved - share * saved[-1], share))


def true_curve(score: npt.ArrayLike, gain: npt.ArrayLike) -> tuple[Array, Array]:
    """The same curve where the true gain (n,) of treating each customer is known; equal scores are taken together."""
    scores, gains = np.asarray(score, dtype=np.float64), np.asarray(gain, dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if ranked.size else order
    return np.append(0.0, (ends + 1) / scores.size), np.append(0.0, np.cumsum(gains[order])[ends] / scores.size)


@dataclass(frozen=True)
class Contest:
    """Rankings of the same trial: Qini area and uplift among the best shares by ranking, `lead` of the first by rival.

    `curves` are thinned to `SHARES` points, for drawing.
    """

    areas: Mapping[str, Interval]
    tops: Mapping[str, Mapping[float, Interval]]
    lead: Mapping[str, Interval]
    curves: Mapping[str, tuple[Array, Array]]


def contest(
    scores: Mapping[str, Array], trial: Trial, customer: npt.ArrayLike, *, draws: int, seed: int, confidence: float
) -> Contest:
    """Compare rankings (n,) by name, the first against the others, on the same redrawn customers (n,).

    Source: Radcliffe 2007 (Qini); Gutierrez & Gérardy 2017 for the form with rates.
    """
    ranked = {name: Ranked.of(score, trial) for name, score in scores.items()}
    first, *rivals = ranked
    owner = owners(customer)
    drawn = [_figures(ranked, weights(owner, seed, draw)) for draw in range(draws)]
    values = np.array([_figures(ranked, np.ones(owner.size)), *drawn])
    column = {name: place for place, name in enumerate(ranked)}
    return Contest(
        areas={name: interval(values[:, place, 0], confidence) for name, place in column.items()},
        tops={
            name: {top: interval(values[:, place, 1 + at], confidence) for at, top in enumerate(TOPS)}
            for name, place in column.items()
        },
        lead={name: interval(values[:, column[first], 0] - values[:, column[name], 0], confidence) for name in rivals},
        curves={name: _thinned(*each.curve()) for name, each in ranked.items()},
    )


def _figures(ranked: Mapping[str, Ranked], times: Array) -> list[list[float]]:
    """Per ranking: its area, then the uplift among its best shares."""
    found = []
    for each in ranked.values():
        share, saved = each.curve(times)
        found.append([area(share, saved), *(float(np.interp(top, share, saved)) / top for top in TOPS)])
    return found


def _thinned(share: Array, saved: Array) -> tuple[Array, Array]:
    at = np.linspace(0, 1, SHARES + 1)
    return at, np.interp(at, share, saved)
