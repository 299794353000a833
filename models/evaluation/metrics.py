"""How good probabilities are: ranking, sharpness and calibration, each a function of a `Tally`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models.evaluation.tally import Array, Tally, tally
from models.explanation.sentence import NOTHING, Sentence

BINS = 10
"""Equal-count bins of the calibration error and of the calibration curve."""
TOP = 0.1
"""The share of customers that the lift speaks of."""


def roc_auc(rows: Tally) -> float:
    """Chance that a one has a higher score than a zero, ties counting half; NaN without both.

    Source: Hanley & McNeil 1982.
    """
    zeros = rows.weight - rows.ones
    pairs = rows.ones.sum() * zeros.sum()
    below = np.cumsum(zeros) - zeros / 2
    return float((rows.ones * below).sum() / pairs) if pairs > 0 else float("nan")


def average_precision(rows: Tally) -> float:
    """Mean precision over the ones, from the highest score down; NaN without ones."""
    found, seen = np.cumsum(rows.ones[::-1]), np.cumsum(rows.weight[::-1])
    if not found.size or found[-1] == 0:
        return float("nan")
    precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
    return float((precision * rows.ones[::-1]).sum() / found[-1])


def brier(rows: Tally) -> float:
    """Mean squared distance between probability and label; NaN without rows. Source: Brier 1950."""
    squares = rows.ones * (1 - rows.score) ** 2 + (rows.weight - rows.ones) * rows.score**2
    return float(squares.sum() / rows.total) if rows.total > 0 else float("nan")


def calibration_curve(rows: Tally) -> tuple[Array, Array, Array]:
    """Mean probability, share of ones and weight per equal-count bin, each (BINS,).

    A bin edge that falls among rows of the same score divides them in proportion.
    """
    seen = np.concatenate([[0.0], np.cumsum(rows.weight)])
    edges = np.linspace(0, seen[-1], BINS + 1)
    ones = np.diff(np.interp(edges, seen, np.concatenate([[0.0], np.cumsum(rows.ones)])))
    mass = np.diff(np.interp(edges, seen, np.concatenate([[0.0], np.cumsum(rows.weight * rows.score)])))
    weight = np.diff(edges)
    with np.errstate(divide="ignore", invalid="ignore"):
        return mass / weight, ones / weight, weight


def expected_calibration_error(rows: Tally) -> float:
    """Mean distance between predicted and observed share over equal-count bins; NaN without rows."""
    predicted, observed, weight = calibration_curve(rows)
    return float((np.abs(predicted - observed) * weight).sum() / rows.total) if rows.total > 0 else float("nan")


def gain_curve(rows: Tally) -> tuple[Array, Array]:
    """Share of rows, from the highest score down, and share of the ones among them, each (n + 1,)."""
    seen = np.concatenate([[0.0], np.cumsum(rows.weight[::-1])])
    found = np.concatenate([[0.0], np.cumsum(rows.ones[::-1])])
    with np.errstate(divide="ignore", invalid="ignore"):
        return seen / seen[-1], found / found[-1]


def lift_top_tenth(rows: Tally) -> float:
    """How many times more ones the top tenth by score holds than a tenth picked blindly; NaN without ones."""
    if rows.ones.sum() == 0:
        return float("nan")
    return float(np.interp(TOP, *gain_curve(rows)) / TOP)


METRICS: dict[str, Callable[[Tally], float]] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "brier": brier,
    "calibration_error": expected_calibration_error,
    "lift_top_tenth": lift_top_tenth,
}
"""Every metric by name."""
RANKING = ("roc_auc", "average_precision", "lift_top_tenth")
"""Those that look at the ranking alone: of a score that is no probability of the label, the others say nothing."""


def measure(label: npt.ArrayLike, score: npt.ArrayLike) -> tuple[dict[str, float], str]:
    """Every metric of rows (n,), and why some are NaN ("" when none is).

    Raises:
        DataProblem: see `Grouping.of`.
    """
    rows = tally(label, score)
    return {name: metric(rows) for name, metric in METRICS.items()}, why_not(rows)


NO_LABEL = "no row has a mature label"
ALL_ALIKE = "all {rows:.0f} labels are {label:.0f}: there is nothing to tell apart"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NO_LABEL, ALL_ALIKE]


def why_not(rows: Tally) -> Sentence:
    """Why a ranking cannot be measured on these rows; nothing when it can."""
    if rows.total == 0:
        return Sentence(NO_LABEL)
    if rows.base_rate in (0.0, 1.0):
        return Sentence(ALL_ALIKE, rows=rows.total, label=rows.base_rate)
    return NOTHING
