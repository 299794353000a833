"""Which features a check tells of: those beyond their limits, family by family, and what comes nearest to its own.

Features of one family speak of the same thing, and leave their limits together: one finding, not dozens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from features.catalogue import FAMILY_OF
from features.families import FAMILIES
from models.evaluation.drift import Verdict
from models.explanation.sentence import NOTHING, Sentence
from pipeline.monitor.finding import Finding

BESIDE = {"training": "training", "exports": "the exports before"}
WAYS = {
    1: "{share:.0%} of the customers lie higher than in {beside}",
    -1: "{share:.0%} of the customers lie lower than in {beside}",
    0: "it is known of {share:.0%} more, or fewer, of the customers than in {beside}",
}
OF_FAMILY = {family: f"{{kind}}: {family}" for family in FAMILIES}
OF_FEATURE = "{kind}: {feature}"
TOGETHER = {
    "one": "{feature}: {shift}",
    "all": "{feature}: {shift}; and {others}",
    "more": "{feature}: {shift}; and {others} and {more} more",
}
SHOWN = 10
"""Features without an alarm that a section lists, those nearest to their limits."""
TOLD = 5
"""Features of a family that are named beside the furthest; the summary has all of them."""
ADVICE = "look where its columns come from; if the change is real, train again: moorings retrain"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*BESIDE.values(), *WAYS.values(), *OF_FAMILY.values(), OF_FEATURE, *TOGETHER.values(), ADVICE]


def listed(verdict: Verdict, names: Sequence[str], kind: str, beside: str) -> Iterator[Finding]:
    """One finding for each family with a feature beyond its limit, the furthest first; then what comes nearest.

    Args:
        verdict: of every feature.
        names: of the features, in its order.
        kind: of target.
        beside: what they are compared with, of `BESIDE`.
    """
    nearness = np.divide(verdict.distance, verdict.limit, out=np.zeros(len(names)), where=verdict.limit > 0)
    order = np.argsort(-nearness, kind="stable")
    beyond: dict[str, list[int]] = {}
    for place in order[verdict.drifted[order]]:
        beyond.setdefault(FAMILY_OF.get(names[place], names[place]), []).append(int(place))
    for family, places in beyond.items():
        yield _together(
            verdict, names, places, Sentence(OF_FAMILY.get(family, OF_FEATURE), kind=kind, feature=family), beside
        )
    for place in order[~verdict.drifted[order]][:SHOWN]:
        subject = Sentence(OF_FEATURE, kind=kind, feature=names[place])
        yield finding(subject, shift(verdict, int(place), beside), verdict, int(place))


def _together(verdict: Verdict, names: Sequence[str], places: list[int], subject: Sentence, beside: str) -> Finding:
    """The features of a family, the furthest first, which lends the finding its figure and limit."""
    members = tuple(names[place] for place in places)
    others, more = members[1 : TOLD + 1], len(members) - TOLD - 1
    told = TOGETHER["more" if more > 0 else "all" if others else "one"]
    furthest = {"feature": members[0], "shift": shift(verdict, places[0], beside)}
    what = Sentence(told, **furthest, others=others, more=more)
    return finding(subject, what, verdict, places[0], ADVICE, members)


def shift(verdict: Verdict, place: int, beside: str) -> Sentence:
    """How far a feature has moved, beside one of `BESIDE`, in words."""
    way = WAYS[int(verdict.direction[place])]
    return Sentence(way, share=float(verdict.distance[place]), beside=BESIDE[beside])


def finding(
    subject: Sentence, what: Sentence, verdict: Verdict, place: int, todo: str = ADVICE, members: tuple[str, ...] = ()
) -> Finding:
    """What is found of the feature at `place` of a verdict, or of several that it stands for."""
    alarm = bool(verdict.drifted[place])
    got, limit = float(verdict.distance[place]), float(verdict.limit[place])
    return Finding(subject, what, round(got, 4), round(limit, 4), alarm, Sentence(todo) if alarm else NOTHING, members)
