"""Where a model is weak: figures among customers of a kind, with intervals, and none where there are too few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from models.evaluation.bootstrap import Draws, calibration_band, redraw
from models.evaluation.comparison import MODEL, UNCALIBRATED, TestRows
from models.evaluation.interval import Interval

FEWEST_ROWS, FEWEST_OF_A_CLASS = 100, 10
"""Below either, an AUC is a matter of luck: with ten of a class its standard error is near 0.1."""
UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))
BAND_DRAWS = 300


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
    why: str = ""

    def weakness(self, overall_auc: float) -> str:
        """What is worse here than chance explains; "" when nothing is."""
        found = []
        if self.auc.high < overall_auc:
            found.append(f"AUC {self.auc}, below {overall_auc:.3f} of all")
        if self.error > self.band:
            found.append(f"calibration error {self.error:.3f}, by chance up to {self.band:.3f}")
        return "; ".join(found)

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


def parts(rows: TestRows, kinds: Mapping[str, npt.NDArray[np.str_]]) -> Iterator[tuple[str, str, TestRows, str]]:
    """Kind, value and rows of every value of every kind, and why they are too few for a figure; "" when they are not.

    Args:
        rows: test rows (n,).
        kinds: by kind, the value of each row (n,); "" where not known.
    """
    for kind, values in kinds.items():
        for value in sorted(set(values.tolist()) - {""}):
            part = rows.take(values == value)
            yield kind, value, part, too_few(part)


def too_few(part: TestRows) -> str:
    """Why these rows are too few for a figure; "" when they are not."""
    ones = int(part.label.sum())
    rarer = min(ones, part.label.size - ones)
    if part.label.size < FEWEST_ROWS:
        return f"{part.label.size} rows, at least {FEWEST_ROWS} are needed"
    return f"{rarer} of the rarer outcome, at least {FEWEST_OF_A_CLASS} are needed" if rarer < FEWEST_OF_A_CLASS else ""
