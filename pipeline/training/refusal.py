"""What to tell where a training ends with a model refused: by its own test, or by the decision about it."""

from __future__ import annotations

import logging

import numpy as np

from features.errors import ModelProblem, Problem
from models.evaluation.comparison import NO_SIGNAL, REFUSALS, SURE, Comparison
from models.evaluation.leakage import OF_FEATURES
from models.evaluation.level import BASE_RATE, BEARABLE
from pipeline.promotion.decisions import Decisions, also_promoted
from pipeline.training.outcome import TargetOutcome, TrainOutcome

logger = logging.getLogger(__name__)


def refuse(outcome: TrainOutcome, decisions: Decisions) -> None:
    """Raise where a model was refused, by its own test or by a decision, with its numbers; first tell of all models."""
    refused = [target for target in outcome.targets if target.refusal]
    problem = refusal_problem(outcome, refused[0]) if refused else decisions.problem()
    if problem:
        logger.info("%s", outcome.text())
        raise problem


def refusal_problem(outcome: TrainOutcome, refused: TargetOutcome) -> Problem:
    """What to tell about a model that was refused by its own test."""
    found = refused.test.overall
    got, expected = figures(found, refused.refusal)
    promoted = [target.kind for target in outcome.targets if target.promoted]
    alone = refused.decision is not None and not refused.decision.champion
    needed = refused.kind if alone and refused is outcome.targets[0] else ""
    return ModelProblem(
        f"The {refused.kind} model was not promoted: {refused.refusal}.{also_promoted(promoted, needed)}",
        where=f"{found.pooled.rows:,} test rows at {', '.join(found.cutoffs)}",
        got=got,
        expected=expected,
        todo=f"look at run {refused.model.run_id}, which is kept; an earlier champion stays"
        f"{_of_a_baseline(refused)}{_of_a_leak(refused)}",
        found={"targets": {target.kind: _became(target) for target in outcome.targets}},
    )


def _became(target: TargetOutcome) -> str:
    """What became of a model, in a word of `Decision.outcome`: refused by its own test, or as decided about it."""
    if target.refusal:
        return "refused"
    return target.decision.outcome if target.decision else "undecided"


def figures(found: Comparison, refusal: str) -> tuple[str, str]:
    """The figures that decided, and what they should have been."""
    if refusal == found.level_refusal():
        level = next(each for each in found.levels if each.refusal() == refusal)
        bearable = f", or surely more by at most {BEARABLE}" if level.rival != BASE_RATE else ""
        expected = f"not surely more than {level.other:.3f} of {level.rival.replace('_', ' ')}{bearable}"
        return f"Brier score {found.intervals['brier']} of the model", expected
    got = f"AUC {found.intervals['roc_auc']} of the model" if found.auc == found.auc else "no AUC"
    if refusal == found.signal_refusal():
        return got, f"a lower bound at {SURE:.0%} above {NO_SIGNAL}; it is {found.least_auc:.3f}"
    if refusal == found.peer_refusal():
        name = found.surely_better
        auc, lead = found.pooled.figures[name]["roc_auc"], found.peers[name]
        return got, f"not surely less than {auc:.3f} of {name} (lead {lead})"
    return got, f"more than {found.baseline_auc:.3f} of {found.best_baseline or 'chance'} (lead {found.lead})"


def _of_a_baseline(refused: TargetOutcome) -> str:
    """What gives scores all the same where a baseline ranks better; "" where nothing does, or another check refused.

    Where customers order daily, silence alone tells nearly everything, and boosting can only come out level.
    """
    found = refused.test.overall
    if refused.refusal != REFUSALS["baseline"] or not found.best_baseline:
        return ""
    eligible = np.unique(refused.test.rows.customer).size
    return (
        f". [training] min_eligible = {eligible + 1} lets the best baseline score in its place until there are so many "
        "customers at the test cutoffs"
    )


def _of_a_leak(refused: TargetOutcome) -> str:
    """What to do about features that are suspected, also where something else refused first; "" where none is."""
    names = [alarm.name for alarm in refused.checks.alarms if alarm.rule in OF_FEATURES]
    if not names:
        return ""
    first = refused.refusal == refused.checks.refusal()
    see = "See" if first else "A leak is suspected as well, which forbids promotion too: see"
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f". {see} what {names[0]} rests on for somebody who left (moorings features --explain {names[0]}): rows that "
        "became known later than they are dated need known_on. Where it is right after all, as where contracts that "
        "end tell who leaves, or where everybody orders nearly every day and so a short silence does: "
        f"[training] trusted_features = [{listed}]"
    )
