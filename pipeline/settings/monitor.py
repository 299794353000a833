"""Settings of `moorings monitor`: what chance may do, and from what size on a change is worth an alarm."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings.filters import Section
from pipeline.settings.training import Count, Share

Factor = Annotated[float, Field(ge=1)]


class Monitor(Section):
    """Limits of the checks: those of `models.evaluation.drift`, of tables, and of kept promises."""

    chance: Annotated[float, Field(gt=0, lt=1)]
    draws: Count
    training_cutoffs: Count
    smallest_shift: Share
    smallest_rate_shift: Share
    smallest_auc_loss: Share
    smallest_calibration_error: Share
    least_history: Annotated[int, Field(ge=2)]
    window_days: Count
    windows: Count
    rows_margin: Share
    share_margin: Share
    scale_factor: Factor
