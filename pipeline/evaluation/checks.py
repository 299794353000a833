"""What a test looks into beyond its figures: leakage, segments, profit, strength, age, and what a model rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models.evaluation.comparison import Comparison
from models.evaluation.coverage import Coverage, coverage
from models.evaluation.interval import Interval
from models.evaluation.leakage import Alarm, SingleFeature, alarms, alone
from models.evaluation.profit import Campaign
from models.evaluation.reliability import Tenth, tenths
from models.evaluation.segments import Segment, segments
from models.evaluation.strength import Audit
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from models.explanation.sentence import NOTHING, Sentence
from models.propensity import Propensity
from models.reference import alike
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.ageing import Ageing, ageing
from pipeline.evaluation.audit import UNEXAMINED, Examined, strength_audit
from pipeline.evaluation.offers import campaigns, choices_of, curve
from pipeline.evaluation.permuting import permuted
from pipeline.evaluation.shuffling import shuffle_alarm, shuffled_auc
from pipeline.learning.drawing import draws_of, some_customers
from pipeline.learning.learning import Recipe
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.segment_kinds import segment_kinds
from pipeline.matrices.tasks import Task
from pipeline.process.progress import stage

Array = npt.NDArray[np.float64]
FULL = "full"
EARLIER_CUTOFFS = 6
"""Cutoffs before the test that a feature's own past is measured on: half a year where they are monthly."""

ALARM, ALARMS = "leakage alarm: {alarm}", "leakage alarm: {alarm}, and {others} more"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [ALARM, ALARMS]


@dataclass(frozen=True)
class Checks:
    """Everything looked into; None or empty where a check was left out or could not be made.

    `shuffled` is the AUC of a model of labels dealt anew; `families` and `groups` are falls in AUC by permutation;
    `campaigns` and `curve` (share contacted, profit a row) are of an offer against churn, whose
    value comes from margins by unit costs, `margin` of the spend on average; None where it is the configured share.
    `coverage`, by test cutoff, is of the intervals around the probabilities.
    """

    tenths: list[Tenth]
    segments: list[Segment]
    alone: list[SingleFeature]
    alarms: list[Alarm]
    coverage: dict[str, Coverage] = field(default_factory=dict)
    campaigns: list[Campaign] = field(default_factory=list)
    curve: tuple[Array, Array] | None = None
    margin: float | None = None
    audit: Audit | None = None
    ageing: Ageing | None = None
    shuffled: Interval | None = None
    families: dict[str, Interval] = field(default_factory=dict)
    groups: dict[str, Interval] = field(default_factory=dict)

    def refusal(self) -> Sentence:
        """Why the alarms forbid promotion; nothing when they do not."""
        if not self.alarms:
            return NOTHING
        others = len(self.alarms) - 1
        return Sentence(ALARMS if others else ALARM, alarm=self.alarms[0].text, others=others)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "tenths": [each.summary() for each in self.tenths],
            "segments": [each.summary() for each in self.segments],
            "best_features_alone": [each.summary() for each in self.alone[:20]],
            "alarms": [each.summary() for each in self.alarms],
            "interval_coverage": {day: each.summary() for day, each in self.coverage.items()},
            "profit": [each.summary() for each in self.campaigns],
            "margin_by_unit_costs": self.margin,
            "strength_audit": self.audit.summary() if self.audit else None,
            "ageing": self.ageing.summary() if self.ageing else None,
            "shuffled_labels_auc": asdict(self.shuffled) if self.shuffled else None,
            "permutation_families": {name: each.summary() for name, each in self.families.items()},
            "permutation_groups": {name: each.summary() for name, each in self.groups.items()},
        }


@dataclass(frozen=True)
class TestedModel:
    """A model after its test.

    `past` are the rows it learned from, `later` those it was tested on with a known label, `every` those of all
    cutoffs, which may hold features of strength that it did not learn from. `refit` fits the same kind of model on
    other rows. `share` is the margin of each later row over its spend, as known then; 0 to 1, below 0 at a loss.
    """

    model: Model
    past: Dataset
    later: Dataset
    every: Dataset
    rows: TestRows
    overall: Comparison
    importance: dict[str, float]
    refit: Recipe
    share: Array


@stage("checks")
def look_into(tried: TestedModel, task: Task, kind: str, config: Config, regions: Mapping[str, str]) -> Checks:
    """Make every check that the configuration asks for.

    Args:
        tried: the model and its test.
        task: what is predicted.
        kind: of target.
        config: which checks, draws, seed, threads, and what an offer does.
        regions: by customer, where known.
    """
    rows, settings = tried.rows, config.training
    score, before = rows.scores[MODEL], rows.scores[UNCALIBRATED]
    singles, kinds = _alone(tried), segment_kinds(tried.later, regions)
    rival = tried.overall.best_baseline
    choices = choices_of(rows, tried.later, tried.share, rival, config) if kind == "churn" else None
    found = Checks(
        tenths=tenths(rows.label, score, before, seed=settings.seed),
        segments=segments(rows, kinds, **draws_of(config), workers=usable_threads(config)),
        alone=singles,
        alarms=alarms(singles, _groups(tried.past), settings.trusted_features, tried.model.names),
        coverage=_covered(tried),
        campaigns=campaigns(choices, config) if choices else [],
        curve=curve(choices, config) if choices else None,
        margin=None if (tried.share == config.scoring.margin_share).all() else float(tried.share.mean()),
    )
    return _in_full(found, tried, task, kind, config) if settings.checks == FULL and len(tried.later) else found


def _covered(tried: TestedModel) -> dict[str, Coverage]:
    """By test cutoff, whether the intervals hold; none of a baseline, which states none."""
    if not isinstance(tried.model, Propensity):
        return {}
    rows = tried.rows
    return coverage(rows.label, rows.scores[MODEL], rows.cutoff, tried.model.calibration)


def _in_full(found: Checks, tried: TestedModel, task: Task, kind: str, config: Config) -> Checks:
    """The checks that grow models or ask them many times over, some of them among customers drawn by chance."""
    score, names = tried.rows.scores[MODEL], tried.past.names
    past, later = np.unique(tried.past.cutoff), np.unique(tried.later.cutoff)
    families, groups = permuted(tried.model, tried.later, tried.importance, config)
    some = some_customers(tried.every, config)
    examined = Examined(tried.model.names, score) if some is tried.every else UNEXAMINED
    shuffled = shuffled_auc(some.only(names), past, later, task, config)
    return replace(
        found,
        audit=strength_audit(some, past, later, examined, task, config),
        ageing=ageing(tried.every.only(names), tried.later, score, task, kind, config, tried.refit),
        shuffled=shuffled,
        alarms=[*found.alarms, *shuffle_alarm(shuffled)],
        families=families,
        groups=groups,
    )


def _groups(past: Dataset) -> dict[str, int]:
    """By feature, a number shared by those that say the same among the customers last learned from."""
    latest = past.values[past.cutoff == past.cutoff.max()]
    return dict(zip(past.names, alike(latest), strict=True))


def _alone(tried: TestedModel) -> list[SingleFeature]:
    """Each feature alone on the test rows, and on those of the last cutoffs learned from."""
    known = tried.past.labelled()
    before = known.take(np.isin(known.cutoff, np.unique(known.cutoff)[-EARLIER_CUTOFFS:]))
    values = np.concatenate([before.values, tried.later.values])
    label = np.concatenate([before.label, tried.later.label]).astype(np.float64)
    cutoff = np.concatenate([before.cutoff, tried.later.cutoff])
    return alone(values, tried.past.names, label, cutoff, np.arange(label.size) < len(before))
