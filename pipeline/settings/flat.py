"""Settings as flat names: the leaves of a tree by their path, `training.tuning.trials`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SECTIONS = {"population", "time", "churn", "partnership", "training", "promotion"}
"""What shapes a model, and holds numbers and words of ours alone: told as it is."""


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    """The leaves of a tree by their path."""
    return dict(_leaves(tree, prefix))


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
