"""A check in plain words: what is beyond its limit, by how much, since when, and what to do; then all that was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.markdown import table
from pipeline.monitor.finding import Checked, Section

TITLES = {
    "tables": "Tables: are they fresh and whole?",
    "inputs": "Inputs: are customers like those of the training?",
    "scores": "Scores: does the newest export look like those before?",
    "labels": "Outcomes: do as many leave, or become partners, as in the training?",
    "performance": "Promises: were past exports right?",
}
EXPLAINED = {
    "tables": "A limit is what the table itself has shown before: how old its newest row was on all but the rarest "
    "days, how far the number of rows has swung, and of all else the worst ever, with the margin of the settings.",
    "inputs": "A shift of .20 says: of 100 customers, 20 more than usual lie on one side of a usual value. Limits come "
    "from redrawing the training's cutoffs and customers; one chance of a false alarm holds for all features together. "
    "Features of one family that are beyond their limits are one alarm: the furthest, and the others by name.",
    "scores": "As for the inputs, against the exports before.",
    "labels": "The base rate of the newest closed window; its limit comes from the training's own cutoffs.",
    "performance": "Ranges are of redrawn customers. Only the newest closed export and the trend raise alarms.",
}


def page(found: Checked, since: Mapping[tuple[str, str], str], run: str) -> str:
    """The report of the run called `run`; `since` is the first day of the checks in a row with an alarm."""
    sections = (line for each in found.sections for line in _section(each))
    return "\n".join([*_head(found, since), *sections, "", f"Run {run}."]) + "\n"


def _head(found: Checked, since: Mapping[tuple[str, str], str]) -> Iterator[str]:
    alarms = found.alarms()
    yield f"# {found.name} on {found.as_of}: {_counted(len(alarms))}"
    yield ""
    if not alarms:
        yield "Everything looked at is within its limits."
        return
    heads = ("check", "of", "what", "figure", "limit", "since", "what to do")
    rows = [
        (name, each.subject, each.what, each.got, each.limit, since[name, each.subject], each.todo)
        for name, each in alarms
    ]
    yield from table(heads, rows)


def _counted(alarms: int) -> str:
    return {0: "no alarm", 1: "1 alarm"}.get(alarms, f"{alarms} alarms")


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {TITLES[section.name]}", "", EXPLAINED[section.name], "")
    if section.findings:
        rows = [(each.subject, each.what, each.got, each.limit, _verdict(each.alarm)) for each in section.findings]
        yield from table(("of", "what", "figure", "limit", ""), rows)
    yield from (f"\n{note}" for note in section.notes)


def _verdict(alarm: bool) -> str:
    return "ALARM" if alarm else "as usual"
