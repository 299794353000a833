"""Whatever is moved, and wherever it is killed: there is always a champion, and the same move again puts all right."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.promotion.alias_moves import crown, settle, step_back
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS

NAME = "acme-churn"


class KilledError(Exception):
    """The process ends here."""


@dataclass
class Registry:
    """Aliases in memory; after `calls` changes the process is killed. Every state in between is kept."""

    held: dict[str, str] = field(default_factory=dict)
    calls: int = 99
    states: list[dict[str, str]] = field(default_factory=list)

    def aliases(self, name: str) -> dict[str, str]:
        return dict(self.held)

    def _change(self, held: dict[str, str]) -> None:
        if self.calls == 0:
            raise KilledError
        self.calls -= 1
        self.held = held
        self.states.append(dict(held))

    def point(self, name: str, alias: str, number: str) -> None:
        self._change({**self.held, alias: number})

    def drop(self, name: str, alias: str) -> None:
        self._change({other: number for other, number in self.held.items() if other != alias})


def promote(registry: Registry) -> None:
    held = settle(registry, NAME)
    if CHALLENGER in held:
        crown(registry, NAME, held[CHALLENGER])


def roll_back(registry: Registry) -> None:
    if PREVIOUS in settle(registry, NAME):
        step_back(registry, NAME)


MOVES = [
    ("the first", promote, {CHALLENGER: "1"}, {CHAMPION: "1"}),
    ("a better one", promote, {CHAMPION: "1", CHALLENGER: "2"}, {CHAMPION: "2", PREVIOUS: "1"}),
    ("a third", promote, {CHAMPION: "2", PREVIOUS: "1", CHALLENGER: "3"}, {CHAMPION: "3", PREVIOUS: "2"}),
    ("back", roll_back, {CHAMPION: "2", PREVIOUS: "1"}, {CHAMPION: "1"}),
    ("back, one waiting", roll_back, {CHAMPION: "2", PREVIOUS: "1", CHALLENGER: "3"}, {CHAMPION: "1", CHALLENGER: "3"}),
    ("nothing to go back to", roll_back, {CHAMPION: "1"}, {CHAMPION: "1"}),
]
Move = Callable[[Registry], None]


@pytest.mark.parametrize(("move", "before", "after"), [each[1:] for each in MOVES], ids=[each[0] for each in MOVES])
@pytest.mark.parametrize("calls", [0, 1, 2, 99])
def test_a_move_that_was_killed_is_finished_by_the_same_move(
    move: Move, before: dict[str, str], after: dict[str, str], calls: int
) -> None:
    registry = Registry(dict(before), calls)
    with suppress(KilledError):
        move(registry)
    registry.calls = 99
    move(registry)
    assert registry.held == after


def lost(moves: list[tuple[str, int]], crowned: Callable[..., None] = crown) -> bool:
    """Whether a champion is missing at any moment of trainings, promotions and rollbacks, killed anywhere."""
    registry, version = Registry(), 0
    for what, calls in moves:
        registry.calls = calls
        with suppress(KilledError):
            if what == "train":
                version += 1
                registry.point(NAME, CHALLENGER, str(version))
            elif what == "promote" and CHALLENGER in (held := settle(registry, NAME)):
                crowned(registry, NAME, held[CHALLENGER])
            elif what == "roll back":
                roll_back(registry)
    seen = [CHAMPION in state for state in registry.states]
    return any(before and not after for before, after in itertools.pairwise(seen))


ANY_MOVES = st.lists(st.tuples(st.sampled_from(["train", "promote", "roll back"]), st.integers(0, 4)), max_size=12)


@given(ANY_MOVES)
def test_at_no_moment_is_there_no_champion(moves: list[tuple[str, int]]) -> None:
    assert not lost(moves)


def test_taking_the_alias_away_first_would_be_noticed() -> None:
    def careless(registry: Registry, name: str, number: str) -> None:
        held = registry.aliases(name)
        if CHAMPION in held:
            registry.point(name, PREVIOUS, held[CHAMPION])
            registry.drop(name, CHAMPION)
        registry.point(name, CHAMPION, number)

    assert lost([("train", 9), ("promote", 9), ("train", 9), ("promote", 9)], careless)


def test_a_promotion_made_again_without_settling_would_lose_the_previous_one() -> None:
    registry = Registry({CHAMPION: "1", CHALLENGER: "2"}, calls=2)
    with suppress(KilledError):
        promote(registry)
    assert registry.held == {CHAMPION: "2", PREVIOUS: "1", CHALLENGER: "2"}
    registry.calls = 99
    crown(registry, NAME, "2")
    assert registry.held[PREVIOUS] == "1"
