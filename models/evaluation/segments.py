"""Where a model is weak: figures among customers of a kind, with intervals, and none where there are too few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from models.evaluation.bootstrap import Draws, calibration_band, redraw
from models.evaluation.interval import Interval
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from models.explanation.sentence import NOTHING, Sentence

FEWEST_ROWS, FEWEST_OF_A_CLASS = 100, 10
"""Below either, an AUC is a matter of luck: with ten of a class its standard error is near 0.1."""
UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))
BAND_DRAWS = 300
WEAK = {
    "ranks": "AUC {auc}, below {overall:.3f} of all",
    "off": "calibration error {error:.3f}, by chance up to {band:.3f}",
    "both": "AUC {auc}, below {overall:.3f} of all; calibration error {error:.3f}, by chance up to {band:.3f}",
}
FEW_ROWS = "{rows} rows, at least {least} are needed"
FEW_OF_A_CLASS = "{rows} of the rarer outcome, at least {least} are needed"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*WEAK.values(), FEW_ROWS, FEW_OF_A_CLASS]


@dataclass(frozen=True)
class Segment:
    """Figures among the customers whose `kind` (size, tenure ...) is `value`; `why` there are none, "" where there are.

    `error` and `error_before` are calibration errors after and before calibration, `band` what chance explains.
    """

    kind: str
    value: str
    rows: int
    base_rate: float
    auc: Interval = UNKNOWN
    error: float = float("nan")
    error_before: float = float("nan")
    band: float = float("nan")
    why: Sentence = NOTHING

    def weakness(self, overall_auc: float) -> Sentence:
        """What is worse here than chance explains; nothing when nothing is."""
        ranks, off = self.auc.high < overall_auc, self.error > self.band
        if not (ranks or off):
            return NOTHING
        said = {"auc": self.auc, "overall": overall_auc, "error": self.error, "band": self.band}
        return Sentence(WEAK["both" if ranks and off else "ranks" if ranks else "off"], **said)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        own = {"kind": self.kind, "value": self.value, "rows": self.rows, "base_rate": self.base_rate, "why": self.why}
        errors = {"calibration_error": self.error, "calibration_error_before": self.error_before}
        return {**own, "roc_auc": self.auc.summary(), **errors, "calibration_band": self.band}


def segments(
    rows: TestRows,
    kinds: Mapping[str, npt.NDArray[np.str_]],
    *,
    draws: int,
    seed: int,
    workers: int,
    confidence: float,
) -> list[Segment]:
    """The figures of every value of every kind.

    Args:
        rows: test rows.
        kinds: by kind, the value of each row (n,); "" where not known.
        draws: redraws of customers for the intervals.
        seed: of the draws.
        workers: threads; the result does not depend on them.
        confidence: share of the draws inside an interval.
    """
    draw = partial(redraw, draws=draws, seed=seed, workers=workers, confidence=confidence)
    return [
        Segment(kind, value, part.label.size, float(part.label.mean()), why=why)
        if why
        else _measured(kind, value, part, draw, seed)
        for kind, value, part, why in parts(rows, kinds)
    ]


def _measured(kind: str, value: str, part: TestRows, draw: Callable[..., Draws], seed: int) -> Segment:
    drawn = draw(part.customer, part.label, {name: part.scores[name] for name in (MODEL, UNCALIBRATED)})
    return Segment(
        kind,
        value,
        part.label.size,
        float(part.label.mean()),
        drawn.interval(MODEL, "roc_auc"),
        drawn.interval(MODEL, "calibration_error").value,
        drawn.interval(UNCALIBRATED, "calibration_error").value,
        calibration_band(part.scores[MODEL], draws=BAND_DRAWS, seed=seed),
    )


def parts(rows: TestRows, kinds: Mapping[str, npt.NDArray[np.str_]]) -> Iterator[tuple[str, str, TestRows, Sentence]]:
    """Kind, value and rows of every value of every kind, and why they are too few for a figure, if they are.

    Args:
        rows: test rows (n,).
        kinds: by kind, the value of each row (n,); "" where not known.
    """
    for kind, values in kinds.items():
        for value in sorted(set(values.tolist()) - {""}):
            part = rows.take(values == value)
            yield kind, value, part, too_few(part)


def too_few(part: TestRows) -> Sentence:
    """Why these rows are too few for a figure; nothing when they are not."""
    ones = int(part.label.sum())
    rarer = min(ones, part.label.size - ones)
    if part.label.size < FEWEST_ROWS:
        return Sentence(FEW_ROWS, rows=part.label.size, least=FEWEST_ROWS)
    few = rarer < FEWEST_OF_A_CLASS
    return Sentence(FEW_OF_A_CLASS, rows=rarer, least=FEWEST_OF_A_CLASS) if few else NOTHING
