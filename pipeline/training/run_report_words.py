"""Words that all parts of a run's report have in common: metrics, rivals, and what is off."""

from __future__ import annotations

from collections.abc import Iterable

from models.baselines import BASELINES, LOGISTIC
from models.evaluation.level import BASE_RATE
from models.evaluation.staying import STAYS
from models.evaluation.tested_rows import MODEL, UNCALIBRATED
from models.explanation.language import Language

METRICS = {"roc_auc": "AUC", "average_precision": "AP", "brier": "Brier", "calibration_error": "calibration error"}
LEFT_OUT = '*Left out: `[training] checks` is not "full", or there is too little for it.*'
OFF = "off"
RIVALS = (
    *(MODEL, UNCALIBRATED, LOGISTIC, STAYS, "boosting", BASE_RATE),
    *dict.fromkeys(each.name for kinds in BASELINES.values() for each in kinds),
)
"""Every score that a table may show beside the model."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [METRICS["calibration_error"], LEFT_OUT, OFF, *(name.replace("_", " ") for name in RIVALS)]


def rival(name: str, language: Language) -> str:
    """A score by name, as people say it."""
    return language.text(name.replace("_", " "))


def heads(english: Iterable[str], language: Language) -> list[str]:
    """The headings of a table."""
    return [language.text(each) for each in english]


def judged(error: float, band: float, language: Language) -> tuple[float, float, str]:
    """A calibration error, what chance explains, and a word where it is more."""
    return error, band, language.text(OFF) if error > band else ""
