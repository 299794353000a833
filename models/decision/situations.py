"""The situations a customer is in: its state, sharpened by its flags, and every situation whose guards apply to it."""

from __future__ import annotations

from typing import cast

from models.decision.course import Relationship
from models.decision.plays import Situation
from models.decision.states import STATES

Situations = frozenset[Situation]


def situations_of(of: Relationship) -> tuple[tuple[Situation, Situations], ...]:
    """The situation each of n customers is in, and with it every other whose guards apply to it.

    Who may be a captive is treated as its state says, but never as a captive must not be treated.
    """
    found = []
    for row, code in enumerate(of.state):
        main = cast("Situation", STATES[code])
        if of.captive_drifting[row]:
            main = "captive_drifting"
        elif of.prospective_partner[row]:
            main = "prospective_partner"
        found.append((main, frozenset[Situation]({main, "captive"} if of.captive_possible[row] else {main})))
    return tuple(found)
