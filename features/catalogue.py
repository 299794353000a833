"""The catalogue: every declared feature, in the order of families and declarations."""

from __future__ import annotations

from features import adoption, breadth, lifetime, momentum, outlook, pace, rhythm, season, standing, steadiness, trend
from features.engine.declaration import FAMILIES, REGISTRY, Feature

FAMILY_MODULES = (rhythm, pace, outlook, momentum, trend, season, standing, lifetime, steadiness, breadth, adoption)
"""Importing a family declares its features."""

FEATURES: tuple[Feature, ...] = tuple(sorted(REGISTRY.values(), key=lambda declared: FAMILIES.index(declared.family)))


def fingerprints(features: tuple[Feature, ...] = FEATURES) -> dict[str, str]:
    """The fingerprint of each feature by name."""
    return {feature.name: feature.fingerprint for feature in features}


def rows(features: tuple[Feature, ...] = FEATURES) -> list[dict[str, str]]:
    """The catalogue as rows of text: name, family, unit, description, idea, source, fingerprint."""
    columns = ("name", "family", "unit", "description", "idea", "source", "fingerprint")
    return [{column: str(getattr(feature, column)) for column in columns} for feature in features]
