"""What training leaves behind and what the registry holds, as plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.tuning import Trial


@dataclass(frozen=True)
class LearnedFrom:
    """The history that a run learned from, as MLflow lists data sets: what it is called, what it is known by, counts.

    `digest` is the fingerprint of the history. `profile` speaks of the history alone, since two targets share it;
    `tags` are this run's: how many rows (customer and cutoff) were made of it, say.
    """

    name: str
    digest: str
    profile: Mapping[str, object]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What a training run leaves behind.

    `metrics` are flat: name to number; NaN is left out. `plots` are PNG bytes by file name. `model` is the folder
    of a saved Propensity; `inputs` its feature names in order. `tables` are Parquet files by name, which lie in the
    run's own folder and hold customers by pseudonym only. `trials` are the settings tried, each with its loss: they
    become runs below this one. `held_out` is the folder of the model that was tested, which knows nothing of the test
    cutoffs; `marks` become tags of the registered version, `description` its text, for who finds it in MLflow.
    `learned_from` is the history.
    """

    name: str
    parameters: Mapping[str, object]
    metrics: Mapping[str, float]
    per_cutoff: Mapping[str, Sequence[tuple[int, float]]]
    tags: Mapping[str, str]
    plots: Mapping[str, bytes]
    texts: Mapping[str, str]
    model: Path
    inputs: Sequence[str]
    tables: Mapping[str, bytes] = field(default_factory=dict)
    trials: Sequence[Trial] = ()
    held_out: Path | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    learned_from: LearnedFrom | None = None


@dataclass(frozen=True)
class Registered:
    """A registered version of a model: its data files, the digest they had when it was registered, and all its tags."""

    name: str
    version: str
    run_id: str
    digest: str
    folder: Path = field(compare=False)
    tags: Mapping[str, str] = field(default_factory=dict, compare=False)
