"""The strength audit: does the strength of a customer tell what it does next, beside what its behaviour tells?

Strength is credit, size, staff and growth: what partners are usually picked by. Commitment is what a customer was
seen to do. Both are measured on the same rows; `verdict.py` says in words what the intervals allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.bootstrap import redraw
from models.evaluation.interval import Interval, interval_of
from models.evaluation.tally import Array

STRENGTH, BEHAVIOUR, BOTH = "strength", "behaviour", "both"
MODELS = (STRENGTH, BEHAVIOUR, BOTH)
FIFTH = 0.2
"""The share of customers that counts as the top, and so the overlap of two rankings that have nothing in common."""
AUDITED = ("roc_auc", "average_precision")


@dataclass(frozen=True)
class Audit:
    """Figures of models from strength only, from behaviour only and from both, and their paired differences.

    `figures[model][metric]`; `leads` of behaviour over strength and of both over behaviour, by metric. `overlap`:
    the share of the top fifth by commitment shown that the top fifth by each score holds, where acts are watched.
    `sources` are the features that stand for strength; `proxy` is true where no table of customers gives any.
    """

    figures: Mapping[str, Mapping[str, Interval]]
    behaviour_over_strength: Mapping[str, Interval]
    both_over_behaviour: Mapping[str, Interval]
    overlap: Mapping[str, Interval]
    sources: tuple[str, ...]
    proxy: bool

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "figures": {name: {m: found.summary() for m, found in row.items()} for name, row in self.figures.items()},
            "behaviour_over_strength": {name: found.summary() for name, found in self.behaviour_over_strength.items()},
            "both_over_behaviour": {name: found.summary() for name, found in self.both_over_behaviour.items()},
            "overlap_of_top_fifths": {name: found.summary() for name, found in self.overlap.items()},
            "strength_features": list(self.sources),
            "proxy": self.proxy,
        }


@dataclass(frozen=True)
class AuditRows:
    """Test rows (n,) with scores by model; `size` ranks by strength, `acts` counts the acts of commitment shown.

    `size` and `acts` are NaN where unknown: such rows take no part in the overlap.
    """

    customer: npt.NDArray[np.generic]
    cutoff: npt.NDArray[np.datetime64]
    label: Array
    scores: Mapping[str, Array]
    size: Array
    acts: Array | None


def audit(
    rows: AuditRows,
    sources: Sequence[str],
    *,
    proxy: bool,
    draws: int,
    seed: int,
    workers: int,
    confidence: float,
) -> Audit:
    """Measure strength, behaviour and both on the same rows, with paired intervals over redraws of customers."""
    found = redraw(
        rows.customer, rows.label, rows.scores, draws=draws, seed=seed, workers=workers, confidence=confidence
    )
    return Audit(
        figures={name: {metric: found.interval(name, metric) for metric in AUDITED} for name in rows.scores},
        behaviour_over_strength={metric: found.difference(BEHAVIOUR, STRENGTH, metric) for metric in AUDITED},
        both_over_behaviour={metric: found.difference(BOTH, BEHAVIOUR, metric) for metric in AUDITED},
        overlap=_overlaps(rows, draws=draws, seed=seed, confidence=confidence),
        sources=tuple(sources),
        proxy=proxy,
    )


def _overlaps(rows: AuditRows, *, draws: int, seed: int, confidence: float) -> dict[str, Interval]:
    """Overlap of the top fifth by strength, and by behaviour, with that by acts, on the same rows."""
    if rows.acts is None:
        return {}
    known = ~np.isnan(rows.size) & ~np.isnan(rows.acts)
    acts, cutoff = rows.acts[known], rows.cutoff[known]
    ranks = {STRENGTH: rows.size[known], BEHAVIOUR: rows.scores[BEHAVIOUR][known]}

    def ranged(score: Array) -> Interval:
        return interval_of(
            lambda weight: overlap(score, acts, cutoff, weight),
            rows.customer[known],
            draws=draws,
            seed=seed,
            confidence=confidence,
        )

    return {name: ranged(score) for name, score in ranks.items()} if known.any() else {}


def overlap(score: Array, other: Array, cutoff: npt.NDArray[np.datetime64], weight: Array) -> float:
    """The share of the top fifth by `other` that the top fifth by `score` holds, within cutoffs; NaN without rows.

    Args:
        score: (n,).
        other: (n,).
        cutoff: (n,) days; both fifths are taken at each.
        weight: how often each row counts (n,).
    """
    shared, whole = 0.0, 0.0
    for day in np.unique(cutoff):
        rows = cutoff == day
        inside = top_fifth(other[rows], weight[rows]) * weight[rows]
        shared += float((top_fifth(score[rows], weight[rows]) * inside).sum())
        whole += float(inside.sum())
    return shared / whole if whole > 0 else float("nan")


def top_fifth(score: Array, weight: Array) -> Array:
    """How much of each row (n,) belongs to the fifth of all weight with the highest scores; equals share alike."""
    values, place = np.unique(-score, return_inverse=True)
    mass = np.bincount(place, weights=weight, minlength=values.size)
    before = np.cumsum(mass) - mass
    room = np.clip(FIFTH * weight.sum() - before, 0, mass)
    return np.asarray(np.divide(room, mass, out=np.zeros_like(mass), where=mass > 0)[place])
