"""Whom each play helps: an uplift model per play whose lots held, judged on a Qini curve beside ranking by risk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.errors import ModelProblem
from models.decision.effects import UNKNOWN, Arms, mean_difference
from models.decision.qini import Contest, Trial, contest
from models.decision.uplift import Lots, Uplift, cross_fitted
from models.evaluation.interval import Interval
from models.fit_settings import Scope
from pipeline.config import Config
from pipeline.dataset import Task
from pipeline.drawing import draws_of
from pipeline.outcomes_attempts import Attempts
from pipeline.outcomes_effects import Group

LEAST_OF_A_KIND = 100
"""Customers who left, and who stayed, in each arm below which no model of an effect is fitted."""
UPLIFT, RISK = "expected gain", "risk"


@dataclass(frozen=True)
class Whom:
    """How well one can tell whom a play helps.

    `why` says why there is no model, "" where there is one. `contest` compares rankings by cross-fitted gain and by
    risk. `harmed` is the share of customers predicted to be harmed; `harm` and `rest` are the effects on the share of
    leavers measured among these and among the others: above 0 the play drove them away.
    """

    play: str
    customers: int
    why: str = ""
    contest: Contest | None = None
    harmed: float = math.nan
    harm: Interval = UNKNOWN
    rest: Interval = UNKNOWN
    model: Uplift | None = None
    names: tuple[str, ...] = ()

    @property
    def better(self) -> bool:
        """Whether ranking by expected gain is shown to beat ranking by risk."""
        return self.contest is not None and self.contest.lead[RISK].low > 0

    def verdict(self) -> str:
        """One sentence: may the model rank?"""
        if self.contest is None:
            return f"no model: {self.why}"
        lead = self.contest.lead[RISK]
        if self.better:
            return f"ranking by expected gain beats ranking by risk, Qini area {lead.value:+.4f} more"
        return f"ranking by expected gain is not shown to beat ranking by risk, Qini area {lead.value:+.4f} more"

    def summary(self) -> dict[str, Any]:
        """JSON-able, without the curves."""
        found: dict[str, Any] = {"play": self.play, "customers": self.customers, "verdict": self.verdict()}
        if self.contest is None:
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
        }


def whom_it_helps(attempts: Attempts, play: str, groups: Sequence[Group], task: Task, config: Config) -> Whom:
    """Fit and judge an uplift model on the campaigns of a play."""
    place = np.concatenate([group.place for group in groups])
    treated = np.concatenate([group.treated for group in groups])
    campaign = np.repeat(np.arange(len(groups)), [group.place.size for group in groups])
    lots = Lots(
        np.asfortranarray(attempts.modifiers[place]),
        attempts.modifier_names,
        treated,
        attempts.data.label[place].astype(np.float64),
        attempts.data.cutoff[place],
    )
    why = _too_little(lots, attempts.risk[place])
    customer = attempts.data.customer_id[place]
    if why:
        return Whom(play, place.size, why)
    try:
        gain = cross_fitted(lots, customer, seed=config.training.seed)
        model = Uplift.fit(lots, scope=_scope(task, config))
    except ModelProblem as problem:
        return Whom(play, place.size, f"{problem.what} {problem.got}")
    trial = Trial.of(lots.left, treated, campaign)
    scores = {UPLIFT: gain, RISK: attempts.risk[place]}
    harmed, arms = gain < 0, Arms.of(lots.left, treated, campaign)
    return Whom(
        play,
        place.size,
        contest=contest(scores, trial, customer, **draws_of(config)),
        harmed=float(harmed.mean()),
        harm=mean_difference(arms.take(harmed), confidence=config.training.interval),
        rest=mean_difference(arms.take(~harmed), confidence=config.training.interval),
        model=model,
        names=attempts.modifier_names,
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


def gains(found: Sequence[Whom], present: Attempts | None) -> pd.DataFrame:
    """What each play with a model is expected to gain for the customers eligible now, best first within a play.

    Columns: customer_id, play, risk_before, gain (how much likelier the customer stays when treated),
    better_than_risk (whether the ranking is shown to beat ranking by risk), harmed (predicted to be driven away).
    """
    parts = [_gains(whom, whom.model, present) for whom in found if whom.model is not None and present is not None]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=GAINED)
    return table.sort_values(["play", "gain", "customer_id"], ascending=[True, False, True], ignore_index=True)


GAINED = ["customer_id", "play", "risk_before", "gain", "better_than_risk", "harmed"]


def _gains(whom: Whom, model: Uplift, present: Attempts) -> pd.DataFrame:
    gain = model.gain(np.asfortranarray(present.modifiers), present.modifier_names)
    columns = (present.data.customer_id, whom.play, present.risk, gain, whom.better, gain < 0)
    return pd.DataFrame(dict(zip(GAINED, columns, strict=True)))
