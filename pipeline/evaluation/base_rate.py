"""What to say where the share of partners does not fit the trade: the same after a training and after a backtest."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from models.explanation.sentence import NOTHING, Sentence
from pipeline.config import Config

OUTSIDE = "{rate:.1%} of the rows are partners, outside {low:.0%} to {high:.0%}: the definition may not fit the trade"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [OUTSIDE]


def base_rate_note(label: npt.NDArray[np.floating[Any]], kind: str, config: Config) -> Sentence:
    """What to say of a share of partners outside [partnership] low_base_rate to high_base_rate; nothing where it fits.

    Args:
        label: of the rows (customer and cutoff), (n,): 0, 1, or NaN where immature, which do not count.
        kind: of target. Only partnership has bounds: its definition is ours and can miss the trade, churn happens.
        config: the bounds.
    """
    known = label[~np.isnan(label)]
    low, high = config.partnership.low_base_rate, config.partnership.high_base_rate
    if kind != "partnership" or not known.size or low <= known.mean() <= high:
        return NOTHING
    return Sentence(OUTSIDE, rate=float(known.mean()), low=low, high=high)
