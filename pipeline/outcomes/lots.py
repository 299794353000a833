"""Who of a campaign was treated and who held out, whether by lot, and what else was done to them meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decision.balance import Balance, Gap, balance
from pipeline.outcomes.actions import Actions
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.overlap import Campaign, called, earlier, overlapping, treated_in

FEWEST = 20
"""Customers treated, or held out, below which no effect is spoken of: intervals of fewer are not to be trusted."""
NAMED = 3
"""Features named in the sentence that says why groups were not drawn by lot."""


@dataclass(frozen=True)
class Group:
    """Rows of one campaign whose outcome is known, (m,) each: places among the attempts, who was treated, the cost."""

    place: npt.NDArray[np.int64]
    treated: npt.NDArray[np.bool_]
    cost: npt.NDArray[np.float64]


def group_of(attempts: Attempts, actions: Actions, play: str, started: int) -> tuple[Group, dict[str, int]]:
    """The eligible customers of a campaign with a known outcome, and how many were left out, by reason."""
    rows = actions.of(play, started)
    place, known = attempts.rows_of(rows, started)
    seen = ~np.isnan(attempts.data.label[place])
    left_out = {
        "not eligible": len(rows) - len(known),
        "outcome not known": int((~seen).sum()),
        "both treated and held out": actions.contradictory.get((play, started), 0),
    }
    treated, cost = known["treated"].to_numpy(dtype=bool), known["cost"].to_numpy(dtype=np.float64)
    group = Group(place[seen], treated[seen], cost[seen])
    return group, {reason: number for reason, number in left_out.items() if number}


def _also(attempts: Attempts, actions: Actions, group: Group, campaign: Campaign) -> npt.NDArray[np.bool_]:
    """Which customers of a group (m,) were also treated in a campaign."""
    return treated_in(actions, campaign, attempts.data.customer[group.place])


def treated_meanwhile(
    attempts: Attempts, actions: Actions, group: Group, campaign: Campaign
) -> dict[str, tuple[float, float]]:
    """By campaign that overlaps: the share of the treated, and of those held out, that were also treated in it."""
    found = {}
    for each in overlapping(actions, campaign, attempts.span):
        also = _also(attempts, actions, group, each)
        found[called(each)] = float(also[group.treated].mean()), float(also[~group.treated].mean())
    return found


def not_by_lot(attempts: Attempts, actions: Actions, group: Group, campaign: Campaign) -> tuple[str, Balance | None]:
    """Why no effect may be spoken of, "" where it may; and how alike the groups were before.

    That a customer was treated by another play before, or at once, is held against the lots like all else known.
    """
    arms = int(group.treated.sum()), int((~group.treated).sum())
    if min(arms) < FEWEST:
        return f"only {arms[0]:,} treated and {arms[1]:,} held out: it takes {FEWEST} of each at least", None
    others = earlier(actions, campaign, attempts.span)
    also = [_also(attempts, actions, group, each) for each in others]
    values = np.column_stack([attempts.data.values[group.place], attempts.risk[group.place], *also])
    names = (*attempts.data.names, "risk of leaving", *(f"treatment by {called(each)}" for each in others))
    lots = balance(values, names, group.treated)
    if not lots.broken:
        return "", lots
    named = ", ".join(map(_told, lots.broken[:NAMED]))
    return (
        f"those held out were not drawn by lot: they differ in {len(lots.broken)} of {len(lots.gaps)} things known "
        f"before, most in {named}. Draw the next hold-out by lot"
    ), lots


def _told(gap: Gap) -> str:
    if not math.isfinite(gap.size):
        return f"{gap.feature} (without exception)"
    return f"{gap.feature} ({gap.size:+.2f} deviations, lots give up to {gap.limit:.2f})"
