"""A check as files, and as a run of the tracking database: the history of checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.champion import tracking_of
from pipeline.config import Config
from pipeline.files import replacing
from pipeline.monitor import Check
from pipeline.run_id import run_id

HISTORY = "history.jsonl"


@dataclass(frozen=True)
class KeptCheck:
    """A check, and the page it was written to."""

    check: Check
    page: Path

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {**self.check.summary(), "page": str(self.page)}

    def text(self) -> str:
        """The page itself, and where it lies."""
        return f"{self.check.text()}\nthe page: {self.page}"


def keep(check: Check, config: Config) -> KeptCheck:
    """Write the page, put the check's figures into the history of checks, and log it as a run."""
    folder = config.runs / "monitor" / config.name
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{check.as_of}.md"
    with replacing(page) as draft:
        draft.write_text(check.text(), encoding="utf-8")
    _remember(check, folder / HISTORY)
    figures = {f"alarms.{section}": float(count) for section, count in _counted(check).items()}
    tracking_of(config).note(f"monitor {check.as_of}", figures, {page.name: check.text()})
    return KeptCheck(check, page)


def _remember(check: Check, file: Path) -> None:
    """One line a day checked: a day that is checked again replaces its line."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    kept = [line for line in lines if json.loads(line)["as_of"] != str(check.as_of)]
    new = {"as_of": str(check.as_of), "run": run_id(), "models": list(check.models), "alarms": _counted(check)}
    with replacing(file) as draft:
        draft.write_text("\n".join([*kept, json.dumps(new)]) + "\n", encoding="utf-8")


def _counted(check: Check) -> dict[str, int]:
    counted: dict[str, int] = {}
    for finding in check.findings:
        counted[finding.section] = counted.get(finding.section, 0) + int(finding.alarm)
    return counted
