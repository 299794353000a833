"""A check as files and as a run: the report, one line of the history of checks, one run in the tracking store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.languages import language
from pipeline.monitor.finding import Checked
from pipeline.monitor.page import page
from pipeline.process.files import replacing
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.registry.champion import tracking_of

HISTORY = "history.jsonl"
Since = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class WrittenCheck:
    """A check, its report, since when each alarm holds, and its run in the tracking store."""

    found: Checked
    report: Path
    since: Since
    tracked: str

    @property
    def exit_code(self) -> int:
        """5 where anything is beyond its limit, else 0."""
        return self.found.exit_code

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        alarms = [
            {"check": name, **each.summary(), "since": self.since[name, each.subject]}
            for name, each in self.found.alarms()
        ]
        return {
            "config": self.found.name,
            "as_of": str(self.found.as_of),
            "exit_code": self.exit_code,
            "alarms": alarms,
            "sections": {section.name: section.summary() for section in self.found.sections},
            "report": str(self.report),
            "tracking_run": self.tracked,
        }

    def text(self) -> str:
        """The alarms, a line each, and where the report is."""
        alarms = self.found.alarms()
        lines = [
            f"ALARM {name}: {each.subject}: {each.what} (limit {each.limit:g}, since {self.since[name, each.subject]})"
            for name, each in alarms
        ]
        return "\n".join([*(lines or ["no alarm"]), f"report: {self.report}"])


def monitored(config: Config) -> Path:
    """The folder of the checks of a configuration."""
    return config.runs / "monitor" / config.name


def keep(found: Checked, config: Config) -> WrittenCheck:
    """Write the report and the history, and log the check. Checking the same day again replaces both."""
    folder = monitored(config)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".history.lock"):
        lines = read_checks(folder)
        since = since_when(found, lines)
        report = folder / f"{found.as_of}.md"
        text = page(found, since, run_id(), language(config.scoring.language))
        with replacing(report) as draft:
            draft.write_text(text, encoding="utf-8")
        _write_checks(folder, [*(line for line in lines if line["as_of"] != str(found.as_of)), line_of(found)])
    figures = {name: value for section in found.sections for name, value in section.figures.items()}
    counts = {f"alarms_{section.name}": float(len(section.alarms)) for section in found.sections}
    tags = {"moorings.kind": "check", "as_of": str(found.as_of), "input_fingerprint": found.fingerprint}
    tracked = tracking_of(config).log_check(f"monitor {found.as_of}", counts | figures, tags, text)
    return WrittenCheck(found, report, since, tracked)


def line_of(found: Checked) -> dict[str, Any]:
    """One line of the history: the day, the run, the alarms by section and subject, and the figures."""
    figures = {name: value for section in found.sections for name, value in section.figures.items()}
    return {
        "as_of": str(found.as_of),
        "run": run_id(),
        "alarms": [[name, each.subject] for name, each in found.alarms()],
        "figures": {name: value for name, value in figures.items() if value == value},  # noqa: PLR0124 - not NaN
    }


def read_checks(folder: Path) -> list[dict[str, Any]]:
    """The history of checks, ascending by day; none where there is no file."""
    file = folder / HISTORY
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def checks_before(folder: Path, as_of: date) -> list[dict[str, Any]]:
    """The checks of earlier days."""
    return [line for line in read_checks(folder) if line["as_of"] < str(as_of)]


def since_when(found: Checked, lines: Sequence[Mapping[str, Any]]) -> Since:
    """The day from which on every check had the alarm, by section and subject."""
    before = [line for line in lines if line["as_of"] < str(found.as_of)]
    since: dict[tuple[str, str], str] = {}
    for name, each in found.alarms():
        first = str(found.as_of)
        for line in reversed(before):
            if [name, each.subject] not in line["alarms"]:
                break
            first = str(line["as_of"])
        since[name, each.subject] = first
    return since


def _write_checks(folder: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    ordered = sorted(lines, key=lambda line: str(line["as_of"]))
    with replacing(folder / HISTORY) as draft:
        draft.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in ordered), encoding="utf-8")
