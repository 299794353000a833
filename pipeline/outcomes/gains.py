"""What plays are expected to gain for the customers of today, as a table: whom to treat, and whom to leave alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.decision.uplift import Uplift
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.whom import Whom


def gains(found: Sequence[Whom], present: Attempts | None) -> pd.DataFrame:
    """What each play with a model is expected to gain for the customers eligible now, best first within a play.

    Columns: customer_id, play, day (what was known before it), risk_before, gain (how much likelier the customer is
    expected to stay when treated), counted_gain (what of it can be counted on, see `models.decision.uplift.SURE`),
    advised (whether that is above 0), harmed (expected to be driven away), avoid (harmed, or not advised although there
    were lots enough to show who gains), better_than_risk (whether the ranking is shown to beat ranking by risk).
    """
    parts = [_gains(whom, whom.model, present) for whom in found if whom.model is not None and present is not None]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=GAINED)
    return table.sort_values(["play", "gain", "customer_id"], ascending=[True, False, True], ignore_index=True)


GAINED = [
    "customer_id", "play", "day", "risk_before", "gain", "counted_gain", "advised", "harmed", "avoid",
    "better_than_risk",
]  # fmt: skip


def _gains(whom: Whom, model: Uplift, present: Attempts) -> pd.DataFrame:
    gain = model.gain(np.asfortranarray(present.modifiers), present.modifier_names)
    advised, harmed = gain.counted > 0, gain.expected < 0
    told = (gain.expected, gain.counted, advised, harmed, harmed | (~advised & whom.enough), whom.better)
    columns = (present.data.customer_id, whom.play, present.data.cutoff, present.risk, *told)
    return pd.DataFrame(dict(zip(GAINED, columns, strict=True)))
