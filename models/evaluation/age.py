"""How good a model of a certain age still is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Age:
    """The old model at one cutoff: months since it could have been trained, AUC, calibration error and its band.

    `rival` is the AUC of the best baseline there, which needs no training: what falls with it is the season, not age.
    """

    cutoff: str
    months: int
    rows: int
    auc: float
    rival: float
    error: float
    band: float
