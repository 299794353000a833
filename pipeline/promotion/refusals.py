"""Trainings that were refused: made again of the same data, settings and code, they would be refused again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pipeline.config import Config
from pipeline.process.code import code_digest
from pipeline.promotion.decision_log import read

WORK = "training_work"
"""The tag of a version that says what its training rested on, see `training_work`."""
SETTINGS = ("name", "population", "time", "churn", "partnership", "training", "promotion", "scoring", "profit")
REFUSED = ("refused", "forbidden")


def training_work(config: Config, fingerprint: str) -> str:
    """64 hex digits that change with all that a training and the decision about it rest on, but for the champion.

    Args:
        config: only settings that can change a model or the decision.
        fingerprint: of the history.
    """
    settings = config.model_dump(mode="json", include=set(SETTINGS))
    del settings["training"]["threads"]
    return hashlib.sha256(json.dumps([code_digest(), fingerprint, settings], sort_keys=True).encode()).hexdigest()


def refused_before(config: Config, kind: str, work: str, champion: str) -> Mapping[str, Any] | None:
    """The line of the decision log that refused the same work; None where there is none.

    A refusal beside another champion than the version `champion` ("" for none) says nothing.
    """
    lines = [line for line in read(config) if line.get("kind") == kind and line.get("work") == work]
    found = lines[-1] if lines else {}
    return found if found.get("outcome") in REFUSED and found["champion"] == champion else None
