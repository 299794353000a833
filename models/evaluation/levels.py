"""Whether a new number belongs with those before it: the range that one more of the same kind would fall into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FEWEST = 4
"""Earlier numbers below which no range is told: with fewer it would hold everything."""


@dataclass(frozen=True)
class Level:
    """A new number beside the range `[low, high]` of `earlier` ones; NaN where there are too few."""

    value: float
    low: float
    high: float
    earlier: int

    @property
    def outside(self) -> bool:
        """Whether the new number is surely none of the same kind."""
        return bool(self.value < self.low or self.value > self.high)


def level(value: float, earlier: npt.ArrayLike, noise: float, chance: float) -> Level:
    """Judge a new number by earlier ones.

    Args:
        value: the new number.
        earlier: the earlier ones, (n,).
        noise: the standard error of the new number by itself: what counting few customers adds.
        chance: of a false alarm.

    The prediction interval of one more normal value (Hahn & Meeker 1991), never narrower than the noise alone.
    """
    known = np.asarray(earlier, dtype=np.float64)
    known = known[~np.isnan(known)]
    if known.size < FEWEST or np.isnan(value):
        return Level(value, float("nan"), float("nan"), int(known.size))
    spread = max(float(known.std(ddof=1)) * np.sqrt(1 + 1 / known.size), noise)
    reach = float(stats.t.ppf(1 - chance / 2, known.size - 1)) * spread
    return Level(value, float(known.mean()) - reach, float(known.mean()) + reach, int(known.size))
