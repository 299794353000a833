"""Monitoring: whether tables, features, scores and outcomes are as they were, and whether past exports kept their word.

Nothing here depends on the clock: the same history, models and exports give the same report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from features.engine.store import EPOCH
from features.errors import DriftProblem, NothingToDo
from pipeline.buckets import StoreReading, read_store
from pipeline.champion import load_champion, model_name, no_champion, tracking_of
from pipeline.config import Config
from pipeline.dataset import tasks
from pipeline.evidence import Evidence
from pipeline.monitor_drift import Subject, input_findings, label_findings, score_findings
from pipeline.monitor_findings import SECTIONS, Finding
from pipeline.monitor_performance import performance_findings
from pipeline.monitor_tables import table_findings
from pipeline.score_places import store_of
from pipeline.tracking import Tracking

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Check:
    """What a check found of one supplier as of a day: no row of any customer, only figures of all."""

    name: str
    as_of: date
    findings: tuple[Finding, ...]
    models: tuple[str, ...]

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """The findings that somebody has to look into."""
        return tuple(finding for finding in self.findings if finding.alarm)

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "as_of": str(self.as_of),
            "models": list(self.models),
            "alarms": [finding.summary() for finding in self.alarms],
            "findings": [finding.summary() for finding in self.findings],
        }

    def text(self) -> str:
        """The check as a page in Markdown."""
        alarms = self.alarms
        head = [f"# {self.name}: monitoring as of {self.as_of}", ""]
        head += [f"Models: {', '.join(self.models)}.", ""]
        head += [f"**{len(alarms)} alarms.**" if alarms else "**No alarm.**", ""]
        head += [f"* {finding.subject}: {finding.text}. To do: {finding.todo}." for finding in alarms]
        return "\n".join([*head, *self._sections()]) + "\n"

    def _sections(self) -> Iterator[str]:
        for section, title in SECTIONS.items():
            found = [finding for finding in self.findings if finding.section == section]
            yield from ("", f"## {title}", "")
            yield from (f"* {'ALARM ' if each.alarm else ''}{each.subject}: {each.text}." for each in found)
            if not found:
                yield "Nothing to compare yet."

    def problem(self) -> DriftProblem | None:
        """What ends the command with exit code 5; None without alarms."""
        if not self.alarms:
            return None
        return DriftProblem(
            f"{len(self.alarms)} checks raise an alarm.",
            where=f"{self.name} as of {self.as_of}",
            got="; ".join(f"{finding.subject}: {finding.text}" for finding in self.alarms),
            expected="what is usual for each of them",
            todo="; ".join(dict.fromkeys(finding.todo for finding in self.alarms)),
        )


def monitor(config: Config, as_of: date | None, report: Report) -> Check:
    """Check everything as of a day: by default the day after the last order line.

    Raises:
        ModelProblem: there is no champion.
        NothingToDo: nothing was known before the day.
    """
    tracking = tracking_of(config)
    subjects = _subjects(config, tracking)
    found = read_store(config)
    day = as_of or EPOCH + timedelta(days=int(found.store.end))
    if day <= EPOCH + timedelta(days=int(found.store.day.min())):
        raise NothingToDo(
            "Nothing was known that could be checked.",
            where="--as-of",
            got=str(day),
            expected="a day after the first order line",
            todo="choose a later day",
        )
    findings = tuple(_findings(config, found, day, subjects, tracking, report))
    return Check(config.name, day, findings, tuple(subject.champion.label for subject in subjects))


def _subjects(config: Config, tracking: Tracking) -> list[Subject]:
    found = []
    for kind, task in tasks(config).items():
        champion = load_champion(tracking, model_name(config, kind), task, config)
        if champion is not None:
            found.append(Subject(kind, task, champion))
    if not found:
        raise no_champion(model_name(config, config.training.targets[0]), config)
    return found


def _findings(
    config: Config, found: StoreReading, day: date, subjects: list[Subject], tracking: Tracking, report: Report
) -> Iterator[Finding]:
    evidence = Evidence.of(found.reading.history, found.store).known_before(day)
    predictions = store_of(config)
    report("tables", 0.1)
    yield from table_findings(found.reading.history, day, config)
    yield from _accounts(found)
    for place, subject in enumerate(subjects):
        report(f"features and scores of {subject.kind}", 0.2 + 0.8 * place / len(subjects))
        yield from input_findings(evidence.store, day, subject, config)
        yield from score_findings(predictions, day, subject, config)
        report(f"outcomes of {subject.kind}", 0.2 + 0.8 * (place + 0.6) / len(subjects))
        yield from label_findings(evidence, subject, config)
        promised = tracking.metrics(subject.champion.registered.run_id)
        yield from performance_findings(evidence, predictions, subject, promised, config)


def _accounts(found: StoreReading) -> Iterator[Finding]:
    """Rows that broke the contract of their table: too many have stopped the reading already."""
    for account in (found.reading.account, *found.reading.beside):
        share = account.quarantined_share
        if share:
            text = f"{account.rows_quarantined:,} rows ({share:.2%}) broke the contract and are in quarantine"
            yield Finding("tables", account.table, text, numbers={"quarantined": share})
