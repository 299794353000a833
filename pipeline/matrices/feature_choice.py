"""Which features are built: those the supplier's tables allow, less what a target must not learn from."""

from __future__ import annotations

from collections.abc import Iterable

from features.catalogue import FEATURES, computable
from features.engine.declaration import Feature
from features.engine.store import LineStore
from pipeline.config import Config


def learned_features(store: LineStore, kind: str, config: Config) -> tuple[Feature, ...]:
    """What a model of a kind of target learns from: no column that is null for everybody, no family left out."""
    there = computable(store)
    audited = set(audited_only([feature.name for feature in there], kind, config))
    return tuple(feature for feature in there if feature.name not in audited)


def audited_only(names: Iterable[str], kind: str, config: Config) -> list[str]:
    """Those of `names` that a target does not learn from: their families are left out, and only audited beside it."""
    left_out: list[str] = getattr(config.training.families_left_out, kind)
    apart = {feature.name for feature in FEATURES if feature.family in left_out}
    return [name for name in names if name in apart]


def scored_features(store: LineStore, needed: Iterable[str]) -> tuple[Feature, ...]:
    """What is built to score: everything the tables allow, and what models need though its table is missing now."""
    there, wanted = set(computable(store)), set(needed)
    return tuple(feature for feature in FEATURES if feature in there or feature.name in wanted)
