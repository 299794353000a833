"""Retraining by schedule: if there are new outcomes to learn from, look at the history, train, and decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from features.engine.store import LineStore
from features.errors import NothingToDo
from models.stored import load_model
from pipeline.buckets import StoreReading, read_store
from pipeline.champion import model_name, tracking_of
from pipeline.config import Config
from pipeline.dataset import tasks
from pipeline.learning import learnable_cutoffs
from pipeline.profile import profile
from pipeline.train import train
from pipeline.training_report import TrainOutcome


@dataclass(frozen=True)
class Learned:
    """By kind of target: the newest mature cutoff, and the last that the champion learned from (None without one)."""

    newest: Mapping[str, date]
    champion: Mapping[str, date | None]

    @property
    def due(self) -> bool:
        """Whether a champion has something new to learn, or the first target has no champion."""
        first = next(iter(self.champion.values()))
        return first is None or any(
            last is not None and self.newest.get(kind, date.max) > last for kind, last in self.champion.items()
        )

    def text(self) -> str:
        """Both days of every target in words."""
        return "; ".join(
            f"{kind}: newest mature cutoff {self.newest.get(kind, 'none')}, champion learned up to {last or 'none'}"
            for kind, last in self.champion.items()
        )


@dataclass(frozen=True)
class RetrainOutcome:
    """What a retraining came to. `warnings` are the profile's; None where the lines do not fit into memory at once."""

    learned: Learned
    warnings: list[str] | None
    training: TrainOutcome

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        cutoffs = {
            kind: {"newest_cutoff": str(self.learned.newest.get(kind)), "champion_cutoff": str(last) if last else None}
            for kind, last in self.learned.champion.items()
        }
        return {"learned": cutoffs, "profile_warnings": self.warnings, "training": self.training.summary()}

    def text(self) -> str:
        """For people."""
        return "\n\n".join(
            [self.learned.text(), *(f"profile: {each}" for each in self.warnings or []), self.training.text()]
        )


def retrain(config: Config) -> RetrainOutcome:
    """Train on everything known and decide about the challengers, if there is something new to learn.

    Something is new where a mature cutoff is later than the last that a champion learned from. Settings and features
    may have changed without that: `moorings train --promote` is for those.

    Raises:
        NothingToDo: nothing is new.
        UsageProblem, DataProblem: the history cannot be read, as `pipeline.sources.read_history`; or is too short.
        ModelProblem: a challenger was refused, by its own test or beside the champion; the champion stays.
    """
    found = read_store(config)
    learned = _learned(found.store, config)
    if not learned.due:
        raise NothingToDo(
            "There is no newer mature cutoff than the champion has learned from, so nothing is trained.",
            where=f"models of {config.name}",
            got=learned.text(),
            expected="a history that has grown since the champion was trained",
            todo="nothing; new order lines mature newer cutoffs. After a change of settings: moorings train --promote",
        )
    warnings = _warnings(found, config)
    return RetrainOutcome(learned, warnings, train(config, promotes=True, found=found))


def _learned(store: LineStore, config: Config) -> Learned:
    tracking = tracking_of(config)
    newest, champion = {}, {}
    for kind, task in tasks(config).items():
        cutoffs = learnable_cutoffs(store, task, config)
        if cutoffs:
            newest[kind] = cutoffs[-1]
        held = tracking.champion(model_name(config, kind))
        scope = load_model(held.folder).scope if held else None
        champion[kind] = date.fromisoformat(scope.cutoffs[-1]) if scope else None
    return Learned(newest, champion)


def _warnings(found: StoreReading, config: Config) -> list[str] | None:
    """What the profile warns of; None where the history was read by buckets, and does not lie in memory."""
    return profile(config, found.reading).warnings if found.reading.history.order_lines.num_rows else None
