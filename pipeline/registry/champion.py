"""Registered models, the champion above all: every check that they are what was trained and mean what we mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.catalogue import fingerprints
from features.errors import ModelProblem
from models.bundle import DIGESTS, OutdatedModel, digest
from models.fit_settings import Scope
from models.linear import Linear
from models.stored import Model, load_model
from pipeline.config import Config
from pipeline.matrices.dataset import usable_threads
from pipeline.matrices.tasks import Task
from pipeline.registry.run_logging import HELD_OUT
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, CHAMPION, Tracking

SHOWN = 16
"""Signs of a fingerprint that a message shows."""
HELD_OUT_DIGEST = "held_out_digest"
"""The tag of a version that holds the digest of the model that was tested in its stead."""
REFUSAL = "test_refusal"
"""The tag of a version that says why its own test forbids promotion; "" where it does not."""
RETRAIN = "train again with today's definitions: moorings train --promote"


def tracking_of(config: Config) -> Tracking:
    """Where runs and models of a configuration are kept."""
    return Tracking(config.runs, config.name, config.storage.tracking_uri)


def model_name(config: Config, kind: str) -> str:
    """The name under which a target's models are registered."""
    return f"{config.name}-{kind}"


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
        ModelProblem: as `load_registered`.
    """
    registered = tracking.champion(name)
    return None if registered is None else Champion(registered, load_registered(registered, task, config))


def load_registered(registered: Registered, task: Task, config: Config, role: str = CHAMPION) -> Model:
    """The model of a registered version; `role` is what messages call it.

    Raises:
        ModelProblem: its files are not those that were registered.
        OutdatedModel: another version of moorings wrote it, its features are defined otherwise today, or it was trained
            for another target, definition of it, population or window than the configuration asks for.
    """
    model = load_model(registered.folder, threads=usable_threads(config))
    _check_digest(registered, registered.folder, registered.digest, role)
    _check_features(model, registered, role)
    _check_scope(model.scope, task, config, registered, role)
    return model


def load_held_out(registered: Registered, tracking: Tracking, config: Config, role: str) -> Model | None:
    """The model that was tested in a version's stead, None where none was kept.

    Raises:
        ModelProblem: its files are gone, or are not those that were kept.
    """
    kept = registered.tags.get(HELD_OUT_DIGEST)
    if not kept:
        return None
    folder = tracking.files(registered.run_id, HELD_OUT)
    model = load_model(folder, threads=usable_threads(config))
    _check_digest(registered, folder, kept, role)
    return model


def no_champion(tracking: Tracking, name: str, config: Config) -> ModelProblem:
    """What to tell where there is no champion to score with: nothing was trained yet, or what was is not promoted."""
    command = f"moorings train --config <the configuration of {config.name}>"
    got, todo = "no version with the alias champion", f"train one: {command}"
    trained = tracking.aliased(name, CHALLENGER)
    if trained is not None:
        why = trained.tags.get(REFUSAL, "")
        got += f"; version {trained.version} was trained and is not promoted{': ' if why else ''}{why}"
        todo = (
            f"the same training ends the same way: change what that says, then {command}" if why else "moorings promote"
        )
    return ModelProblem(
        "There is no champion to score with.",
        where=f"registered model {name} in {config.storage.tracking_uri or config.runs}",
        got=got,
        expected="a model that beat the baselines",
        todo=todo,
    )


def _check_digest(registered: Registered, folder: Path, expected: str, role: str) -> None:
    found = digest((folder / DIGESTS).read_bytes())
    if found != expected:
        raise ModelProblem(
            f"The {role}'s files are not those that were registered.",
            where=str(folder),
            got=f"digest {found[:16]}…",
            expected=f"digest {expected[:16]}… of {registered.name} version {registered.version}",
            todo="restore the artefacts of the run, or train again: moorings train",
        )


def _check_features(model: Model, registered: Registered, role: str) -> None:
    today = fingerprints(gap_days=model.scope.gap_days)
    trained = dict(zip(model.names, model.scope.fingerprints, strict=True))
    gone = [name for name in trained if name not in today]
    changed = [name for name, mark in trained.items() if name in today and today[name] != mark]
    if gone or changed:
        listed = [f"{word}: {', '.join(names)}" for word, names in (("changed", changed), ("gone", gone)) if names]
        raise OutdatedModel(
            f"Features are defined otherwise than when the {role} was trained.",
            where=f"{registered.name} version {registered.version}",
            got="; ".join(listed),
            expected="the definitions of the training",
            todo=RETRAIN,
        )


def _check_scope(scope: Scope, task: Task, config: Config, registered: Registered, role: str) -> None:
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
        raise OutdatedModel(
            f"The {role} was trained for something else than the configuration asks for.",
            where=f"{registered.name} version {registered.version}",
            got=", ".join(f"{name} {str(getattr(scope, name))[:SHOWN]}" for name in other),
            expected=", ".join(f"{name} {str(value)[:SHOWN]}" for name, value in other.items()),
            todo="train again with this configuration: moorings train --promote",
        )
