"""What each campaign and each play did, or why nothing can be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.decision.arms import Arms, Moments
from models.decision.effects import (
    adjusted,
    cost_of_one_saved,
    mean_difference,
    share_difference,
)
from models.decision.power import detectable_difference, detectable_drop, needed_for_difference, needed_for_drop
from models.decision.shares import wilson
from models.evaluation.interval import Interval
from models.explanation.sentence import Sentence
from pipeline.outcomes.actions import Actions, as_date
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.findings import WIN, Compared, Finding, Needed
from pipeline.outcomes.lots import Group, group_of, not_by_lot, treated_meanwhile

NOBODY_TREATED = "nobody treated was eligible and has a known outcome"
NOBODY_HELD = "nobody was held out: hold out some, drawn by lot"
NOBODY_DRAWN = "the lots of the exports have held out none of them: they are too few yet"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NOBODY_TREATED, NOBODY_HELD, NOBODY_DRAWN]


def find_campaign(attempts: Attempts, actions: Actions, play: str, started: int, confidence: float) -> Finding:
    """What came of one mature campaign: an effect where lots were drawn, else an association and what is missing."""
    group, left_out = group_of(attempts, actions, play, started)
    drawn = (play, started) in actions.by_export
    found = Finding(play, str(as_date(started)), "effect", left_out=left_out, by_export=drawn)
    if not group.treated.any():
        return replace(found, verdict="nobody", why=Sentence(NOBODY_TREATED))
    if group.treated.all():
        return nobody_held(found, attempts, group, attempts.bystanders(actions.of(play, started), started), confidence)
    why, lots = not_by_lot(attempts, actions, group, (play, started))
    meanwhile = treated_meanwhile(attempts, actions, group, (play, started))
    found = replace(_counted(found, attempts, [group], confidence), balance=lots, meanwhile=meanwhile)
    if why:
        return replace(found, verdict="association", why=why)
    return _measured(found, attempts, [group], confidence)


def nobody_held(
    found: Finding, attempts: Attempts, group: Group, others: npt.NDArray[np.int64], confidence: float
) -> Finding:
    """The finding of a group of whom nobody was held out, beside `others`, places of customers that were left alone."""
    nobody = np.zeros(others.size, dtype=bool)
    beside = Group(others, nobody, np.zeros(others.size), nobody)
    found = replace(_counted(found, attempts, [group, beside], confidence), held=0, beside="left alone")
    return replace(found, verdict="association", why=Sentence(NOBODY_DRAWN if found.by_export else NOBODY_HELD))


def judged_together(found: Finding, attempts: Attempts, group: Group, confidence: float) -> Finding:
    """The finding of campaigns taken together with its figures, and differences where its verdict is an effect."""
    counted = _counted(found, attempts, [group], confidence)
    return _measured(counted, attempts, [group], confidence) if found.verdict == "effect" else counted


def find_play(
    attempts: Attempts, play: str, groups: Sequence[Group], confidence: float, *, by_export: bool = False
) -> Finding:
    """What came of all campaigns of a play whose lots hold; customers are compared within their campaign only."""
    found = _counted(Finding(play, "", "effect", by_export=by_export), attempts, groups, confidence)
    return _measured(found, attempts, groups, confidence)


def _counted(found: Finding, attempts: Attempts, groups: Sequence[Group], confidence: float) -> Finding:
    """The finding with counts, shares that left, spend and cost."""
    place, treated = _joined(groups)
    label, spend = attempts.data.label[place].astype(np.float64), attempts.spend[place]
    cost = np.concatenate([group.cost for group in groups])[treated]
    done = np.concatenate([group.done for group in groups])

    def share(rows: npt.NDArray[np.bool_]) -> Interval:
        known = label[rows & ~np.isnan(label)]
        return wilson(int(known.sum()), known.size, confidence=confidence)

    return replace(
        found,
        treated=int(treated.sum()),
        held=int((~treated).sum()),
        done=int((done & treated).sum()),
        done_held=int((done & ~treated).sum()),
        left=share(treated),
        left_held=share(~treated),
        spent=_mean(spend[treated]),
        spent_held=_mean(spend[~treated]),
        cost=_mean(cost[~np.isnan(cost)]),
    )


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _joined(groups: Sequence[Group]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    return np.concatenate([group.place for group in groups]), np.concatenate([group.treated for group in groups])


def _measured(found: Finding, attempts: Attempts, groups: Sequence[Group], confidence: float) -> Finding:
    """The finding with differences, what they cost, and what it would take to show less."""
    place, treated = _joined(groups)
    campaign = np.repeat(np.arange(len(groups)), [group.place.size for group in groups])
    customer = attempts.data.customer[place]
    left = Arms.of(attempts.data.label[place], treated, campaign, customer)
    calm = adjusted(left, attempts.risk[place])
    usual = attempts.usual[place]
    spend, margin = (
        adjusted(Arms.of(each[place], treated, campaign, customer), usual) for each in (attempts.spend, attempts.margin)
    )
    difference = share_difference if len(groups) == 1 else mean_difference
    effect = mean_difference(calm, confidence=confidence)
    compared = Compared(
        churn=difference(left, confidence=confidence),
        adjusted=effect,
        spend=mean_difference(spend, confidence=confidence),
        margin=mean_difference(margin, confidence=confidence),
        saved=cost_of_one_saved(found.cost, effect),
        detectable=detectable_drop(found.left_held.value, found.treated, found.held),
        spend_detectable=detectable_difference(Moments.of(spend).error),
    )
    return replace(found, compared=compared, needed=_needed(found, spend))


def _needed(found: Finding, spend: Arms) -> Needed:
    """Customers per arm for an effect of `WIN`, from the shares and the spread among those held out."""
    rate = found.left_held.value
    deviation = float(spend.outcome[~spend.treated].std(ddof=1))
    return Needed(
        points=needed_for_drop(rate, WIN),
        leavers=needed_for_drop(rate, WIN * rate),
        spend=needed_for_difference(deviation, WIN * found.spent_held),
    )
