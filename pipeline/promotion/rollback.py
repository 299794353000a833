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
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS


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
        kinds = asked_kinds(config, targets)
        held = {kind: settle(grounds.tracking, model_name(config, kind)) for kind in kinds}
        if not targets:
            told = last_moved([line for line in read(config) if not _waits(line, held)], kinds)
            held = {kind: held[kind] for kind in told}
        back = {kind: aliases for kind, aliases in held.items() if PREVIOUS in aliases}
        if not back:
            raise nothing_to_roll_back(config, held)
        _check_all(grounds, [*back])
        decisions = {kind: _decision(grounds, kind, aliases, reason) for kind, aliases in back.items()}
        for decision in decisions.values():  # all lines before the first move: told again, what was killed goes on
            append(config, decision.summary())
        for decision in decisions.values():
            _step(grounds, decision)
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


def _waits(line: Mapping[str, Any], held: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a promotion was written down and killed before it moved anything: what it names is challenger still."""
    return line["outcome"] in MOVED and held.get(line["kind"], {}).get(CHALLENGER) == line.get("version", "")


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


def _decision(grounds: Grounds, kind: str, held: Mapping[str, str], reason: str) -> Decision:
    name = model_name(grounds.config, kind)
    check_champion(grounds.tracking, name, held[CHAMPION])
    return Decision(now(), kind, name, held[PREVIOUS], held[CHAMPION], "rolled back", reason=reason)


def _step(grounds: Grounds, decision: Decision) -> None:
    name, told = decision.name, f"{decision.at} {decision.reason}"
    check_champion(grounds.tracking, name, decision.champion)
    grounds.tracking.mark(name, decision.version, decision.tags())
    grounds.tracking.mark(name, decision.champion, {"rolled_back": told[:TAG_LENGTH]})
    step_back(grounds.tracking, name)
    check_champion(grounds.tracking, name, decision.version)
