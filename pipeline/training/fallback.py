"""Few customers: when boosting has too little to learn from, and which baseline stands in for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.errors import ModelProblem
from models.baselines import LOGISTIC, lines
from models.evaluation.metrics import measure
from models.explanation.sentence import NOTHING, Sentence
from models.fit_settings import FitSettings
from models.linear import Linear
from models.split import split
from models.stored import Model
from pipeline.config import Config
from pipeline.learning.learning import Recipe, learn, scope_of
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.tasks import Task

STANDS_IN = "the baseline {name} stands in for boosting: {why}"
STANDS_IN_RANKED = "the baseline {name} stands in for boosting: {why} (AUC within the training period: {found})"
RANKED = "{name} {auc:.3f}"
FEW_ELIGIBLE = "{found:,} eligible customers at the test cutoffs, fewer than {least:,}"
FEW_LEFT = "{found:,} customers left at the test cutoffs, fewer than {least:,}"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [STANDS_IN, STANDS_IN_RANKED, FEW_ELIGIBLE, FEW_LEFT]


@dataclass(frozen=True)
class Fallback:
    """The baseline that stands in, by name; `why` it has to, and the AUCs it was chosen by: walk-forward, by name."""

    name: str
    why: Sentence
    aucs: Mapping[str, float]

    @property
    def text(self) -> Sentence:
        """One sentence for people."""
        found = tuple(Sentence(RANKED, name=name.replace("_", " "), auc=auc) for name, auc in self.aucs.items())
        told = STANDS_IN_RANKED if found else STANDS_IN
        return Sentence(told, name=self.name.replace("_", " "), why=self.why, found=found)


def too_small(later: Dataset, kind: str, config: Config) -> Sentence:
    """Why the customer base is too small for boosting; nothing when it is not.

    Args:
        later: labelled rows of the test cutoffs.
        kind: of target; events are counted for churn alone: partners are rare by definition.
        config: the least numbers.
    """
    eligible = np.unique(later.customer).size
    events = np.unique(later.customer[later.label == 1]).size
    if eligible < config.training.min_eligible:
        return Sentence(FEW_ELIGIBLE, found=eligible, least=config.training.min_eligible)
    if kind == "churn" and events < config.training.min_events:
        return Sentence(FEW_LEFT, found=events, least=config.training.min_events)
    return NOTHING


def fallback(past: Dataset, task: Task, kind: str, config: Config, why: Sentence) -> Fallback:
    """The baseline that ranked best within the training period, learning from its beginning and judged on its end."""
    aucs = _walked(past.labelled(), task, kind, config)
    best = max(aucs, key=lambda name: aucs[name]) if aucs else LOGISTIC
    return Fallback(best, why, aucs)


def recipe(
    chosen: Fallback | None, task: Task, kind: str, config: Config, settings: FitSettings | None = None
) -> Recipe:
    """How a model is fitted on a dataset: boosting with `settings`, or the baseline that stands in for it.

    Boosting takes its level from the customers as they stand, where these are given as well; see `learning.learn`.
    What it gives raises ModelProblem where there is too little to learn from.
    """

    def fitted(data: Dataset, present: Dataset | None = None) -> Model:
        if chosen is not None:
            return _line(chosen, data, task, kind, config)
        return learn(data, task, config, settings, present=present)

    return fitted


def _line(chosen: Fallback, data: Dataset, task: Task, kind: str, config: Config) -> Linear:
    found = fitted_lines(data, task, kind, config, [chosen.name])
    if chosen.name in found:
        return found[chosen.name]
    label = data.labelled().label
    ones = int(label.sum())
    raise ModelProblem(
        "There is too little to learn from.",
        where=f"baseline {chosen.name}",
        got=f"{ones:,} of {label.size:,} rows are 1, {label.size - ones:,} are 0",
        expected="rows of both outcomes, with what it looks at",
        todo="use a longer history",
    )


def fitted_lines(data: Dataset, task: Task, kind: str, config: Config, titles: Sequence[str] = ()) -> dict[str, Linear]:
    """The baselines called `titles`, by default all, fitted on the labelled rows; none where they cannot be."""
    known, scope = data.labelled(), scope_of(task, config, data.names)
    try:
        return lines(kind, known.values, known.names, known.label, known.cutoff, scope=scope, titles=titles)
    except ModelProblem:
        return {}


def _walked(past: Dataset, task: Task, kind: str, config: Config) -> dict[str, float]:
    """AUC of each baseline on the last cutoffs of the training period, fitted on what had come true by then."""
    cutoffs: tuple[date, ...] = tuple(day.astype("datetime64[D]").item() for day in np.unique(past.cutoff))
    parts = split(cutoffs, task.window, test=config.training.test_cutoffs)
    early, late = past.at(parts.train), past.at(parts.test)
    if not len(early) or not len(late):
        return {}
    found = {
        name: measure(late.label, model.probability(late.values, late.names))[0]["roc_auc"]
        for name, model in fitted_lines(early, task, kind, config).items()
    }
    return {name: auc for name, auc in found.items() if not np.isnan(auc)}
