"""What one check found: a figure, its limit, and what to do where it is beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from models.explanation.sentence import NOTHING, Sentence

SECTIONS = ("tables", "inputs", "scores", "labels", "performance")
"""In the order of the page."""
DRIFT = 5
"""The exit code where something is beyond its limit."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Args:
        subject: what was looked at, named the same in every check.
        what: one sentence, what is the case.
        got: the figure.
        limit: what it may be at most, or at least; NaN where nobody knows yet.
        alarm: whether it is beyond.
        todo: what to do about it, nothing where it is as usual.
        members: what the finding speaks of together, the furthest first; empty where of one thing.
    """

    subject: Sentence
    what: Sentence
    got: float
    limit: float
    alarm: bool = False
    todo: Sentence = NOTHING
    members: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)


@dataclass(frozen=True)
class Section:
    """Everything found by one kind of check; `notes` say what could not be looked at, `figures` go to tracking."""

    name: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[Sentence, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """What is beyond its limit."""
        return tuple(each for each in self.findings if each.alarm)

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        found = [each.summary() for each in self.findings]
        return {"findings": found, "notes": list(self.notes), "figures": dict(self.figures)}


@dataclass(frozen=True)
class Checked:
    """A whole check of a configuration at a day."""

    name: str
    as_of: date
    sections: tuple[Section, ...]
    fingerprint: str

    @property
    def exit_code(self) -> int:
        """5 where anything is beyond its limit, else 0."""
        return DRIFT if any(section.alarms for section in self.sections) else 0

    def alarms(self) -> list[tuple[str, Finding]]:
        """Section and finding of everything beyond its limit."""
        return [(section.name, each) for section in self.sections for each in section.alarms]
