"""Settings of monitoring."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings import Count, Share, Whole
from pipeline.settings_filters import Section


class Monitor(Section):
    """From where on a check raises an alarm."""

    chance: Annotated[float, Field(gt=0, lt=1)]
    draws: Annotated[int, Field(ge=100)]
    cutoffs: Count
    least_shift: Share
    least_move: Share
    stale_days: Whole
    month_share: Share
    null_rise: Share
    auc_loss: Share
