"""What a play rests on, in sentences: what moves the scores, and for who is held, what its indices are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from features.catalogue import BY_NAME
from features.engine.plan import Matrix
from features.indices import INDICES, Index
from features.peers import PeerGroups
from models.decision.recommend import Advice
from models.decision.situations import Situations
from models.decision.standing import Standing, StateThresholds
from models.explanation.language import Language
from models.explanation.reasons import RAISES, Reason
from models.explanation.wording import sentence
from pipeline.standing.standing_rows import READ, column

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST = 2
"""Sentences a play rests on, of each kind."""
OPEN_COMPLAINTS = frozenset({"complaints_unsettled", "severe_complaints_unsettled"})
"""Counts of open complaints: of one alone nothing is said again after the day of a severe one."""
GROWING = frozenset({"partner", "prospective_partner"})
HELD, DRIFTING = frozenset({"captive", "captive_drifting"}), frozenset({"drifting", "captive_drifting"})


def seen(
    advice: Advice,
    matrix: Matrix,
    now: Standing,
    peers: PeerGroups,
    reasons: tuple[Sequence[tuple[Reason, ...]], Sequence[tuple[Reason, ...]]],
    limits: StateThresholds,
    complains: Flags,
    language: Language,
) -> list[list[str]]:
    """Sentences for each eligible customer (n,), with its own numbers and what is usual.

    Args:
        advice: the situations of the customers.
        matrix: their features at one cutoff.
        now: where they stand.
        peers: their groups.
        reasons: of the churn probability and of the partnership propensity, (n,) each.
        limits: from where an index speaks.
        complains: who is told of by the day of its open severe complaint, (n,).
        language: of the sentences.
    """
    held = _Held(matrix, now, peers, limits, language)
    found = []
    for row, situations in enumerate(advice.situations):
        of_churn, of_partnership = (kind[row] if kind else () for kind in reasons)
        looks_held = held.sentences(row, told_of=bool(complains[row])) if HELD & situations else []
        found.append(_resting_on(situations, of_churn, of_partnership, looks_held))
    return found


def _resting_on(
    situations: Situations, of_churn: Sequence[Reason], of_partnership: Sequence[Reason], looks_held: list[str]
) -> list[str]:
    """What a customer's play rests on: of who is held what holds it, before that what drives it away if it drifts.

    Each sentence once: what an index is made of may be a reason as well. Nothing for who drifts though all that can be
    told speaks for it: what speaks for a customer is no ground to ask what went wrong.
    """
    if HELD & situations:
        leaving = _raising(of_churn) if DRIFTING & situations else []
        return list(dict.fromkeys([*leaving, *looks_held]))
    if GROWING & situations:
        return _raising(of_partnership) or _raising(of_churn)
    if DRIFTING & situations:
        return _raising(of_churn)
    return _raising(of_churn) or [reason.text for reason in of_churn[:MOST]]


def _raising(reasons: Sequence[Reason]) -> list[str]:
    return [reason.text for reason in reasons if reason.direction == RAISES][:MOST]


class _Held:
    """The parts of the indices that make a customer look held, in words."""

    def __init__(
        self, matrix: Matrix, now: Standing, peers: PeerGroups, limits: StateThresholds, language: Language
    ) -> None:
        declared = {index.name: index for index in INDICES}
        self._now, self._limits, self._language = now, limits, language
        self._parts = {name: _Parts(declared[index], matrix, peers) for name, index in READ.items()}

    def sentences(self, row: int, *, told_of: bool) -> list[str]:
        """Of each index that speaks: the part that makes it do so most. `told_of`: its severe complaint is named."""
        now, limits = self._now, self._limits
        speaks = {
            "investment": now.investment[row] >= limits.high_cost,
            "risk": now.risk[row] >= limits.high_cost,
            "value": now.value[row] <= limits.low_value,
            "pressure": now.pressure[row] >= limits.high_pressure,
        }
        known = OPEN_COMPLAINTS if told_of else frozenset[str]()
        spoken = [name for name in speaks if speaks[name]]
        texts = [self._parts[name].sentence(row, name != "value", self._language, known) for name in spoken]
        return [text for text in texts if text]


class _Parts:
    """The features of one index, where each customer stands by them, and what is usual."""

    def __init__(self, index: Index, matrix: Matrix, peers: PeerGroups) -> None:
        self._names = [name for name in index.parts if name in matrix.names]
        self._values = [column(matrix, name) for name in self._names]
        self._usual = peers.usual(matrix.values, [matrix.names.index(name) for name in self._names])
        ranks = [peers.percentile(values) for values in self._values]
        self._ranks = [
            rank if index.parts[name] > 0 else 1 - rank for name, rank in zip(self._names, ranks, strict=True)
        ]

    def sentence(self, row: int, highest: bool, language: Language, known: frozenset[str] = frozenset()) -> str:
        """The part that stands out most and can be told: the highest, or the lowest; empty where none can.

        Of the parts `known` one alone has been told of before.
        """
        ranks = np.array([rank[row] for rank in self._ranks])
        for place in np.argsort(-ranks if highest else ranks, kind="stable"):
            again = self._names[place] in known and self._values[place][row] == 1
            if np.isnan(ranks[place]) or again:
                continue
            own, usual = self._values[place][row], self._usual.medians[self._usual.group[row], place]
            text = sentence(BY_NAME[self._names[place]], own, float(usual), language)
            if text:
                return text
        return ""
