"""Rows with a known label that no score was fitted on: what a model and its rivals are compared on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.tally import Array

MODEL, UNCALIBRATED = "model", "uncalibrated"


@dataclass(frozen=True)
class TestRows:
    """Rows with a known label that no score was fitted on, all (n,).

    `scores` are probabilities by name: of the `MODEL`, of itself `UNCALIBRATED`, and of its rivals. Which rivals decide
    what: the model has to beat all `baselines`; none of the `peers` may surely rank better; none of the `calibrated`,
    whose scores are probabilities, may surely have a better Brier score, see `level`. Of those `shown`, the model's
    lead in AUC is reported and decides nothing.
    """

    customer: npt.NDArray[np.generic]
    cutoff: npt.NDArray[np.datetime64]
    label: Array
    scores: Mapping[str, Array]
    baselines: tuple[str, ...]
    peers: tuple[str, ...] = ()
    calibrated: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    __test__ = False  # pytest: no test

    def take(self, rows: npt.NDArray[np.bool_]) -> TestRows:
        """The rows where `rows` (n,) is true."""
        scores = {name: score[rows] for name, score in self.scores.items()}
        customer, cutoff, label = self.customer[rows], self.cutoff[rows], self.label[rows]
        return TestRows(customer, cutoff, label, scores, self.baselines, self.peers, self.calibrated, self.shown)

    def slices(self) -> Iterator[tuple[str, TestRows]]:
        """The rows of each cutoff, by ISO date."""
        for day in np.unique(self.cutoff):
            yield str(day.astype("datetime64[D]")), self.take(self.cutoff == day)
