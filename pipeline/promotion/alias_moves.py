"""Moves of the aliases champion, challenger and previous, in an order that a crash at any point cannot harm.

The champion's alias is only ever pointed elsewhere, never taken away: at no moment is there no champion. What a move
leaves behind is put right by the same move made again. A registry cannot compare and move in one step, so each move is
checked right before and right after.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from features.errors import BusyProblem
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS


class Aliases(Protocol):
    """The aliases of registered models; `Tracking` is one."""

    def aliases(self, name: str) -> Mapping[str, str]:
        """The version that each alias of a name stands for."""

    def point(self, name: str, alias: str, number: str) -> None:
        """Let an alias stand for a version, at once."""

    def drop(self, name: str, alias: str) -> None:
        """Take an alias away."""


def crown(registry: Aliases, name: str, number: str) -> None:
    """Make a version the champion; the champion until then becomes `previous`, and a challenger is no longer one."""
    held = registry.aliases(name)
    if held.get(CHAMPION, number) != number:
        registry.point(name, PREVIOUS, held[CHAMPION])
    registry.point(name, CHAMPION, number)
    if held.get(CHALLENGER) == number:
        registry.drop(name, CHALLENGER)


def step_back(registry: Aliases, name: str) -> None:
    """Make `previous` the champion again. There is no `previous` then: one rollback cannot undo another."""
    registry.point(name, CHAMPION, registry.aliases(name)[PREVIOUS])
    registry.drop(name, PREVIOUS)


def check_champion(registry: Aliases, name: str, number: str) -> None:
    """Make sure that the champion is still, or is now, the version `number` ("" for none).

    Locks hold on one machine alone, and a comparison takes minutes: on another machine, or by hand, the champion may
    have been exchanged meanwhile. Asked before a move this leaves it to whoever was first; asked after, it finds those
    who moved within the same moment, of whom the last one won.

    Raises:
        BusyProblem: it is another version.
    """
    found = registry.aliases(name).get(CHAMPION, "")
    if found != number:
        raise BusyProblem(
            "The champion was exchanged by somebody else meanwhile.",
            where=f"registered model {name}",
            got=f"champion {found or 'none'}",
            expected=f"champion {number or 'none'}",
            todo="see its tags for who decided; then decide again: moorings promote",
        )


def settle(registry: Aliases, name: str) -> dict[str, str]:
    """The aliases of a name, after taking away what a killed move has left: a second alias of the champion."""
    held = dict(registry.aliases(name))
    for alias in (CHALLENGER, PREVIOUS):
        if alias in held and held[alias] == held.get(CHAMPION):
            registry.drop(name, alias)
            del held[alias]
    return held
