"""What a check finds: a line each, with its numbers, and whether it is an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECTIONS = {
    "tables": "Tables: fresh and complete?",
    "inputs": "Features: as in training?",
    "scores": "Scores: as in earlier exports?",
    "labels": "Outcomes: as often as in training?",
    "performance": "Past exports: did they keep their word?",
}
"""The parts of a check, in the order of the report."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: of a section and a subject, in words, with its numbers; `todo` where it is an alarm."""

    section: str
    subject: str
    text: str
    alarm: bool = False
    todo: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        parts = {"section": self.section, "subject": self.subject, "text": self.text, "alarm": self.alarm}
        return {**parts, "todo": self.todo, "numbers": dict(self.numbers)}
