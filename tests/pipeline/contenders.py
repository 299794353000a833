"""Two trained versions of a small supplier's model, champion and challenger, and what may speak against the second."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.evaluation.gate import Finding, gate
from pipeline.config import Config
from pipeline.promotion.problems import Overruling
from pipeline.registry.champion import REFUSAL, tracking_of
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS
from pipeline.training.outcome import TrainOutcome
from pipeline.training.train import train
from tests.pipeline.supplier import configured, known_before, lines, quick

NAME = "small-churn"
WAITING = {CHAMPION: "1", CHALLENGER: "2"}
MOVED = {CHAMPION: "2", PREVIOUS: "1"}
FORCED = Overruling(force=True, reason="the warehouse moved")
Trainings = tuple[Config, TrainOutcome, TrainOutcome]
Plant = Callable[[Config, pytest.MonkeyPatch], None]


def trained_twice(folder: Path) -> Trainings:
    """Version 1, champion, of a history without its last 100 days, and version 2, challenger, of all of it."""
    table = lines(160)
    first = train(quick(configured(folder, known_before(table, 100))))
    config = quick(configured(folder, table))
    return config, first, train(config)


def copied(two: Trainings, folder: Path) -> Config:
    """The two versions in a tracking database of one's own; artefacts stay where they are."""
    shutil.copytree(two[0].runs, folder, ignore=shutil.ignore_patterns("artefacts"))
    return two[0].model_copy(update={"storage": two[0].storage.model_copy(update={"folder": str(folder)})})


def held(config: Config) -> dict[str, str]:
    return tracking_of(config).aliases(NAME)


def tagged(text: str) -> Plant:
    return lambda config, patch: tracking_of(config).mark(NAME, "2", {REFUSAL: text})


def failing(check: str) -> Plant:
    """The gate with one more finding."""

    def plant(config: Config, patch: pytest.MonkeyPatch) -> None:
        def planted(*rows: object, **settings: object) -> object:
            found = gate(*rows, **settings)  # type: ignore[arg-type]
            return replace(found, findings=(*found.findings, Finding(check, False, "planted")))

        patch.setattr("pipeline.promotion.promotion.gate", planted)

    return plant


def without_stand_ins(config: Config, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("pipeline.promotion.promotion.load_held_out", lambda *_: None)


def damaged_champion(config: Config, patch: pytest.MonkeyPatch) -> None:
    tracking_of(config).mark(NAME, "1", {"digest": "0" * 64})
