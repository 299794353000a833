"""Whether intervals around probabilities cover as they say: tenth by tenth of customers, cutoff by cutoff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from models.calibration import Calibration, odds

Array = npt.NDArray[np.float64]
GROUPS = 10
DRAWS = 2_000
CONFIDENCE = 0.9


@dataclass(frozen=True)
class Coverage:
    """Of `cells`, groups of customers of like probability at one cutoff, the share `inside` its interval."""

    cells: int
    inside: float
    confidence: float

    @classmethod
    def of(cls, found: npt.NDArray[np.bool_], confidence: float = CONFIDENCE) -> Coverage:
        """Of groups that are inside, or not."""
        return cls(found.size, float(found.mean()) if found.size else float("nan"), confidence)

    def summary(self) -> dict[str, float]:
        """JSON-able."""
        return {"cells": self.cells, "inside": self.inside, "confidence": self.confidence}


def coverage(
    label: Array, probability: Array, cutoff: npt.NDArray[np.datetime64], calibration: Calibration, *, seed: int = 0
) -> dict[str, Coverage]:
    """By cutoff, how many of its ten groups lie where the interval of `Calibration.interval` has them, see `covered`.

    Args:
        label: 0 or 1 (n,).
        probability: calibrated (n,).
        cutoff: (n,).
        calibration: whose interval is asked.
        seed: of the draws.
    """
    found = {
        str(day): covered(label[cutoff == day], probability[cutoff == day], calibration, seed=seed)
        for day in np.unique(cutoff)
    }
    return {day: Coverage.of(inside) for day, inside in found.items() if inside.size}


def covered(
    label: Array, probability: Array, calibration: Calibration, *, confidence: float = CONFIDENCE, seed: int = 0
) -> npt.NDArray[np.bool_]:
    """Whether the share of ones in each of ten groups by probability, at one cutoff, lies where it was promised, (10,).

    A group of some hundred customers misses the share promised by chance alone: the interval is that of
    `Calibration.interval` with the chance of as many draws on top. Groups of one cutoff share its level, so ten of
    them are worth little more than one. None without a measured spread.

    Args:
        label: 0 or 1 (n,).
        probability: calibrated (n,).
        calibration: whose interval is asked.
        confidence: share of groups that should be inside.
        seed: of the draws.
    """
    if calibration.independent <= 1 or label.size < GROUPS:
        return np.zeros(0, dtype=bool)
    random = np.random.default_rng(seed)
    shift = calibration.spread * random.standard_t(calibration.independent - 1, DRAWS)
    order = np.argsort(probability, kind="stable")
    inside = []
    for rows in np.array_split(order, GROUPS):
        chance = special.expit(odds(probability[rows])[:, None] + shift).mean(axis=0)
        share = random.binomial(rows.size, chance) / rows.size
        low, high = np.quantile(share, [(1 - confidence) / 2, (1 + confidence) / 2])
        inside.append(low <= label[rows].mean() <= high)
    return np.array(inside)
