"""What offers against churn would have earned on the test rows, at the configured assumptions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.evaluation.profit import FACTORS, Campaign, Choices, profit_curve
from models.evaluation.tested_rows import MODEL, TestRows
from pipeline.config import Config
from pipeline.learning.drawing import draws_of
from pipeline.matrices.dataset import Dataset
from pipeline.standing.standing_rows import usual_offer
from pipeline.standing.values import expected_margin

Array = npt.NDArray[np.float64]


def choices_of(rows: TestRows, later: Dataset, share: Array, rival: str, config: Config) -> Choices | None:
    """The test rows as customers an offer could be made to; None without rows or where amounts are unknown.

    Args:
        rows: test rows.
        later: the same rows with their features.
        share: the margin of each, over its spend.
        rival: the name of the score to compare with, "" for none.
        config: planning period.
    """
    value = expected_margin(later, share, config.scoring)
    if not len(later) or np.isnan(value).any():
        return None
    return Choices(rows.customer, rows.label, rows.scores[MODEL], rows.scores[rival or MODEL], value)


def campaigns(choices: Choices, config: Config) -> list[Campaign]:
    """An offer to whom it is expected to pay for, at half, at once and at twice the assumed acceptance."""
    return [choices.campaign(usual_offer(config).times(factor), **draws_of(config)) for factor in FACTORS]


def curve(choices: Choices, config: Config) -> tuple[Array, Array]:
    """Share contacted and profit a row, see `profit_curve`."""
    return profit_curve(choices.probability, choices.label, choices.value, usual_offer(config))
