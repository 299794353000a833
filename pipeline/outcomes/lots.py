"""Who of a campaign was treated and who held out, whether by lot, and what else was done to them meanwhile."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decision.balance import Balance, Gap, balance
from models.explanation.sentence import NOTHING, Sentence
from pipeline.outcomes.actions import Actions
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.overlap import Campaign, called, earlier, overlapping, treated_in

FEWEST = 20
"""Customers treated, or held out, below which no effect is spoken of: intervals of fewer are not to be trusted."""
NAMED = 3
"""Features named in the sentence that says why groups were not drawn by lot."""


@dataclass(frozen=True)
class Group:
    """Rows of one campaign whose outcome is known, (m,) each: places among the attempts, who was to be treated, the
    cost, and to whom something was done; that is the same where a book tells who was held out.
    """

    place: npt.NDArray[np.int64]
    treated: npt.NDArray[np.bool_]
    cost: npt.NDArray[np.float64]
    done: npt.NDArray[np.bool_]


LEFT_OUT = ("not eligible", "outcome not known", "both treated and held out", "proposed by no export")
TOO_FEW = "only {treated:,} treated and {held:,} held out: it takes {fewest} of each at least"
MOSTLY = 0.5
"""Share of those proposed to whom it was done, below which what is measured is proposing and not the play (ours)."""
SELDOM_DONE = "of {treated:,} proposed only {done:,} were treated: that measures proposing, not the play"
NOT_DRAWN = (
    "those held out were not drawn by lot: they differ in {differ} of {compared} things known before, most in {named}. "
    "Draw the next hold-out by lot"
)
TORN = (
    "the groups that the exports drew differ in {differ} of {compared} things known before, most in {named}: exports "
    "are missing, or were written again later"
)
GAP = "{feature} ({size:+.2f} deviations, lots give up to {limit:.2f})"
ONLY_ONE_SIDE = "{feature} (without exception)"
RISK_BEFORE = "risk of leaving"
TREATED_BY = "treatment by {campaign}"
IS_KNOWN = "{feature} is known"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*LEFT_OUT, TOO_FEW, SELDOM_DONE, NOT_DRAWN, TORN, GAP, ONLY_ONE_SIDE, RISK_BEFORE, TREATED_BY, IS_KNOWN]


def group_of(attempts: Attempts, actions: Actions, play: str, started: int) -> tuple[Group, dict[str, int]]:
    """The eligible customers of a campaign with a known outcome, and how many were left out, by reason."""
    rows = actions.of(play, started)
    place, known = attempts.rows_of(rows, started)
    seen = ~np.isnan(attempts.data.label[place])
    others = (each.get((play, started), 0) for each in (actions.contradictory, actions.unproposed))
    left_out = dict(zip(LEFT_OUT, (len(rows) - len(known), int((~seen).sum()), *others), strict=True))
    treated, done = (known[name].to_numpy(dtype=bool)[seen] for name in ("treated", "done"))
    group = Group(place[seen], treated, known["cost"].to_numpy(dtype=np.float64)[seen], done)
    return group, {reason: number for reason, number in left_out.items() if number}


def _also(attempts: Attempts, actions: Actions, group: Group, campaign: Campaign) -> npt.NDArray[np.bool_]:
    """Which customers of a group (m,) were also treated in a campaign."""
    return treated_in(actions, campaign, attempts.data.customer[group.place])


def treated_meanwhile(
    attempts: Attempts, actions: Actions, group: Group, campaign: Campaign
) -> dict[str, tuple[float, float]]:
    """By campaign that overlaps: the share of the treated, and of those held out, that were also treated in it."""
    found: dict[str, tuple[float, float]] = {}
    for each in overlapping(actions, campaign, attempts.span):
        also = _also(attempts, actions, group, each)
        found[called(each)] = float(also[group.treated].mean()), float(also[~group.treated].mean())
    return found


def not_by_lot(
    attempts: Attempts, actions: Actions, group: Group, campaign: Campaign
) -> tuple[Sentence, Balance | None]:
    """Why no effect may be spoken of, nothing where it may; and how alike the groups were before.

    That a customer was treated by another play before, or at once, is held against the lots like all else known.
    """
    arms = int(group.treated.sum()), int((~group.treated).sum())
    if min(arms) < FEWEST:
        return Sentence(TOO_FEW, treated=arms[0], held=arms[1], fewest=FEWEST), None
    done = int(group.done[group.treated].sum())
    if done < MOSTLY * arms[0]:
        return Sentence(SELDOM_DONE, treated=arms[0], done=done), None
    others = earlier(actions, campaign, attempts.span)
    also = [_also(attempts, actions, group, each) for each in others]
    values = np.column_stack([attempts.data.values[group.place], attempts.risk[group.place], *also])
    names = (
        *attempts.data.names,
        Sentence(RISK_BEFORE),
        *(Sentence(TREATED_BY, campaign=called(each)) for each in others),
    )
    lots = balance(values, names, group.treated)
    if not lots.broken:
        return NOTHING, lots
    named = tuple(_told(gap, names) for gap in lots.broken[:NAMED])
    said = TORN if campaign in actions.by_export else NOT_DRAWN
    return Sentence(said, differ=len(lots.broken), compared=len(lots.gaps), named=named), lots


def _told(gap: Gap, names: Sequence[str]) -> Sentence:
    feature = _thing(gap.feature, names)
    if not math.isfinite(gap.size):
        return Sentence(ONLY_ONE_SIDE, feature=feature)
    return Sentence(GAP, feature=feature, size=gap.size, limit=gap.limit)


def _thing(compared: str, names: Sequence[str]) -> str:
    """What a gap is in: one of `names`, or that it is known."""
    known = [Sentence(IS_KNOWN, feature=name) for name in names]
    return next((each for each in (*names, *known) if each == compared), compared)
