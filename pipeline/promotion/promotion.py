"""Promotion: whether a challenger takes the champion's place, for `train`, `promote` and `retrain` alike."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from features.errors import ModelProblem
from models.bundle import OutdatedModel
from models.evaluation.gate import gate
from pipeline.config import Config
from pipeline.learning.drawing import draws_of
from pipeline.matrices.dataset import usable_threads
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.tasks import tasks
from pipeline.process.progress import stage
from pipeline.promotion.alias_moves import check_champion, crown, settle
from pipeline.promotion.decision_log import append, deciding, log_file
from pipeline.promotion.decisions import Compared, Decision, Decisions, Outcome
from pipeline.promotion.problems import (
    BY_THE_CHECKS,
    Overruling,
    asked_kinds,
    check_reason,
    nothing_to_promote,
)
from pipeline.promotion.refusals import WORK
from pipeline.promotion.rows import Side, judged
from pipeline.registry.champion import REFUSAL, load_held_out, load_registered, model_name, tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS, Tracking
from pipeline.sources.store import StoreReading, read_store

logger = logging.getLogger(__name__)
ROLES = {PREVIOUS: "previous model"}
"""What messages call a version, where its alias alone would not say it."""
ALARMS = "leakage_alarms"
"""The figure of a run that counts its leakage alarms."""


@dataclass(frozen=True)
class Grounds:
    """All that a decision needs: the settings, where models are kept, and the history, read when it is first needed."""

    config: Config
    tracking: Tracking
    read: Callable[[], StoreReading]

    @classmethod
    def of(cls, config: Config, found: StoreReading | None = None) -> Grounds:
        """`found` is the history, where it has been read already."""
        return cls(config, tracking_of(config), lambda: found or read_store(config))

    @cached_property
    def found(self) -> StoreReading:
        """The history."""
        return self.read()


def promote(
    config: Config,
    targets: Sequence[str] = (),
    overruling: Overruling = BY_THE_CHECKS,
    found: StoreReading | None = None,
) -> Decisions:
    """Decide about every challenger, and move the aliases of those that pass.

    Args:
        config: whose models.
        targets: kinds of target; empty means all.
        overruling: force and reason.
        found: the history, where it has been read already.

    Raises:
        UsageProblem: force without a reason, or a target that is not trained.
        NothingToDo: there is no challenger, or each is digit for digit the champion.
        BusyProblem: another process decides about these models, or somebody else has exchanged the champion meanwhile.
        ModelProblem: a challenger's files are damaged, or it speaks of something else than the settings.
    """
    check_reason(overruling)
    config = settled_by_model(config, CHALLENGER)
    grounds, kinds = Grounds.of(config, found), asked_kinds(config, targets)
    with deciding(config):
        decisions = decide(grounds, kinds, overruling)
    if all(each.outcome == "unchanged" for each in decisions.decisions.values()):
        raise nothing_to_promote(config, decisions)
    return decisions


def decide(grounds: Grounds, kinds: Sequence[str], overruling: Overruling = BY_THE_CHECKS) -> Decisions:
    """The decisions about the challengers of `kinds`, written down and carried out, by whoever holds the lock."""
    config, decisions = grounds.config, {}
    waiting = {kind: _challenger(grounds, kind) for kind in kinds}
    for kind, side in waiting.items():
        if side is not None:
            decision = _decided(grounds, kind, side, overruling)
            _carry_out(grounds, decision)
            decisions[kind] = decision
    return Decisions(config.name, decisions, str(log_file(config)))


def _carry_out(grounds: Grounds, decision: Decision) -> None:
    """The line in the log, then the tags, then the aliases: no move is ever without its line.

    Raises:
        BusyProblem: the champion is another one than was decided about.
    """
    if decision.moved:
        check_champion(grounds.tracking, decision.name, decision.champion)
    logger.info("%s", f"{decision.kind}: {decision.sentence()}" if decision.moved else decision.text())
    append(grounds.config, decision.summary())
    grounds.tracking.mark(decision.name, decision.version, decision.tags())
    if decision.moved:
        crown(grounds.tracking, decision.name, decision.version)
        check_champion(grounds.tracking, decision.name, decision.version)
    elif decision.outcome == "unchanged":
        grounds.tracking.drop(decision.name, CHALLENGER)


def _challenger(grounds: Grounds, kind: str) -> Side | None:
    """The challenger of a kind of target, loaded: what cannot be loaded is never promoted."""
    if CHALLENGER not in settle(grounds.tracking, model_name(grounds.config, kind)):
        return None
    return load_side(grounds, kind, CHALLENGER)


def load_side(grounds: Grounds, kind: str, alias: str) -> Side | None:
    """The version that an alias stands for, with its models; None where there is none.

    Raises:
        ModelProblem: as `load_registered`.
    """
    registered = grounds.tracking.aliased(model_name(grounds.config, kind), alias)
    if registered is None:
        return None
    role = ROLES.get(alias, alias)
    model = load_registered(registered, tasks(grounds.config)[kind], grounds.config, role)
    return Side(registered, model, load_held_out(registered, grounds.tracking, grounds.config, role))


def _decided(grounds: Grounds, kind: str, challenger: Side, overruling: Overruling) -> Decision:
    """What becomes of a challenger; nothing is moved yet."""
    new = challenger.registered
    old = grounds.tracking.aliases(new.name).get(CHAMPION, "")
    work, reason = new.tags.get(WORK, ""), overruling.reason
    decision = Decision(now(), kind, new.name, new.version, old, "promoted", reason=reason, work=work)
    alarm = _alarm(grounds, new)
    if alarm:
        return replace(decision, outcome="forbidden", against=(alarm,))
    own = tuple(filter(None, [new.tags.get(REFUSAL, "it was registered without a test")]))
    if not old:
        return _judge(replace(decision, against=own, note="the first of its name"), overruling)
    try:
        champion = load_side(grounds, kind, CHAMPION)
    except OutdatedModel as problem:
        told = f"{problem.what} {problem.got}, not {problem.expected}"
        note = f"not compared, since the champion can no longer score: {told}"
        return _judge(replace(decision, against=own, note=note), overruling)
    except ModelProblem as problem:
        return _judge(replace(decision, against=(*own, _told(problem))), overruling)
    if champion is None or champion.registered.digest == new.digest:
        return replace(decision, outcome="unchanged")
    return _judge(_compared(grounds, kind, challenger, champion, replace(decision, against=own)), overruling)


@stage("beside the champion")
def _compared(grounds: Grounds, kind: str, challenger: Side, champion: Side, decision: Decision) -> Decision:
    """The decision with what the comparison adds to it."""
    config, store = grounds.config, grounds.found.store
    other_tables = OtherTables.of(grounds.found.reading.history, store)
    try:
        rows = judged(challenger, champion, store, other_tables, tasks(config)[kind], config)
    except ModelProblem as problem:
        return replace(decision, against=(*decision.against, _told(problem)))
    loss, threads = config.promotion.auc_loss, usable_threads(config)
    found = gate(rows.rows, rows.kinds, auc_loss=loss, **draws_of(config), workers=threads)
    told = Compared(found, tuple(rows.cutoffs), rows.challenger_by, rows.champion_by)
    return replace(decision, against=(*decision.against, *found.refusals), compared=told)


def _judge(decision: Decision, overruling: Overruling) -> Decision:
    """Promoted where nothing speaks against it; else forced or refused."""
    outcome: Outcome = "forced" if overruling.force else "refused"
    return replace(decision, outcome=outcome) if decision.against else decision


def _alarm(grounds: Grounds, challenger: Registered) -> str:
    """Why a version may never be promoted, not even by force; "" where it may."""
    alarms = grounds.tracking.metrics(challenger.run_id).get(ALARMS)
    if alarms is None:
        return "nobody has looked for a leak in it"
    return f"its training raised {alarms:.0f} leakage alarms ({challenger.tags.get(REFUSAL, '')})" if alarms else ""


def _told(problem: ModelProblem) -> str:
    return f"{problem.what} {problem.got}".rstrip(".")


def now() -> str:
    """The time, ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
