"""What a killed scoring had finished: predictions by bucket of customers, kept until the whole cutoff is written.

The buckets of one scoring lie in a folder named after all they depend on, its work key, so that nothing of other
inputs, models, settings or code is ever taken up. Ranks and indices need everybody: they are computed after the last
bucket. Features are kept by `pipeline.matrices.matrix_cache`: of all customers at once, for some of them need everybody
too, but where they are many in stretches of features, so that a killed run goes on from the last finished one there
too. What a killed run repeats besides is reading, whose fingerprint says whether anything kept may be taken up.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.explanation.reasons import Reason
from pipeline.config import Config
from pipeline.contract.version import EXPORT_VERSION
from pipeline.process.code import code_digest
from pipeline.process.files import replacing

logger = logging.getLogger(__name__)
SETTINGS = ("name", "population", "time", "churn", "partnership", "training", "scoring", "profit", "states", "plays")
WITHOUT_EFFECT = {"training": {"threads"}, "scoring": {"customers_a_bucket"}}
ABANDONED_DAYS = 7
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Predicted:
    """What a model says of n customers: probabilities (n,), reasons, strongest first, pushes (n, families + 1)."""

    probability: npt.NDArray[np.float64]
    reasons: list[tuple[Reason, ...]]
    pushes: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Buckets:
    """Finished buckets in `folder`, `customers` in each."""

    folder: Path
    customers: int

    def predicted(self, name: str, work: Callable[[], Predicted]) -> Predicted:
        """The bucket called `name`: as it was kept, or else worked out, and kept."""
        path = self.folder / f"{name}.json"
        found = _load(path)
        if found is not None:
            logger.info("%s is finished already", name)
            return found
        made = work()
        with replacing(path) as draft:
            draft.write_bytes(_dump(made))
        return made

    def finish(self) -> None:
        """Forget the cutoff's buckets, of other inputs too, and those of other cutoffs that nobody came back for."""
        shutil.rmtree(self.folder.parent, ignore_errors=True)
        for other in self.folder.parent.parent.glob("*"):
            if time.time() - other.stat().st_mtime > ABANDONED_DAYS * SECONDS_A_DAY:
                shutil.rmtree(other, ignore_errors=True)


def buckets_of(config: Config, as_of: date, work: str) -> Buckets:
    """Where the buckets of a scoring are kept: below the runs, by supplier, cutoff and work key."""
    folder = config.runs / "unfinished" / config.name / str(as_of) / work[:32]
    return Buckets(folder, config.scoring.customers_a_bucket)


def work_key(config: Config, as_of: date, fingerprint: str, models: Mapping[str, str], before: str = "") -> str:
    """64 hex digits that change with all that predictions depend on: inputs, models, settings, code and packages.

    Args:
        config: only settings that can change a row count.
        as_of: the cutoff.
        fingerprint: of the history known before it.
        models: by kind of target, name, version and digest.
        before: the export before, which the movement of probabilities is counted from.
    """
    settings = config.model_dump(mode="json", include=set(SETTINGS))
    for section, names in WITHOUT_EFFECT.items():
        settings[section] = {name: value for name, value in settings[section].items() if name not in names}
    parts = [EXPORT_VERSION, code_digest(), str(as_of), fingerprint, dict(models), settings, before]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _dump(bucket: Predicted) -> bytes:
    """The SHA-256 of what follows, and what follows: JSON, in which floats come back as they were."""
    reasons = [[vars(reason) for reason in each] for each in bucket.reasons]
    numbers = {"probability": bucket.probability.tolist(), "pushes": bucket.pushes.tolist()}
    body = json.dumps({**numbers, "reasons": reasons}).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _load(path: Path) -> Predicted | None:
    """A bucket; None where there is none or it is damaged."""
    if not path.is_file():
        return None
    mark, _, body = path.read_bytes().partition(b"\n")
    if mark != hashlib.sha256(body).hexdigest().encode():
        return None
    found = json.loads(body)
    reasons = [tuple(Reason(**reason) for reason in each) for each in found["reasons"]]
    pushes = np.array(found["pushes"], dtype=np.float64).reshape(len(reasons), -1)
    return Predicted(np.array(found["probability"], dtype=np.float64), reasons, pushes)
