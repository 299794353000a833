"""Campaigns of a play taken together: those that share one draw of lots, and those too small to say anything alone.

Whoever acts every night has many campaigns, and a handful held out in each. Who is held out of a play stays so
(`models.decision.holdout`): the lots of all these campaigns are one draw, and a later campaign is no new one. Its
groups differ in what was done to them before; and whom a play has helped is not among its candidates any more. So
everybody counts once, from the first campaign it was in: what comes after that is what the play did, its repetitions
included. Lots that exports drew and those that a book tells, of before there were exports, are no one draw; nor are
those that exports drew by two names of `[plays] campaign`, under each of which everybody counts once.

Source: the principle of intention to treat (Hollis & Campbell 1999), at the first of several chances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.outcomes.actions import Actions, as_date
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.effects import judged_together, nobody_held
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.lots import FEWEST, TOO_FEW, Group, group_of, not_by_lot
from pipeline.outcomes.overlap import Campaign, treated_otherwise

HANDFUL = 2 * FEWEST
"""Customers below which a campaign may well hold out nobody, or everybody, by chance."""
KEPT = 0.8
"""Of the customers of several campaigns that were held out in one, the share held out in all, from which on it is one
draw: of two campaigns with lots of their own a twentieth at a tenth held out, a third at a half."""
SPAN = "{first} – {last}"
"""When campaigns taken together began: days as every language writes them here."""


@dataclass(frozen=True)
class GroupFinding:
    """A finding, of the campaign that began on `started` or of several together, and the group it is of."""

    finding: Finding
    group: Group
    started: int


def together(
    attempts: Attempts, actions: Actions, campaigns: Sequence[Campaign], findings: Sequence[Finding], confidence: float
) -> list[GroupFinding]:
    """The findings of single campaigns, and in place of those that belong together one finding of all of them.

    Args:
        attempts: what was known and what came.
        actions: the campaigns.
        campaigns: play and first day of each finding, in the order of days.
        findings: of the campaigns one by one.
        confidence: of intervals.
    """
    told = [
        GroupFinding(finding, group_of(attempts, actions, *campaign)[0], campaign[1])
        for finding, campaign in zip(findings, campaigns, strict=True)
    ]
    alone: list[GroupFinding] = []
    joined: list[GroupFinding] = []
    draws = [_draw(each, actions) for each in told]
    for draw in dict.fromkeys(draws):
        of_play = [each for each, its in zip(told, draws, strict=True) if its == draw]
        some = [each for each in of_play if _too_small(each)]
        if not _of_either(of_play) or _one_draw(attempts, of_play):
            some = of_play
        if len(some) > 1 and any(each.group.treated.any() for each in some):
            joined.append(_joined(attempts, actions, some, confidence))
            alone += [each for each in of_play if all(each is not one for one in some)]
        else:
            alone += of_play
    return [*sorted(alone, key=lambda each: each.started), *joined]


def _draw(told: GroupFinding, actions: Actions) -> tuple[str, bool, str]:
    """What the lots of a campaign can be the same by: its play, whether exports drew them, and by which name."""
    return told.finding.play, told.finding.by_export, actions.lots.get((told.finding.play, told.started), "")


def _one_draw(attempts: Attempts, told: Sequence[GroupFinding]) -> bool:
    """Whether whoever is held out in one of several campaigns stays so in all."""
    customer = np.concatenate([attempts.data.customer[each.group.place] for each in told])
    treated = np.concatenate([each.group.treated for each in told])
    _, whose, rows = np.unique(customer, return_inverse=True, return_counts=True)
    held = np.bincount(whose, weights=~treated)
    once = (rows > 1) & (held > 0)
    return bool(once.any()) and float((held[once] == rows[once]).mean()) >= KEPT


def _too_small(told: GroupFinding) -> bool:
    """Whether a campaign says nothing for want of customers; of many, of whom nobody is held out, it is no chance."""
    return told.finding.why.pattern == TOO_FEW or 0 < told.group.place.size < HANDFUL


def _of_either(told: Sequence[GroupFinding]) -> bool:
    """Whether some were treated and some held out."""
    treated = np.concatenate([each.group.treated for each in told])
    return bool(treated.any()) and not treated.all()


def _joined(attempts: Attempts, actions: Actions, told: Sequence[GroupFinding], confidence: float) -> GroupFinding:
    group = _first_of_each(attempts, [each.group for each in told])
    play, started = told[0].finding.play, told[0].started
    left_out: Counter[str] = Counter()
    for each in told:
        left_out.update(each.finding.left_out)
    named = SPAN.format(first=as_date(started), last=as_date(told[-1].started))
    found = Finding(play, named, "effect", left_out=dict(left_out), by_export=told[0].finding.by_export)
    if group.treated.all():
        others = [attempts.bystanders(actions.of(play, each.started), each.started) for each in told]
        beside = np.concatenate(others)
        beside = beside[_firsts(attempts, beside)]
        return GroupFinding(nobody_held(found, attempts, group, beside, confidence), group, started)
    why, lots = not_by_lot(attempts, actions, group, (play, started))
    meanwhile = _meanwhile(attempts, actions, play, group)
    found = replace(found, verdict="association" if why else "effect", why=why, balance=lots, meanwhile=meanwhile)
    return GroupFinding(judged_together(found, attempts, group, confidence), group, started)


def _meanwhile(attempts: Attempts, actions: Actions, play: str, group: Group) -> dict[str, tuple[float, float]]:
    """By other play: the share of the treated, and of those held out, that it treated while their outcome was open."""
    customer, day = attempts.data.customer[group.place], attempts.data.cutoff[group.place].astype(np.int64)
    also = treated_otherwise(actions, play, customer, day, attempts.span)
    return {
        other: (float(rows[group.treated].mean()), float(rows[~group.treated].mean())) for other, rows in also.items()
    }


def _first_of_each(attempts: Attempts, groups: Sequence[Group]) -> Group:
    """The first row of each customer, of groups in the order of days."""
    place, treated, cost, done = (
        np.concatenate([getattr(group, name) for group in groups]) for name in ("place", "treated", "cost", "done")
    )
    rows = _firsts(attempts, place)
    return Group(place[rows], treated[rows], cost[rows], done[rows])


def _firsts(attempts: Attempts, place: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Where among places (n,) each customer comes first."""
    return np.sort(np.unique(attempts.data.customer[place], return_index=True)[1])
