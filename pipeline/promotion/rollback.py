"""Rollback: the model that scored before becomes champion again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from features.errors import ModelProblem
from pipeline.config import Config
from pipeline.promotion.alias_moves import check_champion, settle, step_back
from pipeline.promotion.decision_log import append, deciding, log_file, read
from pipeline.promotion.decisions import MOVED, TAG_LENGTH, Decision, Decisions
from pipeline.promotion.problems import asked_kinds, nothing_to_roll_back
from pipeline.promotion.promotion import Grounds, load_side, now
from pipeline.registry.champion import model_name
from pipeline.registry.model_horizon import settled_by_model
from pipeline.registry.tracking import CHAMPION, PREVIOUS


def rollback(config: Config, targets: Sequence[str] = (), reason: str = "") -> Decisions:
    """Make the models that scored before champion again: all that are asked for, or none where one cannot be loaded.

    Args:
        config: whose models.
        targets: kinds of target; empty means those that the last run to move any moved, see `last_moved`.
        reason: for the log.

    Raises:
        UsageProblem: a target that is not trained.
        NothingToDo: no model scored before.
        BusyProblem: another process decides about these models, or somebody else has exchanged the champion meanwhile.
        ModelProblem: a model that scored before is damaged, or speaks of something else than the settings.
    """
    config = settled_by_model(config, PREVIOUS)
    grounds = Grounds.of(config)
    with deciding(config):
        kinds = asked_kinds(config, targets) if targets else last_moved(read(config), asked_kinds(config, ()))
        held = {kind: settle(grounds.tracking, model_name(config, kind)) for kind in kinds}
        back = {kind: aliases for kind, aliases in held.items() if PREVIOUS in aliases}
        if not back:
            raise nothing_to_roll_back(config, held)
        _check_all(grounds, [*back])
        decisions = {kind: _step(grounds, kind, aliases, reason) for kind, aliases in back.items()}
    return Decisions(config.name, decisions, str(log_file(config)))


def last_moved(lines: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> list[str]:
    """The kinds of target that were moved by the last run to move any; all where the log does not say.

    A target may have been promoted alone since the other one was: what went well for months does not go back with it.
    And a rollback told twice is not two of them: the second finds that the last move was the first.

    Args:
        lines: of the decision log, oldest first.
        kinds: that are trained.
    """
    moves = [line for line in lines if line["kind"] in kinds and line["outcome"] in MOVED]
    run = moves[-1].get("run") if moves else None
    return [kind for kind in kinds if not run or (run, kind) in {(each.get("run"), each["kind"]) for each in moves}]


def _check_all(grounds: Grounds, kinds: Sequence[str]) -> None:
    """Load what is to score again, so that none goes back where another cannot.

    Raises:
        ModelProblem: one cannot be loaded; with the command that leaves it as it is.
    """
    failed: dict[str, ModelProblem] = {}
    for kind in kinds:
        try:
            load_side(grounds, kind, PREVIOUS)
        except ModelProblem as problem:
            failed[kind] = problem
    sound = [kind for kind in kinds if kind not in failed]
    for first in failed.values():
        if sound:
            first.todo += f"; to leave it as it is: moorings rollback --target {' --target '.join(sound)}"
        raise first


def _step(grounds: Grounds, kind: str, held: Mapping[str, str], reason: str) -> Decision:
    name = model_name(grounds.config, kind)
    decision = Decision(now(), kind, name, held[PREVIOUS], held[CHAMPION], "rolled back", reason=reason)
    check_champion(grounds.tracking, name, decision.champion)
    append(grounds.config, decision.summary())
    grounds.tracking.mark(name, decision.version, decision.tags())
    grounds.tracking.mark(name, decision.champion, {"rolled_back": f"{decision.at} {reason}"[:TAG_LENGTH]})
    step_back(grounds.tracking, name)
    check_champion(grounds.tracking, name, decision.version)
    return decision
