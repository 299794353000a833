"""The models that score: champions by alias, with every check that they are what was trained and mean what we mean."""

from __future__ import annotations

from dataclasses import dataclass

from features.catalogue import fingerprints
from features.errors import ModelProblem
from models.bundle import DIGESTS, digest
from models.fit_settings import Scope
from models.linear import Linear
from models.stored import Model, load_model
from pipeline.config import Config
from pipeline.dataset import Task, usable_threads
from pipeline.tracking import Registered, Tracking

SHOWN = 16
"""Signs of a fingerprint that a message shows."""
RETRAIN = "train again with today's definitions: moorings train"


@dataclass(frozen=True)
class Champion:
    """A model that may score, and where it is registered."""

    registered: Registered
    model: Model

    @property
    def label(self) -> str:
        """Name and version, for an export; a baseline that stands in for boosting says so."""
        kind = f" (baseline {self.model.title})" if isinstance(self.model, Linear) else ""
        return f"{self.registered.name} {self.registered.version}{kind}"


def load_champion(tracking: Tracking, name: str, task: Task, config: Config) -> Champion | None:
    """The champion called `name`, or None where there is none.

    Raises:
        ModelProblem: its files are not those that were registered, its features are defined otherwise today, or
            it was trained for another target, definition of it, population or window than the configuration asks for.
    """
    registered = tracking.champion(name)
    if registered is None:
        return None
    model = load_model(registered.folder, threads=usable_threads(config))
    _check_digest(registered)
    _check_features(model, registered)
    _check_scope(model.scope, task, config, registered)
    return Champion(registered, model)


def no_champion(name: str, config: Config) -> ModelProblem:
    """What to tell where there is no champion to score with."""
    return ModelProblem(
        "There is no champion to score with.",
        where=f"registered model {name} in {config.storage.tracking_uri or config.runs}",
        got="no version with the alias champion",
        expected="a model that beat the baselines",
        todo=f"train one: moorings train --config <the configuration of {config.name}>",
    )


def _check_digest(registered: Registered) -> None:
    found = digest((registered.folder / DIGESTS).read_bytes())
    if found != registered.digest:
        raise ModelProblem(
            "The champion's files are not those that were registered.",
            where=str(registered.folder),
            got=f"digest {found[:16]}…",
            expected=f"digest {registered.digest[:16]}… of {registered.name} version {registered.version}",
            todo="restore the artefacts of the run, or train again: moorings train",
        )


def _check_features(model: Model, registered: Registered) -> None:
    today = fingerprints()
    trained = dict(zip(model.names, model.scope.fingerprints, strict=True))
    gone = [name for name in trained if name not in today]
    changed = [name for name, mark in trained.items() if name in today and today[name] != mark]
    if gone or changed:
        listed = [f"{word}: {', '.join(names)}" for word, names in (("changed", changed), ("gone", gone)) if names]
        raise ModelProblem(
            "Features are defined otherwise than when the champion was trained.",
            where=f"{registered.name} version {registered.version}",
            got="; ".join(listed),
            expected="the definitions of the training",
            todo=RETRAIN,
        )


def _check_scope(scope: Scope, task: Task, config: Config, registered: Registered) -> None:
    asked = {
        "target": task.target.name,
        "definition": task.target.fingerprint,
        "horizon_days": task.window.horizon_days,
        "gap_days": task.window.gap_days,
        "min_order_days": config.population.min_order_days,
        "activity_days": config.population.activity_days,
    }
    other = {name: value for name, value in asked.items() if getattr(scope, name) != value}
    if other:
        raise ModelProblem(
            "The champion was trained for something else than the configuration asks for.",
            where=f"{registered.name} version {registered.version}",
            got=", ".join(f"{name} {str(getattr(scope, name))[:SHOWN]}" for name in other),
            expected=", ".join(f"{name} {str(value)[:SHOWN]}" for name, value in other.items()),
            todo="train again with this configuration: moorings train",
        )
