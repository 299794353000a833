"""What there is to learn from a history, beside what the champions have learned: whether a retraining is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.bundle import OutdatedModel
from pipeline.config import Config
from pipeline.learning.horizon import settled
from pipeline.learning.learning import first_and_end, learnable_cutoffs
from pipeline.matrices.tasks import tasks
from pipeline.promotion.refusals import refused_before, training_work
from pipeline.registry.champion import load_registered, model_name, tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.registry.tracked import Registered
from pipeline.sources.store import StoreReading


@dataclass(frozen=True)
class Learned:
    """By kind of target: the newest mature cutoff, and the last that the champion learned from (None without one).

    `refused` holds, for a kind whose challenger of the same data, settings and code was refused, the line that says so;
    `outdated`, for a kind whose champion can no longer score, why not.
    """

    newest: Mapping[str, date]
    champion: Mapping[str, date | None]
    refused: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outdated: Mapping[str, str] = field(default_factory=dict)

    @property
    def behind(self) -> list[str]:
        """The kinds whose champion has something new to learn or can no longer score; the first target also where it
        has no champion.
        """
        first = next(iter(self.champion))
        return [
            kind
            for kind, last in self.champion.items()
            if kind in self.outdated or (kind == first if last is None else self.newest.get(kind, date.max) > last)
        ]

    @property
    def due(self) -> bool:
        """Whether a training could come to anything else than it did already."""
        return any(kind not in self.refused for kind in self.behind)

    def text(self) -> str:
        """Both days of every target in words."""
        return "; ".join(
            f"{kind}: newest mature cutoff {self.newest.get(kind, 'none')}, "
            + (self.outdated.get(kind) or f"champion learned up to {last or 'none'}")
            for kind, last in self.champion.items()
        )


def learned_so_far(found: StoreReading, config: Config) -> Learned:
    """What a history holds to learn from, beside what the champions have learned.

    Args:
        found: the history.
        config: the settings as they are stated; a horizon that they leave open is chosen here.

    Raises:
        ModelProblem: the files of a champion are damaged.
    """
    chosen = settled(config, *first_and_end(found.store))
    tracking, work = tracking_of(config), training_work(chosen, found.reading.fingerprint)
    champion: dict[str, date | None] = {}
    newest, refused, outdated = {}, {}, {}
    for kind, task in tasks(chosen).items():
        cutoffs = learnable_cutoffs(found.store, task, chosen)
        if cutoffs:
            newest[kind] = cutoffs[-1]
        held = tracking.champion(model_name(config, kind))
        champion[kind] = None
        try:
            champion[kind] = _learned_up_to(held, kind, config) if held else None
        except OutdatedModel as problem:
            outdated[kind] = f"champion can no longer score: {problem.what} {problem.got}, not {problem.expected}"
        line = refused_before(config, kind, work, held.version if held else "")
        if line is not None:
            refused[kind] = line
    return Learned(newest, champion, refused, outdated)


def _learned_up_to(champion: Registered, kind: str, config: Config) -> date:
    """The last cutoff that a champion learned from.

    Raises:
        OutdatedModel: it can no longer score with the horizon that it was trained for.
    """
    task = tasks(settled_by_model(config))[kind]
    return date.fromisoformat(load_registered(champion, task, config).scope.cutoffs[-1])
