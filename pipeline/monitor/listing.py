"""Which features a check tells of: those beyond their limits, family by family, and what comes nearest to its own.

Features of one family speak of the same thing, and leave their limits together: one finding, not dozens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from features.catalogue import FEATURES
from models.evaluation.drift import Verdict
from pipeline.monitor.finding import Finding

WAYS = {1: "higher", -1: "lower", 0: "known for other customers"}
SHOWN = 10
"""Features without an alarm that a section lists, those nearest to their limits."""
TOLD = 5
"""Features of a family that are named beside the furthest; the summary has all of them."""
ADVICE = "look where its columns come from; if the change is real, train again: moorings retrain"


def listed(verdict: Verdict, names: Sequence[str], kind: str, beside: str) -> Iterator[Finding]:
    """One finding for each family with a feature beyond its limit, the furthest first; then what comes nearest.

    Args:
        verdict: of every feature.
        names: of the features, in its order.
        kind: of target.
        beside: what they are compared with, in words.
    """
    nearness = np.divide(verdict.distance, verdict.limit, out=np.zeros(len(names)), where=verdict.limit > 0)
    order = np.argsort(-nearness, kind="stable")
    families = {each.name: each.family for each in FEATURES}
    beyond: dict[str, list[int]] = {}
    for place in order[verdict.drifted[order]]:
        beyond.setdefault(families.get(names[place], names[place]), []).append(int(place))
    for family, places in beyond.items():
        yield _together(verdict, names, places, f"{kind}: {family}", beside)
    for place in order[~verdict.drifted[order]][:SHOWN]:
        yield finding(f"{kind}: {names[place]}", shift(verdict, int(place), beside), verdict, int(place))


def _together(verdict: Verdict, names: Sequence[str], places: list[int], subject: str, beside: str) -> Finding:
    """The features of a family, the furthest first, which lends the finding its figure and limit."""
    members = tuple(names[place] for place in places)
    others, more = ", ".join(members[1 : TOLD + 1]), len(members) - TOLD - 1
    what = f"{members[0]}: {shift(verdict, places[0], beside)}"
    what += f"; and {others}" if others else ""
    what += f" and {more} more" if more > 0 else ""
    return finding(subject, what, verdict, places[0], ADVICE, members)


def shift(verdict: Verdict, place: int, beside: str) -> str:
    """How far a feature has moved, in words."""
    way = WAYS[int(verdict.direction[place])]
    return f"{verdict.distance[place]:.0%} of the customers lie {way} than in {beside}"


def finding(
    subject: str, what: str, verdict: Verdict, place: int, todo: str = ADVICE, members: tuple[str, ...] = ()
) -> Finding:
    """What is found of the feature at `place` of a verdict, or of several that it stands for."""
    alarm = bool(verdict.drifted[place])
    got, limit = float(verdict.distance[place]), float(verdict.limit[place])
    return Finding(subject, what, round(got, 4), round(limit, 4), alarm, todo if alarm else "", members)
