"""A model that was tested and looked into, and may be promoted or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.explanation.sentence import Sentence
from models.stored import Model
from models.tuning import Trial
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.evaluation.evaluate import Test
from pipeline.matrices.tasks import Task
from pipeline.training.fallback import Fallback
from pipeline.training.run_report import run_report

REFUSED = "refused: {why}"
PASSED = "passed: it may take the champion's place if it is no worse"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [REFUSED, PASSED]


@dataclass(frozen=True)
class Candidate:
    """A tested model: `held_out`, fitted before the test cutoffs, its test and checks, and the `model` of everything.

    `fallback` is the baseline that stands in for boosting where customers are few, else None; `customers` (n,) are
    those of the test rows. `trials` are the settings tried, on what lies before the test cutoffs alone.
    `horizon_chosen` says why the horizon was chosen, "" where it was configured.
    """

    kind: str
    task: Task
    test: Test
    checks: Checks
    model: Model
    held_out: Model
    fallback: Fallback | None
    notes: tuple[Sentence, ...]
    customers: npt.NDArray[np.object_]
    trials: tuple[Trial, ...] = ()
    horizon_chosen: str = ""

    def refusal(self) -> Sentence:
        """Why its own test forbids promotion; nothing when it does not."""
        return self.test.overall.refusal() or self.checks.refusal()

    def report(self, config: Config) -> str:
        """The page to read about it."""
        refusal = self.refusal()
        verdict = Sentence(REFUSED, why=refusal) if refusal else Sentence(PASSED)
        verdicts = (verdict, *self.notes, *self.test.overall.notes)
        return run_report(self.test, self.checks, self.task, self.kind, config, verdicts)
