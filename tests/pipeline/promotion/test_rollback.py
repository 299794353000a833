"""A rollback goes one step back, and no killed move leaves a supplier without a champion."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from features.errors import ModelProblem, NothingToDo
from pipeline.config import Config
from pipeline.promotion import rollback as module
from pipeline.promotion.decision_log import append, read
from pipeline.promotion.promotion import promote
from pipeline.promotion.rollback import last_moved, rollback
from pipeline.registry.champion import tracking_of
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS, Tracking
from tests.pipeline.contenders import MOVED, NAME, damaged_champion, held
from tests.pipeline.supplier import configured, lines, quick

pytestmark = pytest.mark.slow


def test_rollback_restores_the_champion_once_and_says_so(waiting: Config) -> None:
    with pytest.raises(NothingToDo, match="nothing to roll back to"):
        rollback(waiting)
    promote(waiting)
    decision = rollback(waiting, reason="too many alarms").decisions["churn"]
    assert (decision.version, decision.champion, held(waiting)) == ("1", "2", {CHAMPION: "1"})
    line = read(waiting)[-1]
    assert (line["outcome"], line["version"], line["reason"]) == ("rolled back", "1", "too many alarms")
    assert "too many alarms" in tracking_of(waiting)._client.get_model_version(NAME, "2").tags["rolled_back"]
    with pytest.raises(NothingToDo, match="champions: churn version 1"):
        rollback(waiting)


def test_a_damaged_previous_model_is_not_rolled_back_to(waiting: Config) -> None:
    promote(waiting)
    damaged_champion(waiting, pytest.MonkeyPatch())
    with pytest.raises(ModelProblem, match="previous model's files"):
        rollback(waiting)
    assert held(waiting) == MOVED


BOTH = ["churn", "partnership"]


def moves(*told: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"run": run, "kind": kind, "outcome": outcome} for run, kind, outcome in told]


TOGETHER = [("a", "churn", "promoted"), ("a", "partnership", "forced")]
LAST = [
    ([], BOTH),
    (TOGETHER, BOTH),
    ([*TOGETHER, ("b", "churn", "promoted"), ("b", "partnership", "refused")], ["churn"]),
    ([*TOGETHER, ("b", "partnership", "promoted"), ("c", "churn", "unchanged")], ["partnership"]),
    ([*TOGETHER, ("b", "churn", "promoted"), ("c", "churn", "rolled back")], ["churn"]),
    ([*TOGETHER, ("b", "another", "promoted")], BOTH),
    ([("", "churn", "promoted")], BOTH),
]


@pytest.mark.parametrize(("told", "kinds"), LAST)
def test_what_the_last_run_to_move_anything_moved_goes_back(told: list[tuple[str, str, str]], kinds: list[str]) -> None:
    """The mutant takes everything back that has a model before: months of partnership for a churn of yesterday."""
    assert last_moved(moves(*told), BOTH) == kinds


def test_lines_of_before_runs_were_noted_say_nothing() -> None:
    assert last_moved([{"kind": "churn", "outcome": "promoted"}], BOTH) == BOTH


def test_none_goes_back_where_another_cannot_and_the_command_for_one_is_told(waiting: Config) -> None:
    promote(waiting)
    both = waiting.model_copy(update={"training": waiting.training.model_copy(update={"targets": BOTH})})
    strange, tracking = "small-partnership", tracking_of(waiting)
    (churn,) = [each for each in [tracking.aliased(NAME, PREVIOUS)] if each]
    tracking._client.create_registered_model(strange)
    for alias in (PREVIOUS, CHAMPION):  # what was trained for churn cannot be loaded for partnership
        tags = {"digest": churn.digest}
        made = tracking._client.create_model_version(strange, churn.folder.as_uri(), run_id=churn.run_id, tags=tags)
        tracking.point(strange, alias, str(made.version))
    with pytest.raises(ModelProblem, match="trained for something else") as problem:
        rollback(both, targets=BOTH)
    assert problem.value.todo.endswith("; to leave it as it is: moorings rollback --target churn")
    assert held(waiting) == MOVED
    assert [*rollback(both, targets=["churn"]).decisions] == ["churn"]
    assert held(waiting) == {CHAMPION: "1"} and PREVIOUS in tracking.aliases(strange)


class Fake:
    """A registry of two targets, of which both were promoted together; it dies at the `calls`-th change."""

    def __init__(self, calls: int = 99) -> None:
        self.held = {f"small-{kind}": {CHAMPION: "2", PREVIOUS: "1"} for kind in BOTH}
        self.calls = calls

    def aliases(self, name: str) -> dict[str, str]:
        return dict(self.held[name])

    def point(self, name: str, alias: str, number: str) -> None:
        self._change()
        self.held[name][alias] = number

    def drop(self, name: str, alias: str) -> None:
        self._change()
        del self.held[name][alias]

    def mark(self, name: str, number: str, tags: object) -> None:
        self._change()

    def _change(self) -> None:
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt

    def champions(self) -> list[str]:
        return [self.held[f"small-{kind}"][CHAMPION] for kind in BOTH]


@pytest.fixture
def promoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Config, Fake]:
    registry = Fake()
    config = quick(configured(tmp_path, lines(5)))
    config = config.model_copy(update={"training": config.training.model_copy(update={"targets": BOTH})})
    monkeypatch.setattr(module, "settled_by_model", lambda config, alias: config)
    monkeypatch.setattr(module, "_check_all", lambda grounds, kinds: None)
    monkeypatch.setattr(module.Grounds, "of", lambda config: SimpleNamespace(config=config, tracking=registry))
    for kind in BOTH:
        append(config, moved(kind, "2", "a"))
    return config, registry


def moved(kind: str, version: str, run: str) -> dict[str, str]:
    return {"kind": kind, "version": version, "outcome": "promoted", "run": run}


@pytest.mark.parametrize("calls", range(8))
def test_a_rollback_of_two_targets_killed_anywhere_is_finished_by_the_next(
    promoted: tuple[Config, Fake], calls: int
) -> None:
    config, registry = promoted
    registry.calls = calls
    with pytest.raises(KeyboardInterrupt):
        rollback(config)
    registry.calls = 99
    with suppress(NothingToDo):
        rollback(config)
    assert registry.champions() == ["1", "1"]
    assert [CHALLENGER in held for held in registry.held.values()] == [False, False]


def test_a_promotion_that_moved_nothing_yet_is_not_the_last(promoted: tuple[Config, Fake]) -> None:
    """It was killed between its line in the log and the registry: what went before it goes back, all of it."""
    config, registry = promoted
    registry.held["small-churn"][CHALLENGER] = "3"
    append(config, moved("churn", "3", "b"))
    assert [*rollback(config).decisions] == BOTH
    assert registry.champions() == ["1", "1"]


@pytest.mark.parametrize("calls", range(4))
def test_a_promotion_killed_anywhere_leaves_a_champion_and_is_finished_by_the_next(
    waiting: Config, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    left = [calls]

    def killing(name: str) -> Callable[..., None]:
        right = getattr(Tracking, name)

        def change(self: Tracking, *given: object) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            right(self, *given)

        return change

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        for name in ("mark", "point", "drop"):
            patch.setattr(Tracking, name, killing(name))
        promote(waiting)
    assert CHAMPION in held(waiting)
    assert read(waiting)[-1]["outcome"] == "promoted"  # the line comes before the move
    try:
        promote(waiting)
    except NothingToDo:
        assert calls == 3  # all but the challenger's alias had moved
    assert held(waiting) == MOVED
