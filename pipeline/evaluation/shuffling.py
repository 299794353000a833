"""The test of the test: labels dealt at random cannot be predicted, unless rows of the test were learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.evaluation.bootstrap import redraw
from models.evaluation.comparison import NO_SIGNAL
from models.evaluation.interval import Interval
from models.evaluation.leakage import Alarm
from models.evaluation.tested_rows import MODEL
from models.explanation.sentence import Sentence
from pipeline.config import Config
from pipeline.learning.drawing import draws_of
from pipeline.learning.learning import learn
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.tasks import Task
from pipeline.process.progress import stage

HALF_WIDTHS = 2.0
"""How many times the distance to the lower bound an AUC has to lie above 0.5: about four standard errors."""
PREDICTED = "labels dealt at random are predicted with AUC {auc}: rows of the test must have been learned from"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [PREDICTED]


@stage("shuffled labels")
def shuffled_auc(
    every: Dataset, past: npt.NDArray[np.datetime64], later: npt.NDArray[np.datetime64], task: Task, config: Config
) -> Interval | None:
    """AUC of a model when the labels of every cutoff are dealt anew among its customers, before and in the test.

    With nothing to know, it is 0.5 unless rows of the test were learned from. The test's labels are dealt as well: a
    model of noise is some function of the features, and the true labels go with or against any of those.

    Args:
        every: rows of all cutoffs.
        past: the cutoffs learned from.
        later: those tested on.
        task: what is predicted.
        config: the recipe, and the draws.

    Returns:
        None where there is too little to learn from.
    """
    dealt = _dealt(every.labelled(), np.random.default_rng([config.training.seed, 1]))
    learned, tested = dealt.take(np.isin(dealt.cutoff, past)), dealt.take(np.isin(dealt.cutoff, later))
    try:
        model = learn(learned, task, config, calibrated=False)
    except ModelProblem:
        return None
    score = {MODEL: model.probability(tested.values, tested.names)}
    drawn = redraw(tested.customer, tested.label, score, **draws_of(config), workers=usable_threads(config))
    return drawn.interval(MODEL, "roc_auc")


def _dealt(data: Dataset, random: np.random.Generator) -> Dataset:
    """The rows with the labels of each cutoff in another order."""
    places = np.argsort(data.cutoff, kind="stable")
    label = data.label.copy()
    label[places] = data.label[np.lexsort((random.random(len(data)), data.cutoff))]
    return replace(data, label=label)


def shuffle_alarm(found: Interval | None) -> list[Alarm]:
    """An alarm where labels without meaning are ranked: rows of the test were learned from."""
    if found is None or not found.value - NO_SIGNAL > HALF_WIDTHS * (found.value - found.low):
        return []
    return [Alarm("shuffled labels", "shuffled", Sentence(PREDICTED, auc=found))]
