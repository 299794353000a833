"""Retraining by schedule: if there are new outcomes to learn from, look at the history, train, and decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from features.errors import NothingToDo
from models.stored import load_model
from pipeline.config import Config
from pipeline.learning.horizon import settled
from pipeline.learning.learning import first_and_end, learnable_cutoffs
from pipeline.matrices.dataset import tasks
from pipeline.profile.profile import profile
from pipeline.promotion.decision_log import log_file
from pipeline.promotion.refusals import refused_before, training_work
from pipeline.registry.champion import model_name, tracking_of
from pipeline.sources.buckets import StoreReading, read_store
from pipeline.training.outcome import TrainOutcome
from pipeline.training.train import train


@dataclass(frozen=True)
class Learned:
    """By kind of target: the newest mature cutoff, and the last that the champion learned from (None without one).

    `refused` holds, for a kind whose challenger of the same data, settings and code was refused, the line that says so.
    """

    newest: Mapping[str, date]
    champion: Mapping[str, date | None]
    refused: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def behind(self) -> list[str]:
        """The kinds whose champion has something new to learn; the first target also where it has no champion."""
        first = next(iter(self.champion))
        return [
            kind
            for kind, last in self.champion.items()
            if (kind == first if last is None else self.newest.get(kind, date.max) > last)
        ]

    @property
    def due(self) -> bool:
        """Whether a training could come to anything else than it did already."""
        return any(kind not in self.refused for kind in self.behind)

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
        told = [each for each in self.warnings or [] if each not in self.training.warnings]
        return "\n\n".join([self.learned.text(), *(f"profile: {each}" for each in told), self.training.text()])


def retrain(config: Config) -> RetrainOutcome:
    """Train on everything known and decide about the challengers, if there is something new to learn.

    Something is new where a mature cutoff is later than the last that a champion learned from. Settings and features
    may have changed without that: `moorings train --promote` is for those. What was refused beside the same champion is
    not trained again of the same data, settings and code.

    Raises:
        NothingToDo: nothing is new, or nothing since a challenger was refused.
        UsageProblem, DataProblem: the history cannot be read, as `pipeline.sources.history.read_history`; or is too
            short.
        ModelProblem: a challenger was refused, by its own test or beside the champion; the champion stays.
    """
    found = read_store(config)
    learned = _learned(found, settled(config, *first_and_end(found.store)))
    if not learned.due:
        raise _refused_already(learned, config) if learned.behind else _nothing_newer(learned, config)
    warnings = _warnings(found, config)
    found = found.without_lines()
    return RetrainOutcome(learned, warnings, train(config, promotes=True, found=found))


def _learned(found: StoreReading, config: Config) -> Learned:
    tracking, work = tracking_of(config), training_work(config, found.reading.fingerprint)
    newest, champion, refused = {}, {}, {}
    for kind, task in tasks(config).items():
        cutoffs = learnable_cutoffs(found.store, task, config)
        if cutoffs:
            newest[kind] = cutoffs[-1]
        held = tracking.champion(model_name(config, kind))
        scope = load_model(held.folder).scope if held else None
        champion[kind] = date.fromisoformat(scope.cutoffs[-1]) if scope else None
        line = refused_before(config, kind, work, held.version if held else "")
        if line is not None:
            refused[kind] = line
    return Learned(newest, champion, refused)


def _nothing_newer(learned: Learned, config: Config) -> NothingToDo:
    return NothingToDo(
        "There is no newer mature cutoff than the champion has learned from, so nothing is trained.",
        where=f"models of {config.name}",
        got=learned.text(),
        expected="a history that has grown since the champion was trained",
        todo="nothing; new order lines mature newer cutoffs. After a change of settings: moorings train --promote",
    )


def _refused_already(learned: Learned, config: Config) -> NothingToDo:
    lines = [learned.refused[kind] for kind in learned.behind]
    told = [f"{line['name']} version {line['version']} of {line['at']}: {'; '.join(line['against'])}" for line in lines]
    return NothingToDo(
        "There is nothing new since a challenger was refused, so nothing is trained.",
        where=str(log_file(config)),
        got="; ".join(told),
        expected="a newer mature cutoff, or other data, settings or code",
        todo="nothing; the champion stays. To overrule a refusal: moorings promote --force --reason <why>",
    )


def _warnings(found: StoreReading, config: Config) -> list[str] | None:
    """What the profile warns of; None where the history was read by buckets, and does not lie in memory."""
    return profile(config, found.reading).warnings if found.reading.history.order_lines.num_rows else None
