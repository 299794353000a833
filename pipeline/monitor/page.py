"""A check in plain words: what is beyond its limit, by how much, since when, and what to do; then all that was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.explanation.language import ENGLISH, Language
from models.explanation.sentence import spoken
from pipeline.markdown import table
from pipeline.monitor.finding import SECTIONS, Checked, Section

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
    "Features of one family that are beyond their limits are one alarm: the furthest, and the others by name. "
    "`moorings features` says what each of them means.",
    "scores": "As for the inputs, against the exports before.",
    "labels": "The base rate, the share of customers of whom it came true, of the newest closed window; its limit "
    "comes from the training's own cutoffs.",
    "performance": "AUC says how well the customers were ranked: .5 is as by lot, 1 is without a mistake. Calibration "
    "error says how far the probabilities lay from the shares that came true, and Brier score how far from each single "
    "outcome. Ranges are of redrawn customers. Only the newest closed export and the trend raise alarms.",
}
COUNTED = {0: "{name} on {day}: no alarm", 1: "{name} on {day}: 1 alarm"}
MANY = "{name} on {day}: {alarms} alarms"
SAID = {
    "calm": "Everything looked at is within its limits.",
    "run": "Run {run}.",
    "alarm": "ALARM",
    "usual": "as usual",
}
HEADS = ("check", "of", "what", "figure", "limit", "since", "what to do")
SECTION_HEADS = ("of", "what", "figure", "limit")


def texts() -> list[str]:
    """Every text of this module that people can see."""
    whole = (TITLES, EXPLAINED, COUNTED, SAID)
    return [*(text for each in whole for text in each.values()), MANY, *HEADS, *SECTION_HEADS, *SECTIONS]


def page(found: Checked, since: Mapping[tuple[str, str], str], run: str, language: Language = ENGLISH) -> str:
    """The report of the run called `run`; `since` is the first day of the checks in a row with an alarm."""
    sections = (line for each in found.sections for line in _section(each, language))
    last = language.text(SAID["run"]).format(run=run)
    return "\n".join([*_head(found, since, language), *sections, "", last]) + "\n"


def _head(found: Checked, since: Mapping[tuple[str, str], str], language: Language) -> Iterator[str]:
    alarms = found.alarms()
    counted = language.text(COUNTED.get(len(alarms), MANY))
    yield f"# {counted.format(name=found.name, day=found.as_of, alarms=len(alarms))}"
    yield ""
    if not alarms:
        yield language.text(SAID["calm"])
        return
    rows = []
    for name, each in alarms:
        subject, what, todo = (spoken(text, language) for text in (each.subject, each.what, each.todo))
        rows.append((language.text(name), subject, what, each.got, each.limit, since[name, each.subject], todo))
    yield from table([*map(language.text, HEADS)], rows)


def _section(section: Section, language: Language) -> Iterator[str]:
    title, explained = language.text(TITLES[section.name]), language.text(EXPLAINED[section.name])
    yield from ("", f"## {title}", "", explained, "")
    if section.findings:
        rows = []
        for each in section.findings:
            subject, what = spoken(each.subject, language), spoken(each.what, language)
            verdict = language.text(SAID["alarm" if each.alarm else "usual"])
            rows.append((subject, what, each.got, each.limit, verdict))
        yield from table([*map(language.text, SECTION_HEADS), ""], rows)
    yield from (f"\n{spoken(note, language)}" for note in section.notes)
