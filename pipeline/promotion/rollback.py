"""Rollback: the model that scored before becomes champion again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.config import Config
from pipeline.promotion.alias_moves import check_champion, settle, step_back
from pipeline.promotion.decision_log import append, deciding, log_file
from pipeline.promotion.decisions import TAG_LENGTH, Decision, Decisions
from pipeline.promotion.problems import asked_kinds, nothing_to_roll_back
from pipeline.promotion.promotion import Grounds, load_side, now
from pipeline.registry.champion import model_name
from pipeline.registry.model_horizon import settled_by_model
from pipeline.registry.tracking import CHAMPION, PREVIOUS


def rollback(config: Config, targets: Sequence[str] = (), reason: str = "") -> Decisions:
    """Make the models that scored before champion again.

    Raises:
        UsageProblem: a target that is not trained.
        NothingToDo: no model scored before.
        BusyProblem: another process decides about these models, or somebody else has exchanged the champion meanwhile.
        ModelProblem: a model that scored before is damaged, or speaks of something else than the settings.
    """
    config = settled_by_model(config, PREVIOUS)
    grounds = Grounds.of(config)
    with deciding(config):
        held = {kind: settle(grounds.tracking, model_name(config, kind)) for kind in asked_kinds(config, targets)}
        back = {kind: aliases for kind, aliases in held.items() if PREVIOUS in aliases}
        if not back:
            raise nothing_to_roll_back(config, held)
        for kind in back:
            load_side(grounds, kind, PREVIOUS)
        decisions = {kind: _step(grounds, kind, aliases, reason) for kind, aliases in back.items()}
    return Decisions(config.name, decisions, str(log_file(config)))


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
