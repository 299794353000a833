"""What is predicted under a configuration: targets, each with the window it is watched over."""

from __future__ import annotations

from dataclasses import dataclass

from models.churn import CHURN, ChurnThresholds
from models.partnership import PartnershipThresholds, partnership
from models.target import OutcomeWindow, Target
from pipeline.config import Config
from pipeline.settings.training import AUTO


@dataclass(frozen=True)
class Task:
    """A target with the window it is watched over."""

    target: Target
    window: OutcomeWindow


def tasks(config: Config) -> dict[str, Task]:
    """What is predicted under this configuration, by kind: churn, partnership.

    Raises:
        ValueError: the horizon of partnership is still open, see `partnership_task`.
    """
    known = {"churn": churn_task, "partnership": partnership_task}
    return {kind: known[kind](config) for kind in config.training.targets}


def churn_task(config: Config) -> Task:
    """The configured definition of churn; by the own rhythm, it is watched until everybody's own window has passed."""
    chosen, gap = config.churn, config.time.gap_days
    target = CHURN[chosen.target](ChurnThresholds(**chosen.model_dump(exclude={"target"})), gap)
    horizon = chosen.rhythm_most_days if chosen.target == "own_rhythm" else config.time.horizon_days
    return Task(target, OutcomeWindow(gap, horizon))


def partnership_task(config: Config) -> Task:
    """Partnership with the configured thresholds.

    Raises:
        ValueError: its horizon is left to the history or to a model, and nobody has asked these yet: a guess here could
            score with another question than the model was trained on. See `pipeline.learning.horizon`.
    """
    own = {"horizon_days", "low_base_rate", "high_base_rate"}
    target = partnership(PartnershipThresholds(**config.partnership.model_dump(exclude=own)))
    horizon = config.partnership.horizon_days
    if horizon == AUTO:
        raise ValueError("the horizon of partnership is still open: settle it by a history or by a model first")
    return Task(target, OutcomeWindow(config.time.gap_days, horizon))
