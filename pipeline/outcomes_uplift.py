"""Whom each play helps: an uplift model per play whose lots held, judged on a Qini curve beside ranking by risk."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from features.errors import ModelProblem
from models.decision.effects import Arms, mean_difference
from models.decision.lots import Lots
from models.decision.qini import Contest, Trial, contest
from models.decision.shares import UNKNOWN
from models.decision.uplift import Gain, Uplift, cross_fitted
from models.evaluation.interval import Interval
from models.fit_settings import Scope
from pipeline.config import Config
from pipeline.dataset import Task
from pipeline.drawing import draws_of
from pipeline.outcomes_attempts import Attempts
from pipeline.outcomes_lots import Group

LEAST_OF_A_KIND = 100
"""Customers who left, and who stayed, in each arm below which no model of an effect is fitted."""
UPLIFT, RISK = "expected gain", "risk"


@dataclass(frozen=True)
class Whom:
    """How well one can tell whom a play helps.

    `why` says why there is no model, "" where there is one. `contest` compares rankings by cross-fitted gain and by
    risk. `harmed` is the share of customers predicted to be harmed; `harm` and `rest` are the effects on the share of
    leavers measured among these and among the others: above 0 the play drove them away. `advised` is the share whose
    gain can be counted on, and `help` the effect measured among them.
    """

    play: str
    customers: int
    why: str = ""
    contest: Contest | None = None
    harmed: float = math.nan
    harm: Interval = UNKNOWN
    rest: Interval = UNKNOWN
    advised: float = math.nan
    help: Interval = UNKNOWN
    model: Uplift | None = None
    names: tuple[str, ...] = ()

    @property
    def better(self) -> bool:
        """Whether ranking by expected gain is shown to beat ranking by risk."""
        return self.contest is not None and self.contest.lead[RISK].low > 0

    @property
    def place(self) -> str:
        """The play as part of the name of a file."""
        return re.sub(r"[^\w-]+", "_", self.play)

    @property
    def picture(self) -> str:
        """The file that its Qini curve is drawn to."""
        return f"qini_{self.place}.png"

    def verdict(self) -> str:
        """One sentence: may the model rank?"""
        if self.contest is None:
            return f"no model: {self.why}"
        lead = self.contest.lead[RISK]
        told = "beats" if self.better else "loses to" if lead.high < 0 else "is not shown to beat"
        by = f"{lead.value:+.4f} [{lead.low:+.4f}, {lead.high:+.4f}]"
        return f"ranking by expected gain {told} ranking by risk, Qini area {by}"

    def summary(self) -> dict[str, Any]:
        """JSON-able, without the curves."""
        found: dict[str, Any] = {"play": self.play, "customers": self.customers, "verdict": self.verdict()}
        if self.contest is None or self.model is None:
            return found
        tops = self.contest.tops.items()
        return found | {
            "better_than_risk": self.better,
            "qini_area": {name: asdict(each) for name, each in self.contest.areas.items()},
            "lead_over_risk": asdict(self.contest.lead[RISK]),
            "uplift_of_top": {name: {f"{s:.0%}": asdict(each) for s, each in top.items()} for name, top in tops},
            "predicted_harmed": self.harmed,
            "effect_among_harmed": asdict(self.harm),
            "effect_among_others": asdict(self.rest),
            "advised": self.advised,
            "effect_among_advised": asdict(self.help),
            "told_apart_by": self.model.way,
            "lead_of_trees": dict(zip(("log_likelihood_a_row", "error"), self.model.lead, strict=True)),
            "weight_of_one_effect_for_all": self.model.modifiers.same,
            "modifiers": {name: {"slope": s, "error": e} for name, (s, e) in self.model.modifiers.slopes().items()},
        }


def whom_it_helps(attempts: Attempts, play: str, groups: Sequence[Group], task: Task, config: Config) -> Whom:
    """Fit and judge an uplift model on the campaigns of a play."""
    place, lots = _lots(attempts, groups)
    why = _too_little(lots, attempts.risk[place])
    if why:
        return Whom(play, place.size, why)
    try:
        gain = cross_fitted(lots, seed=config.training.seed)
        model = Uplift.fit(lots, scope=_scope(task, config), seed=config.training.seed)
    except ModelProblem as problem:
        return Whom(play, place.size, f"{problem.what} {problem.got}")
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
    """How well cross-fitted gains rank beside the risk (n,); days stand for campaigns, one of the play on each."""
    scores, harmed, advised = {UPLIFT: gain.expected, RISK: risk}, gain.expected < 0, gain.counted > 0
    arms, confidence = Arms.of(lots.left, lots.treated, lots.day), config.training.interval
    trial = Trial.of(lots.left, lots.treated, lots.day)
    return Whom(
        play,
        risk.size,
        contest=contest(scores, trial, lots.customer, **draws_of(config)),
        harmed=float(harmed.mean()),
        harm=mean_difference(arms.take(harmed), confidence=confidence),
        rest=mean_difference(arms.take(~harmed), confidence=confidence),
        advised=float(advised.mean()),
        help=mean_difference(arms.take(advised), confidence=confidence),
    )


def _too_little(lots: Lots, risk: npt.NDArray[np.float64]) -> str:
    if np.isnan(risk).all():
        return "the risk before the first campaign is not known"
    kinds = [int((lots.left[lots.treated == arm] == came).sum()) for arm in (True, False) for came in (1, 0)]
    if min(kinds) < LEAST_OF_A_KIND:
        return f"it takes {LEAST_OF_A_KIND} customers of each arm who left, and who stayed; there are {min(kinds):,}"
    return ""


def _scope(task: Task, config: Config) -> Scope:
    return Scope(
        target=task.target.name,
        definition=task.target.fingerprint,
        horizon_days=task.window.horizon_days,
        gap_days=task.window.gap_days,
        min_order_days=config.population.min_order_days,
        activity_days=config.population.activity_days,
    )
