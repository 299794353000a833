"""Whom each play helps: an uplift model per play whose lots held, judged on a Qini curve beside ranking by risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.decision.arms import Arms
from models.decision.effects import adjusted, mean_difference
from models.decision.lots import Lots
from models.decision.power import needed_for_drop
from models.decision.qini import Trial, contest
from models.decision.uplift import Gain, Uplift, cross_fitted
from models.explanation.sentence import NOTHING, Sentence
from pipeline.config import Config
from pipeline.learning.drawing import draws_of
from pipeline.learning.learning import scope_of
from pipeline.matrices.tasks import Task
from pipeline.outcomes.attempts import PROBLEM, Attempts
from pipeline.outcomes.findings import WIN
from pipeline.outcomes.lots import Group
from pipeline.outcomes.whom import RISK, UPLIFT, Whom

LEAST_OF_A_KIND = 100
"""Customers who left, and who stayed, in each arm below which no model of an effect is fitted."""
NO_RISK = "the risk before the first campaign is not known"
TOO_FEW = "it takes {least} customers of each arm who left, and who stayed; there are {found:,}"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NO_RISK, TOO_FEW]


def whom_it_helps(attempts: Attempts, play: str, groups: Sequence[Group], task: Task, config: Config) -> Whom:
    """Fit and judge an uplift model on the campaigns of a play."""
    place, lots = _lots(attempts, groups)
    why = _too_little(lots, attempts.risk[place])
    if why:
        return Whom(play, place.size, why)
    try:
        gain = cross_fitted(lots, seed=config.training.seed)
        model = Uplift.fit(lots, scope=scope_of(task, config), seed=config.training.seed)
    except ModelProblem as problem:
        return Whom(play, place.size, Sentence(PROBLEM, what=problem.what, got=problem.got))
    return replace(_judged(play, lots, gain, attempts.risk[place], config), model=model, names=attempts.modifier_names)


def _lots(attempts: Attempts, groups: Sequence[Group]) -> tuple[npt.NDArray[np.int64], Lots]:
    """The rows of campaigns among the attempts, and what was drawn for them."""
    place = np.concatenate([group.place for group in groups])
    return place, Lots(
        values=np.asfortranarray(attempts.modifiers[place]),
        names=attempts.modifier_names,
        treated=np.concatenate([group.treated for group in groups]),
        left=attempts.data.label[place].astype(np.float64),
        orders=attempts.orders[place],
        day=attempts.data.cutoff[place],
        customer=attempts.data.customer_id[place],
    )


def _judged(play: str, lots: Lots, gain: Gain, risk: npt.NDArray[np.float64], config: Config) -> Whom:
    """How well cross-fitted gains rank beside the risk (n,); days stand for campaigns, one of the play on each.

    The risk is taken out of who left: lots are independent of it, so that curves lie where they did, with less noise.
    """
    scores, harmed, advised = {UPLIFT: gain.expected, RISK: risk}, gain.expected < 0, gain.counted > 0
    arms = adjusted(Arms.of(lots.left, lots.treated, lots.day, lots.customer), risk)
    trial, confidence = Trial.of(arms.outcome, lots.treated, lots.day), config.training.interval
    return Whom(
        play,
        risk.size,
        contest=contest(scores, trial, lots.customer, **draws_of(config)),
        harmed=float(harmed.mean()),
        harm=mean_difference(arms.take(harmed), confidence=confidence),
        rest=mean_difference(arms.take(~harmed), confidence=confidence),
        advised=float(advised.mean()),
        help=mean_difference(arms.take(advised), confidence=confidence),
        enough=_enough(lots),
    )


def _enough(lots: Lots) -> bool:
    held = ~lots.treated
    needed = needed_for_drop(float(lots.left[held].mean()), WIN)
    return bool(min(int(lots.treated.sum()), int(held.sum())) >= needed)


def _too_little(lots: Lots, risk: npt.NDArray[np.float64]) -> Sentence:
    if np.isnan(risk).all():
        return Sentence(NO_RISK)
    kinds = [int((lots.left[lots.treated == arm] == came).sum()) for arm in (True, False) for came in (1, 0)]
    if min(kinds) < LEAST_OF_A_KIND:
        return Sentence(TOO_FEW, least=LEAST_OF_A_KIND, found=min(kinds))
    return NOTHING
