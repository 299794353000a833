"""What a customer is worth: spend and margin expected of it, if it stays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.settings import Scoring

Array = npt.NDArray[np.float64]
YEAR = 365.0


class Valued(Protocol):
    """Features of customers at cutoffs: `values` (n, features) and the names of its columns."""

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102 - see the class
    @property
    def values(self) -> npt.NDArray[np.float32]: ...  # noqa: D102


def expected_spend(rows: Valued, days: int) -> Array:
    """Spend of the last year scaled to `days`, in the currency (n,); a shorter relationship counts as long as it is.

    NaN where amounts are unknown.
    """
    if "spend_365d" not in rows.names:
        return np.full(len(rows.values), np.nan)
    spend, tenure = (rows.values[:, rows.names.index(name)] for name in ("spend_365d", "tenure_days"))
    return np.asarray(np.maximum(spend, 0) / np.clip(tenure, 1, YEAR) * days, dtype=np.float64)


def expected_margin(rows: Valued, settings: Scoring) -> Array:
    """The expected spend over the planning period x the share of it that is margin, in the currency (n,)."""
    return expected_spend(rows, settings.planning_days) * settings.margin_share
