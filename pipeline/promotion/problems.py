"""What is asked of a promotion or a rollback, and what to tell where it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.errors import NothingToDo, UsageProblem
from pipeline.config import Config
from pipeline.promotion.decisions import Decisions
from pipeline.registry.tracking import CHAMPION


@dataclass(frozen=True)
class Overruling:
    """What the user adds to a decision: a reason, and whether the challenger is promoted whatever the checks say."""

    force: bool = False
    reason: str = ""


BY_THE_CHECKS = Overruling()


def asked_kinds(config: Config, targets: Sequence[str]) -> list[str]:
    """The kinds of target asked for; without any, all that are trained.

    Raises:
        UsageProblem: one of them is not trained.
    """
    known: list[str] = list(config.training.targets)
    unknown = [kind for kind in targets if kind not in known]
    if unknown:
        raise UsageProblem(
            "There is no such target in this configuration.",
            where="--target",
            got=", ".join(unknown),
            expected=" or ".join(known),
            todo="correct the name, or add the target to [training] targets",
        )
    return list(targets) or known


def check_reason(overruling: Overruling) -> None:
    """Refuse force without a reason.

    Raises:
        UsageProblem: there is none.
    """
    if overruling.force and not overruling.reason.strip():
        raise UsageProblem(
            "Force needs a reason, which is written down.",
            where="--force",
            got="no --reason" if not overruling.reason else "an empty --reason",
            expected="--force --reason <why>",
            todo="say in a sentence why the checks are overruled",
        )


def nothing_to_promote(config: Config, decisions: Decisions) -> NothingToDo:
    """What to tell where no challenger could change anything."""
    told = [each.sentence() for each in decisions.decisions.values()]
    return NothingToDo(
        "There is nothing to promote.",
        where=f"registered models of {config.name} in {config.storage.tracking_uri or config.runs}",
        got="; ".join(told) or "no version with the alias challenger",
        expected="a challenger that is another model than the champion",
        todo="train one: moorings train",
    )


def nothing_to_roll_back(config: Config, held: Mapping[str, Mapping[str, str]]) -> NothingToDo:
    """What to tell where nothing scored before; `held` are the aliases by kind of target."""
    champions = ", ".join(f"{kind} version {aliases.get(CHAMPION, 'none')}" for kind, aliases in held.items())
    return NothingToDo(
        "There is nothing to roll back to.",
        where=f"registered models of {config.name} in {config.storage.tracking_uri or config.runs}",
        got=f"no version with the alias previous; champions: {champions}",
        expected="a version that was champion before",
        todo="promote another one: moorings train, moorings promote",
    )
