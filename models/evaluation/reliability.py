"""Where probabilities are off: tenth by tenth, before and after calibration, beside what chance explains."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from models.evaluation.interval import CONFIDENCE
from models.evaluation.metrics import BINS, calibration_curve
from models.evaluation.tally import Array, Grouping, tally


@dataclass(frozen=True)
class Tenth:
    """One of ten equally filled groups by probability: mean probability before and after calibration, share of ones.

    A perfectly calibrated model with these probabilities would see a share in `[low, high]` 95 times in 100.
    """

    rows: float
    before: float
    predicted: float
    observed: float
    low: float
    high: float

    @property
    def off(self) -> bool:
        """Whether chance does not explain the share."""
        return not self.low <= self.observed <= self.high

    def summary(self) -> dict[str, float]:
        """JSON-able."""
        return asdict(self)


def tenths(label: Array, probability: Array, uncalibrated: Array, *, draws: int = 500, seed: int = 0) -> list[Tenth]:
    """The ten groups, from the lowest probability up; none without rows.

    Args:
        label: 0 or 1 (n,).
        probability: calibrated (n,).
        uncalibrated: (n,), in the same order of size: calibration keeps the ranking.
        draws: times labels are drawn from the probabilities for the ranges.
        seed: of the draws.
    """
    if not label.size:
        return []
    predicted, observed, weight = calibration_curve(tally(label, probability))
    before, _, _ = calibration_curve(tally(label, uncalibrated))
    low, high = _chance(probability, draws, seed)
    return [Tenth(*map(float, row)) for row in zip(weight, before, predicted, observed, low, high, strict=True)]


def _chance(probability: Array, draws: int, seed: int) -> tuple[Array, Array]:
    """The range of each group's share of ones, (bins,) each, if the probabilities were right."""
    grouping = Grouping.of(np.zeros(probability.size), probability)
    ranked = probability[grouping.order]
    random = np.random.default_rng(seed)
    shares = np.empty((draws, BINS))
    for draw in range(draws):
        drawn = (random.random(ranked.size) < ranked).astype(np.float64)
        shares[draw] = calibration_curve(grouping.tally(label=drawn))[1]
    low, high = np.quantile(shares, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return low, high
