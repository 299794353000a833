"""Scoring a range of dates: each brought into the store, those that are there already left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from features.errors import NothingToDo, UsageProblem
from models.split import months_before
from pipeline.config import Config
from pipeline.export.export import Exported, export_newest
from pipeline.export.places import export_folder, store_of
from pipeline.export.store import Written
from pipeline.languages import language
from pipeline.process.progress import stage
from pipeline.registry.model_horizon import settled_by_model
from pipeline.scoring.score import champions_of, score_cutoff

Step = Literal["month", "week", "day"]
DAYS = {"week": 7, "day": 1}


@dataclass(frozen=True)
class Backfill:
    """What became of every cutoff of a range, and the newest export."""

    written: Mapping[date, Written]
    exported: Exported

    def summary(self) -> dict[str, Any]:
        """JSON-able: state by cutoff, and the export."""
        return {
            "cutoffs": {str(cutoff): written for cutoff, written in self.written.items()},
            "export": self.exported.summary(),
        }

    def text(self) -> str:
        """One line a cutoff."""
        lines = [f"  {cutoff}  {written}" for cutoff, written in self.written.items()]
        return "\n".join([f"{len(lines)} cutoffs", *lines, f"the newest, {self.exported.cutoff}, is exported:"]) + (
            "".join(f"\n  {self.exported.folder / name}" for name in self.exported.digests)
        )


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
    written: dict[date, Written] = {}
    for done, cutoff in enumerate(cutoffs):
        with stage(f"scoring {cutoff}", done / len(cutoffs)):
            written[cutoff] = score_cutoff(config, cutoff, champions).written
    exported = export_newest(
        store_of(config),
        export_folder(config),
        language=language(config.scoring.language),
        page_customers=config.scoring.page_customers,
    )
    if set(written.values()) == {"unchanged"}:
        raise NothingToDo(
            "Every date of the range has been scored already.",
            where=str(store_of(config).folder),
            got=f"{_counted(cutoffs)}, all with the same inputs and models",
            expected="a date that is new, or whose inputs, models, settings or code have changed",
            todo="nothing: the export is up to date",
        )
    return Backfill(written, exported)
