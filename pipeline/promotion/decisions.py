"""Decisions about which model scores: what was decided, by which numbers, for programs, people, tags and the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from features.errors import ModelProblem, Problem
from models.evaluation.gate import COMPARED, Gate
from pipeline.process.run_id import run_id
from pipeline.promotion.contests import Contest

Outcome = Literal["promoted", "forced", "refused", "forbidden", "unchanged", "rolled back"]
MOVED = ("promoted", "forced", "rolled back")
TAG_LENGTH = 1000
"""Signs of a tag's value; a tracking server takes at most 5000."""


@dataclass(frozen=True)
class Compared:
    """What a challenger was compared by: the gate's figures, the cutoffs, and which models spoke for either side."""

    gate: Gate
    cutoffs: tuple[str, ...]
    challenger_by: str
    champion_by: str

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        by = {"challenger_judged": self.challenger_by, "champion_judged": self.champion_by}
        return {**self.gate.summary(), "cutoffs": list(self.cutoffs), **by}


@dataclass(frozen=True)
class Decision:
    """What was decided about a version, when (ISO, UTC), and why.

    `champion` is the version that scored until then ("" where none did). `against` says what speaks against a
    challenger, `reason` is what the user gave, `note` what else a reader has to be told, `work` what its training
    rested on, see `pipeline.promotion.refusals`, `run` the id of the run that decided.
    """

    at: str
    kind: str
    name: str
    version: str
    champion: str
    outcome: Outcome
    against: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    work: str = ""
    compared: Compared | None = None
    run: str = field(default_factory=run_id)

    @property
    def moved(self) -> bool:
        """Whether the version is the champion now."""
        return self.outcome in MOVED

    def summary(self) -> dict[str, Any]:
        """JSON-able; a line of the decision log."""
        found = {name: value for name, value in vars(self).items() if name != "compared"}
        return found | {"against": list(self.against), "compared": self.compared.summary() if self.compared else None}

    def tags(self) -> dict[str, str]:
        """What the registered version says of it; what does not apply is "", so that no earlier decision stays."""
        told = {"outcome": self.outcome, "at": self.at, "champion_until_then": self.champion, "reason": self.reason}
        told |= {"against": "; ".join(self.against), "note": self.note}
        gate, cutoffs = (self.compared.gate, self.compared.cutoffs) if self.compared else (None, ())
        told |= {"cutoffs": ", ".join(cutoffs), "rows": str(gate.rows) if gate else ""}
        told |= {f"{metric}_difference": str(gate.difference[metric]) if gate else "" for metric in COMPARED}
        return {f"decision.{name}": value[:TAG_LENGTH] for name, value in told.items()}

    def text(self) -> str:
        """The comparison as a table, every check, and what came of it."""
        return "\n".join([*self._table(), f"{self.kind}: {self.sentence()}"])

    def sentence(self) -> str:
        """What came of it, in one sentence."""
        reason = f"; reason given: {self.reason}" if self.reason else ""
        why = "; ".join(self.against)
        told: Mapping[str, str] = {
            "promoted": f"{self.name} version {self.version} is champion",
            "forced": f"{self.name} version {self.version} is champion by force, although {why}",
            "refused": f"{self.name} version {self.version} was not promoted: {why}",
            "forbidden": f"{self.name} version {self.version} is never promoted: {why}",
            "unchanged": f"{self.name} version {self.version} is, digit for digit, champion {self.champion}: it stays",
            "rolled back": f"{self.name} version {self.version} is champion again, in place of {self.champion}",
        }
        return told[self.outcome] + (f" ({self.note})" if self.note else "") + reason

    def _table(self) -> Iterator[str]:
        if self.compared is None:
            return
        found, gate = self.compared, self.compared.gate
        title = (
            f"{self.name} {self.champion} (first, {found.champion_by}), {self.version} (second, {found.challenger_by})"
        )
        days = f"{title} at {', '.join(found.cutoffs)}"
        sides = gate.champion, gate.challenger, gate.difference
        yield from Contest(days, gate.rows, gate.customers, gate.base_rate, *sides).lines()
        for each in gate.findings:
            yield f"  {'passed' if each.passed else 'FAILED'}  {each.check}: {each.text}"


@dataclass(frozen=True)
class Decisions:
    """The decisions of one command, by kind of target, and the file they are written to."""

    name: str
    decisions: Mapping[str, Decision]
    log: str

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        told = {kind: decision.summary() for kind, decision in self.decisions.items()}
        return {"name": self.name, "decisions": told, "log": self.log}

    def text(self) -> str:
        """For people."""
        return "\n\n".join([*(decision.text() for decision in self.decisions.values()), f"decisions: {self.log}"])

    def problem(self) -> Problem | None:
        """What to tell where a challenger was refused; None where none was."""
        refused = [each for each in self.decisions.values() if each.outcome in ("refused", "forbidden")]
        if not refused:
            return None
        first, moved = refused[0], [each.kind for each in self.decisions.values() if each.moved]
        needed = "" if first.champion or first.kind != next(iter(self.decisions)) else first.kind
        how = (
            "train another" if first.outcome == "forbidden" else "moorings promote --force --reason <why> overrules it"
        )
        return ModelProblem(
            f"The {first.kind} model was not promoted: {'; '.join(first.against)}.{also_promoted(moved, needed)}",
            where=f"{first.name} version {first.version}, {_where(first)}",
            got=_figures(first),
            expected="no check that fails",
            todo=f"see {self.log}; {how}; an earlier champion stays",
            found={"targets": {kind: decision.outcome for kind, decision in self.decisions.items()}},
        )


def also_promoted(kinds: Sequence[str], needed: str = "") -> str:
    """What becomes of the other kinds of target that were promoted, as a sentence; "" where none was.

    `needed` is the first kind of target where it has no champion: without one nothing is scored.
    """
    if not kinds:
        return ""
    promoted = f" The {' and '.join(kinds)} model{'s were' if len(kinds) > 1 else ' was'} promoted"
    listed = ", ".join(f'"{kind}"' for kind in kinds)
    alone = f", but nothing is scored without a {needed} model, unless [training] targets = [{listed}]."
    return promoted + (alone if needed else " and can score.")


def _where(decision: Decision) -> str:
    if decision.compared is None:
        return f"champion {decision.champion or 'none'}"
    gate, by = decision.compared.gate, decision.compared
    return f"champion {decision.champion}, {gate.rows:,} rows at {', '.join(by.cutoffs)}"


def _figures(decision: Decision) -> str:
    """The numbers of a refusal in one line."""
    if decision.compared is None:
        return decision.note or "no comparison"
    gate = decision.compared.gate
    shown = ("roc_auc", "brier", "calibration_error")
    return "; ".join(
        f"{metric} {gate.challenger[metric].value:.3f}, champion {gate.champion[metric].value:.3f}, "
        f"difference {gate.difference[metric]}"
        for metric in shown
    )
