"""The level of what is foreseen: the cutoffs it is calibrated on, and the customers as they stand now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.explanation.sentence import NOTHING, Sentence
from models.level import Classical, drawn
from models.propensity import Propensity
from models.stored import Model
from pipeline.config import Config
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.tasks import Task

CLASSICAL = "probability_silent"
"""The feature that holds what BG/NBD, fitted at the cutoff, says of silence over the horizon."""
WORTH_TELLING = 0.05
"""Log-odds: about one in a hundred at a probability of a half."""
DRAWN_UP = "the level was drawn up by {by:.2f} in log-odds, towards what BG/NBD says of today's customers"
DRAWN_DOWN = "the level was drawn down by {by:.2f} in log-odds, towards what BG/NBD says of today's customers"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [DRAWN_UP, DRAWN_DOWN]


def answered_classically(kind: str, config: Config, names: Sequence[str]) -> bool:
    """Whether a feature among `names` holds a classical model's own probability of a kind of target."""
    return kind == "churn" and config.churn.target == "silence" and CLASSICAL in names


def calibration_cutoffs(data: Dataset, config: Config) -> npt.NDArray[np.datetime64]:
    """The cutoffs of the data's last days that calibration is fitted on, as many days as configured."""
    cutoffs = np.unique(data.cutoff[~np.isnan(data.label)])
    return cutoffs[cutoffs > cutoffs[-1:] - np.timedelta64(config.training.calibration_days, "D")]


def at_level(model: Propensity, data: Dataset, present: Dataset, task: Task, config: Config) -> Propensity:
    """The model, fitted on `data`, at the level of the customers as they stand now, `present`.

    Only where a classical model answers the same question; of `present` nothing but features is looked at.
    """
    if not answered_classically(task.target.kind, config, data.names):
        return model
    late = data.only([CLASSICAL]).take(np.isin(data.cutoff, calibration_cutoffs(data, config)))
    here = present.only(data.names)
    then, came = late.column(CLASSICAL), late.label.astype(np.float64)
    said = Classical(here.column(CLASSICAL), then, came, late.cutoff, task.window.horizon_days)
    return drawn(model, here.values, said, config.training.level_share)


def level_note(model: Model) -> Sentence:
    """What to say of a model whose level was drawn; nothing where it was not, or by so little that nobody would see "
    "it.
    """
    by = model.calibration.drawn if isinstance(model, Propensity) else 0.0
    if abs(by) < WORTH_TELLING:
        return NOTHING
    return Sentence(DRAWN_UP if by > 0 else DRAWN_DOWN, by=abs(by))
