"""Scoring a range of dates: each brought into the store, those that are there already left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from features.errors import NothingToDo, UsageProblem
from models.split import months_before
from pipeline.config import Config
from pipeline.export.export import Edition, Exported, export_newest
from pipeline.export.places import export_folder, store_of
from pipeline.export.store import Written
from pipeline.process.progress import stage
from pipeline.registry.model_horizon import settled_by_model
from pipeline.scoring.score import ScoredCutoff, champions_of, score_cutoff

Step = Literal["month", "week", "day"]
DAYS = {"week": 7, "day": 1}


@dataclass(frozen=True)
class BackfilledCutoff:
    """What became of one cutoff: the state of the store, what there is to note by name, and what became of its rows.

    The names are those of a summary of one date: `late`, `unmet_ids`, `changed_past`, `hindsight`. Nothing is noted
    where all is well.
    """

    written: Written
    notes: Mapping[str, str | list[str]]
    account: Mapping[str, object]

    @classmethod
    def of(cls, kept: ScoredCutoff) -> BackfilledCutoff:
        """Without the rows themselves: a range may be long."""
        lists = {"unmet_ids": list(kept.unmet), "changed_past": list(kept.changed)}
        told: dict[str, str | list[str]] = {"late": kept.late, **lists, "hindsight": kept.hindsight}
        return cls(kept.written, {name: each for name, each in told.items() if each}, kept.reading.summary())

    def lines(self) -> Iterator[str]:
        """What there is to note, a sentence each."""
        for told in self.notes.values():
            yield from [told] if isinstance(told, str) else told


@dataclass(frozen=True)
class Backfill:
    """What became of every cutoff of a range, the newest export, and the labels of the models by kind of target."""

    dates: Mapping[date, BackfilledCutoff]
    exported: Exported
    models: Mapping[str, str]

    @property
    def written(self) -> dict[date, Written]:
        """The state of the store by cutoff."""
        return {cutoff: each.written for cutoff, each in self.dates.items()}

    def summary(self) -> dict[str, Any]:
        """JSON-able: state by cutoff, what there is to note of some of them, and the export.

        `account` is that of the last cutoff, which has read what those before it have.
        """
        last = self.dates[max(self.dates)]
        return {
            "cutoffs": {str(cutoff): written for cutoff, written in self.written.items()},
            "notes": {str(cutoff): dict(each.notes) for cutoff, each in self.dates.items() if each.notes},
            "models": dict(self.models),
            "account": dict(last.account),
            "export": self.exported.summary(),
        }

    def text(self) -> str:
        """One line a cutoff, and below it what there is to note."""
        lines = [f"{len(self.dates)} cutoffs"]
        for cutoff, each in self.dates.items():
            lines += [f"  {cutoff}  {each.written}", *(f"    note: {told}" for told in each.lines())]
        files = [f"  {self.exported.folder / name}" for name in self.exported.digests]
        return "\n".join([*lines, f"the newest, {self.exported.cutoff}, is exported:", *files])


def cutoffs_between(first: date, last: date, every: Step) -> tuple[date, ...]:
    """The dates from `first` to `last`, both included where the step meets them, ascending.

    By months it is the same day of each month, or the last day of one too short for it: from 2024-01-31 come
    2024-02-29 and 2024-03-31.

    Raises:
        UsageProblem: `last` lies before `first`.
    """
    if last < first:
        raise UsageProblem(
            "The range of dates is empty.",
            where="--from, --to",
            got=f"{first} to {last}",
            expected="a last date that is not before the first",
            todo="exchange them",
        )
    if every == "month":
        months = (last.year - first.year) * 12 + last.month - first.month
        return tuple(day for step in range(months + 1) if (day := months_before(first, -step)) <= last)
    return tuple(first + timedelta(days) for days in range(0, (last - first).days + 1, DAYS[every]))


def _counted(cutoffs: tuple[date, ...]) -> str:
    return f"{len(cutoffs)} dates from {cutoffs[0]} to {cutoffs[-1]}" if len(cutoffs) > 1 else f"one date, {cutoffs[0]}"


def backfill(config: Config, cutoffs: tuple[date, ...]) -> Backfill:
    """Score every cutoff, the earliest first, and export the newest of the store. May be killed and begun again.

    Each is read as it was known then, like a scoring of its own: which rows contradict each other, are copies or too
    many broken ones depends on what was known, so one reading cut by date would not be the same bytes. Where one date
    fails, those before it stay.

    Args:
        config: the settings.
        cutoffs: ascending.

    Raises:
        NothingToDo: the store held all of them, by the same inputs, models, settings and code.
        DataProblem, ModelProblem, UsageProblem, BusyProblem: as `pipeline.scoring.score.score`.
    """
    config = settled_by_model(config)
    champions = champions_of(config)
    dates: dict[date, BackfilledCutoff] = {}
    for done, cutoff in enumerate(cutoffs):
        with stage(f"scoring {cutoff}", done / len(cutoffs)):
            dates[cutoff] = BackfilledCutoff.of(score_cutoff(config, cutoff, champions))
    exported = export_newest(store_of(config), export_folder(config), Edition.of(config))
    found = Backfill(dates, exported, {kind: champion.label for kind, champion in champions.items()})
    if set(found.written.values()) == {"unchanged"}:
        raise NothingToDo(
            "Every date of the range has been scored already.",
            where=str(store_of(config).folder),
            got=f"{_counted(cutoffs)}, all with the same inputs and models",
            expected="a date that is new, or whose inputs, models, settings or code have changed",
            todo="nothing: the export is up to date",
        )
    return found
