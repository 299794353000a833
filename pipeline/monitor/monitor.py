"""One check: tables, inputs, scores, outcomes and promises of a configuration at a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from features.errors import NothingToDo
from pipeline.config import Config
from pipeline.learning.learning import first_and_end
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import tasks
from pipeline.monitor.drift import Watched, inputs, labels, scores
from pipeline.monitor.files import checks_before, monitored
from pipeline.monitor.finding import SECTIONS, Checked, Section
from pipeline.monitor.past import past
from pipeline.monitor.performance import performance
from pipeline.monitor.tables import tables
from pipeline.process.progress import stage
from pipeline.registry.champion import load_champion, model_name, no_champion, tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.sources.store import StoreReading, read_store


def monitor(config: Config, as_of: date | None = None) -> Checked:
    """Check what was known before `as_of` (default: the day after the last order) against what was usual.

    Raises:
        UsageProblem, DataProblem: the history cannot be read, as `pipeline.sources.history.read_history`.
        ModelProblem: no target has a champion, or one cannot be used.
        NothingToDo: the day is not after the last cutoff that the champions were trained on.
    """
    config, found = settled_by_model(config), read_store(config, known_before=as_of)
    day = as_of or first_and_end(found.store)[1]
    known_history = KnownHistory.of(found.reading.history, found.store, found.reading.renamed)
    watched = list(_watched(known_history, config))
    _check_new(watched, day, config)
    sections = [_tables(found, day, config)]
    for each in watched:
        with stage(each.kind):
            sections += [inputs(each, day), scores(each, day), labels(each), performance(each, day)]
    return Checked(config.name, day, tuple(_together(sections)), found.reading.fingerprint)


def _watched(known_history: KnownHistory, config: Config) -> Iterator[Watched]:
    """What is predicted and has a champion; the first target must have one."""
    tracking = tracking_of(config)
    for number, (kind, task) in enumerate(tasks(config).items()):
        name = model_name(config, kind)
        champion = load_champion(tracking, name, task, config)
        if champion is not None:
            yield Watched(kind, task, champion, known_history, config)
        elif not number:
            raise no_champion(tracking, name, config)


def _check_new(watched: list[Watched], day: date, config: Config) -> None:
    last = max(each.cutoffs()[-1] for each in watched)
    if day <= last:
        raise NothingToDo(
            "There is nothing to check: nothing is newer than what the champions were trained on.",
            where=f"models of {config.name}",
            got=f"a check on {day}, trained on cutoffs up to {last}",
            expected="a later day",
            todo="give a later --as-of, or wait for new orders",
        )


def _tables(found: StoreReading, day: date, config: Config) -> Section:
    accounts = {each.table: each for each in (found.reading.account, *found.reading.beside)}
    earlier = [line["figures"] for line in checks_before(monitored(config), day)]
    before = {
        name: [line[f"quarantined_{name}"] for line in earlier if f"quarantined_{name}" in line] for name in accounts
    }
    looked = tables(found.reading.history, accounts, day, config.monitor, before)
    return replace(looked, findings=(*looked.findings, *past(found, day, config)))


def _together(sections: list[Section]) -> Iterator[Section]:
    """The sections of all targets, one of each name."""
    ranked = sorted(sections, key=lambda section: SECTIONS.index(section.name))
    for name, same in groupby(ranked, key=lambda section: section.name):
        parts = list(same)
        yield Section(
            name,
            tuple(each for part in parts for each in part.findings),
            tuple(note for part in parts for note in part.notes),
            {key: value for part in parts for key, value in part.figures.items()},
        )
